"""What the database refuses, in the reader's language."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path

from dashboards.theme.figures import Language

__all__ = ["say_refusal"]

FACT = re.compile(r"\\\{(\w+)\\\}")


def say_refusal(sentence: str, language: Language) -> str:
    """Return a refusal of the database in a language; a sentence that is not known stays as it is.

    The database says it in English, for every way in: a notebook, a page, a line of SQL. Its facts are kept.
    """
    if language == "en":
        return sentence
    known, terms = _catalogue()
    for pattern, said in known:
        found = pattern.fullmatch(sentence)
        if found:
            return said.format(**{name: _term(fact, terms) for name, fact in found.groupdict().items()})
    return sentence


def _term(fact: str, terms: dict[str, str]) -> str:
    """Return a fact in French: a term of ours, several joined by "or", or itself."""
    if fact in terms:
        return terms[fact]
    several = fact.split(" or ")
    return " ou ".join(terms[one] for one in several) if all(one in terms for one in several) else fact


@functools.cache
def _catalogue() -> tuple[list[tuple[re.Pattern[str], str]], dict[str, str]]:
    text = Path(__file__).with_name("refusals.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    known = [
        (re.compile(FACT.sub(r"(?P<\1>.+?)", re.escape(english)), re.DOTALL), french)
        for english, french in tables["sentences"].items()
    ]
    return known, tables["terms"]
