from __future__ import annotations

import os
from pathlib import Path

import pytest

from harbour.errors import StartFailed
from harbour.services import folders, starting
from harbour.services.folders import check_owner, ensure_folders, isolation_warning
from harbour.settings import Settings


def test_a_changed_file_is_noticed_and_an_unchanged_checkout_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "REPOSITORY", tmp_path)
    source = tmp_path / "library" / "a.py"
    source.parent.mkdir()
    source.write_text("1")
    settings = Settings(tmp_path / "var")
    settings.run.mkdir(parents=True)
    assert starting.code_changed(settings), "nothing is known of what runs"
    (settings.run / "code").write_text(starting._fingerprint())
    assert not starting.code_changed(settings)
    source.write_text("22")
    assert starting.code_changed(settings)


def test_what_is_private_stays_private_and_the_rest_can_be_passed_through(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "var")
    ensure_folders(settings)
    modes = {path.name: path.stat().st_mode & 0o777 for path in settings.data.iterdir()}
    assert modes["secrets"] == modes["logs"] == modes["packages"] == 0o700
    assert modes["run"] == modes["homes"] == 0o711
    assert modes["dictionary"] == 0o755


def test_a_private_folder_above_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "REPOSITORY", Path("/"))
    private = tmp_path / "root-only"
    private.mkdir(mode=0o700)
    with pytest.raises(StartFailed, match=r"cannot enter .*root-only.*PLIMSOLL_DATA"):
        ensure_folders(Settings(private / "var", isolated=True))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_anothers_installation_is_left_alone(tmp_path: Path) -> None:
    check_owner(Settings(tmp_path / "none yet"))
    check_owner(Settings(tmp_path))
    os.chown(tmp_path, 65534, -1)
    with pytest.raises(StartFailed, match="belongs to nobody: run this as nobody, or set PLIMSOLL_DATA"):
        check_owner(Settings(tmp_path))


def test_isolation_is_said_to_be_missing_only_where_it_is(tmp_path: Path) -> None:
    assert isolation_warning(Settings(tmp_path, isolated=True)) is None
    warning = isolation_warning(Settings(tmp_path, isolated=False))
    assert warning is not None
    assert warning.startswith("For evaluation only")
