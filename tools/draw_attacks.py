#!/usr/bin/env python3
"""Write the table of attacks in docs/security.md from the hostile tests themselves.

    python3 tools/draw_attacks.py [--check]

A test's name is the promise; a table of attacks (a dictionary of name and SQL) adds its names. Standard library only.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- attacks: drawn by tools/draw_attacks.py -->", "<!-- attacks: end -->"


def sentences(path: Path) -> Iterator[str]:
    """Yield what the tests of a file promise, and the attacks they try, in the file's order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name.removeprefix("test_").replace("_", " ").capitalize()
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Dict)
            and isinstance(node.targets[0], ast.Name)
        ):
            keys = [key.value for key in node.value.keys if isinstance(key, ast.Constant)]
            if keys and node.targets[0].id in {"ATTACKS", "FOR_ADMIN_ONLY", "FOR_WORKER_ONLY"}:
                yield f"{len(keys)} attacks in SQL, each by every login: " + "; ".join(map(str, keys))


def table() -> str:
    """Return the table, between its two marks."""
    lines = [BEGIN, "", "| file | what holds, each tried against a real server |", "| --- | --- |"]
    for path in sorted((ROOT / "tests" / "hostile").glob("test_*.py")):
        lines += [f"| `{path.name}` | {sentence} |" for sentence in sentences(path)]
    return "\n".join([*lines, "", END])


def main() -> int:
    """Write the table; with --check, only say whether it is current."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    drawn = before + table() + rest.partition(END)[2]
    if "--check" in sys.argv[1:]:
        return int(drawn != page)
    PAGE.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
