"""The house stands as docs/architecture.md says."""

from __future__ import annotations

import ast
import configparser
import importlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("library", "platform", "dashboards", "hub_config", "tools", "bench")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
BANNED_NAMES = {"utils", "helpers", "common", "manager", "process", "info", "misc"}
REASON = re.compile(r"(type: ignore|noqa|pragma: no cover|nosec)[^#]*$")


def tracked(*patterns: str) -> list[Path]:
    """Return the files git knows below the root that match the patterns, new ones included."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in sorted(set(listing.stdout.splitlines())) if (ROOT / line).is_file()]


def modules() -> list[Path]:
    """Return every Python file of ours that is not a test."""
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in CODE]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_platform_is_a_folder_and_never_a_package() -> None:
    # A package named `platform` hides the standard library's, and `import uuid` fails at once.
    assert not (ROOT / "platform" / "__init__.py").exists()
    ours = [
        path for folder in (*CODE, "tests", "notebooks") for path in (ROOT / folder).glob("**/platform.py")
    ]
    assert not [*ours, *ROOT.glob("platform.py")]
    subprocess.run([sys.executable, "-c", "import uuid, platform; platform.system()"], cwd=ROOT, check=True)


def test_layers_hold() -> None:
    linter = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linter.returncode == 0, linter.stdout + linter.stderr


def test_layer_contracts_name_modules_that_exist() -> None:
    # A contract that forbids a misspelt module holds for ever.
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    forbidden = contracts["importlinter:contract:pure"]["forbidden_modules"].split()
    assert len(forbidden) >= 7
    assert not [name for name in forbidden if importlib.util.find_spec(name) is None]
    optional = [
        name for section in contracts.values() for name in section.get("layers", "").split() if "(" in name
    ]
    assert not optional, "a layer in parentheses may be missing: name it when it is there"


@pytest.mark.parametrize("package", ["plimsoll", "harbour"])
def test_public_face_is_what_all_says(package: str) -> None:
    module = importlib.import_module(package)
    assert sorted(module.__all__) == list(module.__all__), "__all__ is sorted"
    missing = [name for name in module.__all__ if getattr(module, name, None) is None]
    assert not missing


def test_every_room_closes_its_face() -> None:
    open_rooms = [
        str(path.relative_to(ROOT))
        for path in tracked("library/**/__init__.py", "platform/**/__init__.py")
        if path.read_text(encoding="utf-8").strip() and "__all__" not in path.read_text(encoding="utf-8")
    ]
    assert not open_rooms, f"no __all__ in {open_rooms}"


def test_importing_the_library_is_cheap() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import plimsoll, sys; print([m for m in ('pandas', 'xarray', 'arelle') if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"


def test_modules_and_functions_stay_small() -> None:
    long_modules = [p for p in modules() if len(p.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE]
    long_functions = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {code_lines(function)} lines"
        for path in modules()
        for function in functions(path)
        if code_lines(function) > LONGEST_FUNCTION
    ]
    assert not long_modules
    assert not long_functions


def test_names_say_what_a_module_is() -> None:
    assert not [
        path for path in modules() if BANNED_NAMES & set(path.relative_to(ROOT).with_suffix("").parts)
    ]


def test_silenced_checks_carry_a_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if REASON.search(line) and "#" in line and "  # " not in line.split("#", 1)[1]
    ]
    assert not bare, f"say why beside it: {bare}"


def test_dashboards_and_notebooks_use_public_names_only() -> None:
    private = re.compile(
        r"(?:from|import)\s+(?:plimsoll|harbour)(?:\.\w+)*\.?_\w+|from (?:plimsoll|harbour)[\w.]* import _"
    )
    files = tracked("dashboards/*.py", "dashboards/**/*.py", "notebooks/**/*.ipynb")
    assert not [str(path) for path in files if private.search(path.read_text(encoding="utf-8"))]


def test_nothing_of_the_workplace_is_committed() -> None:
    hosts = [
        "pypi" + ".org",
        "python" + "hosted.org",
        "registry." + "npmjs",
        "deb." + "debian",
        "/wo" + "rk/",
        "far" + "m-",
    ]
    text = [path for path in tracked() if path.suffix not in {".png", ".parquet", ".woff2", ".ico"}]
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in text
        for host in hosts
        if host in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert not named


def test_lock_carries_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert len(pins) > 100
    assert not [
        pin.splitlines()[0] for pin in pins if "==" in pin.splitlines()[0] and "--hash=sha256:" not in pin
    ]
    assert "://" not in lock


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(d for extra in project["optional-dependencies"].values() for d in extra),
    ]
    names = {re.split(r"[\[>=<~! ]", spec, maxsplit=1)[0].lower() for spec in wanted}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {
        line.split("==")[0].split("[")[0] for line in lock.splitlines() if "==" in line and line[0].isalnum()
    }
    assert names <= locked
