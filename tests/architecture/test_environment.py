"""environment.yml pins what the lock pins."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def rendered() -> str:
    spec = importlib.util.spec_from_file_location("environment", ROOT / "tools" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.render((ROOT / "requirements.lock").read_text(encoding="utf-8")))


def test_environment_file_is_the_lock() -> None:
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == rendered(), (
        "run `.venv/bin/python tools/environment.py`"
    )


def test_every_locked_package_is_in_it() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = {line.split(" ")[0] for line in lock if "==" in line and not line.startswith((" ", "#"))}
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"][-1]["pip"]
    assert {line.split(" ")[0] for line in listed} == locked
    assert len(locked) > 100


def test_lock_carries_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [line for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    assert all(line.endswith("\\") for line in pins), "each pin goes on to its hashes"
    assert "://" not in lock


def test_proxy_lock_carries_hashes_and_no_addresses() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: entry for name, entry in yaml.safe_load(lock)["packages"].items() if name}
    assert packages
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())
