"""The Hub's own refusals in French: its pages carry both languages and show the reader's."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["french", "room_names"]

OTHERWISE = "Cela n’a pas fonctionné. Réessayez, ou demandez à votre administrateur."


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("harbour.hub").joinpath("words.toml").read_text(encoding="utf-8"))


def room_names() -> dict[str, tuple[str, str]]:
    """Return the rooms of the Hub's own header, in their order, with their names in English and French."""
    return {room: (english, said) for room, (english, said) in _words()["rooms"].items()}


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(entry["english"], re.DOTALL), entry["french"]) for entry in _words()["sentences"]
    )


def french(sentence: object) -> str:
    """Return a sentence of ours in French; for one that is not known, a general one."""
    for known, said in _sentences():
        if found := known.fullmatch(str(sentence)):
            return found.expand(said)
    return OTHERWISE
