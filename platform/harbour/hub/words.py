"""The Hub's own refusals in French: its pages carry both languages and show the reader's."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["french"]

OTHERWISE = "Cela n’a pas fonctionné. Réessayez, ou demandez à votre administrateur."


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    held = tomllib.loads(files("harbour.hub").joinpath("words.toml").read_text(encoding="utf-8"))["sentences"]
    return tuple((re.compile(entry["english"], re.DOTALL), entry["french"]) for entry in held)


def french(sentence: object) -> str:
    """Return a sentence of ours in French; for one that is not known, a general one."""
    for known, said in _sentences():
        if found := known.fullmatch(str(sentence)):
            return found.expand(said)
    return OTHERWISE
