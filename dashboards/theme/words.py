"""The rooms' sentences in English and French, from one catalogue per language."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from dashboards.theme.figures import Language

__all__ = ["LANGUAGES", "Words", "choose_language", "words"]

LANGUAGES: tuple[Language, ...] = ("en", "fr")


@dataclass(frozen=True)
class Words:
    """One language's sentences: `words("inbox.empty")`, with facts filled in by name."""

    language: Language
    sentences: Mapping[str, str]

    def __call__(self, key: str, **facts: object) -> str:
        """Return the sentence of a key; KeyError for a key no catalogue has."""
        return self.sentences[key].format(**facts) if facts else self.sentences[key]

    def name(self, room: str, term: str) -> str:
        """Return the name of a term (an exposure class, a mark, a state), or the term itself, spaced."""
        return self.sentences.get(f"{room}.{term}", term.replace("_", " "))


@functools.cache
def words(language: Language) -> Words:
    """Return the catalogue of a language."""
    text = (Path(__file__).parent / "words" / f"{language}.toml").read_text(encoding="utf-8")
    rooms = tomllib.loads(text)
    flat = {f"{room}.{key}": sentence for room, keys in rooms.items() for key, sentence in keys.items()}
    return Words(language, MappingProxyType(flat))


def choose_language(asked: str | None, accepted: str | None) -> Language:
    """Return the language of a page.

    Parameters
    ----------
    asked : str or None
        The page's own `?lang=`.
    accepted : str or None
        The browser's Accept-Language header (RFC 9110, 12.5.4), weights included.
    """
    for language in LANGUAGES:
        if asked == language:
            return language
    weighted: list[tuple[float, Language]] = []
    for part in (accepted or "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        for language in LANGUAGES:
            if tag.lower().split("-")[0] == language:
                weighted.append((_weight(weight), language))
    return max(weighted, key=lambda pair: pair[0], default=(0.0, "en"))[1]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
