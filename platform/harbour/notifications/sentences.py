"""The words of a notice, in its reader's language, from what he may see."""

from __future__ import annotations

import datetime
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal, Protocol

from harbour.artefacts import Run, Runs
from harbour.db import Session
from harbour.errors import NotAllowed, NotFound

__all__ = ["Told", "tell_in", "words"]

Language = Literal["en", "fr"]
MONTHS: dict[Language, list[str]] = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": [
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ],
}


class Sayable(Protocol):
    """A notice, or a line of it that goes out."""

    @property
    def kind(self) -> str:
        """What happened."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Names and numbers of things."""


@dataclass(frozen=True)
class Told:
    """A notice in words: a title, sentences, and what the notebook said, if its reader may know."""

    title: str
    lines: tuple[str, ...]
    quote: str = ""


@functools.cache
def words(language: Language) -> Mapping[str, Mapping[str, str]]:
    """Return the sentences of a language."""
    text = files("harbour.notifications").joinpath("words", f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def tell_in(language: Language, notice: Sayable, reader: Session | None) -> Told:
    """Return the words of a notice.

    Parameters
    ----------
    reader
        Acts as its reader: the run's cell and message are read with his rights, now. None: nobody's rights are
        known, and only that it happened is said.
    """
    say, facts = words(language), notice.facts
    title = say["kind"].get(notice.kind, notice.kind).format(name=facts.get("name", ""))
    if reader is None:
        return Told(title, ())
    filled = {"due": _moment(facts.get("due"), language), "attempts": facts.get("attempts", 1)}
    alone = notice.kind == "run_failed" and "fire" not in facts
    line = say["detail"]["run_failed_alone" if alone else notice.kind].format(**filled)
    if "run" not in facts:
        return Told(title, (line,))
    run = _find_run(reader, int(facts["run"]))
    if run is None:
        return Told(title, (line, say["detail"]["hidden"]))
    where = "no_cell" if run.error_cell is None else "cell"
    return Told(title, (line, say["detail"][where].format(cell=run.error_cell)), run.error_message or "")


def _find_run(reader: Session, run_id: int) -> Run | None:
    try:
        return Runs(reader).get(run_id)
    except (NotFound, NotAllowed):
        return None


def _moment(text: object, language: Language) -> str:
    if not isinstance(text, str):
        return "–"
    at = datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    return f"{at.day} {MONTHS[language][at.month - 1]} {at.year} {at:%H:%M} UTC"
