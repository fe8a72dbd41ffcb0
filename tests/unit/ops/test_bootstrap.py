from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "tools" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "DATA", tmp_path)
    (tmp_path / "logs").mkdir()
    return module


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_it_needs_nothing_but_the_standard_library() -> None:
    nodes = list(ast.walk(ast.parse(SCRIPT.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_an_old_python_is_refused_with_its_version(bootstrap: ModuleType, tmp_path: Path) -> None:
    facts = '{"version": [3, 9, 2], "base": "/usr", "lib": "/usr/lib", "venv": true, "ensurepip": true}'
    assert bootstrap.refusal(script(tmp_path / "python3", f"echo '{facts}'")) == "is 3.9.2"


def test_something_that_is_no_python_is_refused(bootstrap: ModuleType, tmp_path: Path) -> None:
    assert bootstrap.refusal(script(tmp_path / "python3", "exit 1")) == "does not run"


def test_a_python_without_venv_says_what_to_install(bootstrap: ModuleType, tmp_path: Path) -> None:
    facts = '{"version": [3, 12, 3], "base": "/usr", "lib": "/usr/lib", "venv": true, "ensurepip": false}'
    tmp_path.chmod(0o755)
    for above in tmp_path.parents[:2]:
        above.chmod(above.stat().st_mode | 0o055)
    reason = bootstrap.refusal(script(tmp_path / "python3", f"echo '{facts}'"))
    assert reason is not None
    assert "apt-get install python3.12-venv" in reason or "cannot be executed by other users" in reason


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as another user")
def test_a_python_below_a_private_folder_is_refused(bootstrap: ModuleType, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    (private / "python3").symlink_to("/usr/bin/python3")
    assert not bootstrap.anyone_runs(private / "python3")
    assert bootstrap.anyone_runs(Path("/usr/bin/python3"))


def test_when_no_python_will_do_each_is_named_with_its_reason(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = script(tmp_path / "python3", "exit 1")
    monkeypatch.setattr(bootstrap, "candidates", lambda: iter([old]))
    with pytest.raises(bootstrap.CannotContinue) as stopped:
        bootstrap.choose_python()
    assert f"{old}: does not run" in str(stopped.value)
    assert "apt-get install python3" in str(stopped.value)


def test_a_failed_installation_shows_the_end_of_its_log(bootstrap: ModuleType, tmp_path: Path) -> None:
    failing = script(tmp_path / "pip", "echo no such host >&2; exit 3")
    with pytest.raises(bootstrap.CannotContinue, match=r"installing failed \(exit 3\):\nno such host"):
        bootstrap.run([str(failing)], "installing")


def test_packages_are_kept_while_the_lock_is_the_same(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, venv, ran = tmp_path / "root", tmp_path / "venv", []
    (venv / "bin").mkdir(parents=True)
    root.mkdir()
    for file in (root / "requirements.lock", root / "pyproject.toml", venv / "pyvenv.cfg"):
        file.write_text("1")
    monkeypatch.setattr(bootstrap, "ROOT", root)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "run", lambda command, doing: ran.append(command))
    assert bootstrap.install_packages() == (None, "installed")
    assert "--require-hashes" in ran[0]
    assert bootstrap.install_packages() == (None, "kept")
    (root / "requirements.lock").write_text("2")
    assert bootstrap.install_packages() == (None, "installed")
    assert len(ran) == 4


def test_down_where_nothing_is_installed_says_so(tmp_path: Path) -> None:
    makefile = SCRIPT.parents[1] / "Makefile"
    done = subprocess.run(
        ["make", "-f", makefile, "down"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "Nothing is installed here" in done.stdout
