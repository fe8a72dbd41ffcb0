from __future__ import annotations

from pathlib import Path

from harbour.hub.copying import copy_examples, copy_reports
from harbour.hub.homes import ensure_home
from harbour.hub.spawner import member_environment
from harbour.settings import Settings


def test_examples_are_copied_once_and_own_changes_stay(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "home" / "examples"
    (tmp_path / "home").mkdir()
    source.mkdir()
    (source / "a.ipynb").write_text("{}")
    (source / "bank").mkdir()
    (source / "bank" / "book.json").write_text("{}")
    (source / ".ipynb_checkpoints").mkdir()
    (source / ".ipynb_checkpoints" / "a.ipynb").write_text("left over")
    assert copy_examples(source, target) == 2
    (target / "a.ipynb").write_text("mine")
    (source / "b.ipynb").write_text("{}")
    assert copy_examples(source, target) == 1
    assert (target / "a.ipynb").read_text() == "mine"
    assert sorted(path.name for path in target.iterdir()) == ["a.ipynb", "b.ipynb", "bank"]


def test_report_templates_are_this_versions_and_not_to_be_changed(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "home" / "reports"
    (source / "corep").mkdir(parents=True)
    (source / "corep" / "report.ipynb").write_text("{}")
    (tmp_path / "home").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target.symlink_to(elsewhere)
    assert copy_reports(source, target) == 1
    own = target / "corep" / "report.ipynb"
    assert own.stat().st_mode & 0o777 == 0o444
    assert not list(elsewhere.iterdir())
    (target / "left.ipynb").write_text("from an older version")
    (source / "corep" / "report.ipynb").write_text('{"newer": 1}')
    assert copy_reports(source, target) == 1
    assert own.read_text() == '{"newer": 1}'
    assert not (target / "left.ipynb").exists()
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["reports"]


def test_a_home_is_private_even_where_all_share_one_user(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.homes.mkdir()
    home = ensure_home(settings, "port-amelie")
    assert home.user is None
    assert home.folder.stat().st_mode & 0o777 == 0o700


def test_kernel_sockets_stay_within_what_the_system_allows(tmp_path: Path) -> None:
    deep = Settings(tmp_path / ("x" * 60))
    deep.homes.mkdir(parents=True)
    home = ensure_home(deep, "port-amelie")
    assert len(f"{home.runtime}/kernel-{'0' * 36}-ipc-1") <= 107
    if home.runtime.parent == Path("/tmp"):
        home.runtime.rmdir()


def test_a_server_is_given_its_own_login_and_no_secret_of_the_installation(tmp_path: Path) -> None:
    settings = Settings(tmp_path, port=8100)
    settings.homes.mkdir()
    environment = member_environment(
        settings, "port-amelie", ensure_home(settings, "port-amelie"), tmp_path / "pgpass"
    )
    assert environment["PLIMSOLL_DSN"] == "host=127.0.0.1 port=8103 dbname=plimsoll user=m_port_amelie"
    assert "PLIMSOLL_DATA" not in environment
    assert not [name for name in environment if "TOKEN" in name or "PASSWORD" in name]
