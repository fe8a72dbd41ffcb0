"""Named queries: `queries/*.sql`, each block headed by `-- name --`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

__all__ = ["query"]

HEAD = re.compile(r"^-- (\w+) --$", re.MULTILINE)


@cache
def _all_queries() -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in files("harbour.db").joinpath("queries").iterdir():
        if entry.name.endswith(".sql"):
            parts = HEAD.split(entry.read_text(encoding="utf-8"))
            found.update(zip(parts[1::2], parts[2::2], strict=True))
    return found


def query(name: str) -> str:
    """Return the text of a named query; KeyError when there is none."""
    return _all_queries()[name]
