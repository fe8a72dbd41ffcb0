from __future__ import annotations

from pathlib import Path

import pytest

from harbour.errors import SettingsError
from harbour.settings import PORT_NAMES, load_settings


def load(data: Path, **values: str):
    return load_settings({"PLIMSOLL_DATA": str(data)} | values)


def test_defaults_listen_on_loopback(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.bind, settings.port) == ("127.0.0.1", 8000)
    assert settings.address == "http://127.0.0.1:8000/"
    assert settings.secrets == tmp_path / "secrets"


def test_environment_wins_over_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('port = 9000\nbind = "0.0.0.0"\n')
    assert load(tmp_path).port == 9000
    settings = load(tmp_path, PLIMSOLL_PORT="9100")
    assert (settings.port, settings.bind) == (9100, "0.0.0.0")
    assert settings.address == "http://127.0.0.1:9100/", "an address a person can open"


def test_every_service_has_a_port_of_its_own(tmp_path: Path) -> None:
    settings = load(tmp_path)
    ports = [settings.port_of(name) for name in PORT_NAMES]
    assert ports == list(range(8000, 8000 + len(PORT_NAMES)))


@pytest.mark.parametrize("port", ["0", "65535", "70000", "-1"])
def test_a_port_without_room_for_all_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(SettingsError, match="PLIMSOLL_PORT"):
        load(tmp_path, PLIMSOLL_PORT=port)


def test_a_word_for_a_port_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PLIMSOLL_PORT must be a whole number, not 'http'"):
        load(tmp_path, PLIMSOLL_PORT="http")


def test_an_unknown_setting_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("prot = 9000\n")
    with pytest.raises(SettingsError, match="unknown prot; known are"):
        load(tmp_path)


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("port = \n")
    with pytest.raises(SettingsError, match=r"settings\.toml is not valid TOML"):
        load(tmp_path)
