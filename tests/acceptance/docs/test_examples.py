"""What the pages show runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def examples() -> list[tuple[str, str]]:
    """Return each page's Python blocks as one script: later blocks use the names of earlier ones."""
    found = [(page.name, "\n".join(PYTHON.findall(page.read_text(encoding="utf-8")))) for page in PAGES]
    return [(name, code) for name, code in found if code]


@pytest.mark.parametrize(("page", "code"), examples())
def test_examples_run(page: str, code: str, dictionary_path: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PLIMSOLL_DICTIONARY": str(dictionary_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{page}: {ran.stderr}"
    assert ran.stdout.strip()


def test_there_is_an_example() -> None:
    assert "README.md" in {name for name, _ in examples()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_the_site_builds_with_every_page_in_its_menu(tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "mkdocs"
    built = subprocess.run(
        [program, "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert not [page.name for page in (ROOT / "docs").glob("*.md") if f": {page.name}" not in menu]
