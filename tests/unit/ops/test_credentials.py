from __future__ import annotations

import stat
from pathlib import Path

import pytest

from harbour.credentials import SECRET_NAMES, ensure_secrets, pgpass_line, read_secret, write_private
from harbour.db import SERVICE_LOGINS
from harbour.errors import SettingsError
from harbour.settings import Settings


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert ensure_secrets(settings) == len(SECRET_NAMES)
    first = {name: read_secret(settings, name) for name in SECRET_NAMES}
    assert ensure_secrets(settings) == 0
    assert {name: read_secret(settings, name) for name in SECRET_NAMES} == first
    assert stat.S_IMODE(settings.secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in settings.secrets.iterdir()} == {0o600}
    assert len(set(first.values())) == len(SECRET_NAMES)
    assert min(map(len, first.values())) >= 64


def test_every_database_login_has_a_password() -> None:
    assert {f"{login}_password" for login in SERVICE_LOGINS} <= set(SECRET_NAMES)


def test_an_open_folder_is_closed_again(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.secrets.mkdir(mode=0o755)
    ensure_secrets(settings)
    assert stat.S_IMODE(settings.secrets.stat().st_mode) == 0o700


def test_a_missing_secret_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"proxy_token cannot be read.*make up"):
        read_secret(Settings(tmp_path), "proxy_token")


def test_a_private_file_replaces_a_link_and_does_not_follow_it(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / "pgpass").symlink_to(victim)
    write_private(tmp_path / "pgpass", "secret")
    assert victim.read_text() == "untouched"
    assert not (tmp_path / "pgpass").is_symlink()
    assert list(tmp_path.glob(".pgpass.*")) == [], "no draft is left"


def test_password_line_is_for_the_embedded_server_only(tmp_path: Path) -> None:
    line = pgpass_line(Settings(tmp_path, port=8100), "hub", "s")
    assert line == "127.0.0.1:8103:*:hub:s\n"
