"""Words and figures of the management report, in English and French."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

from plimsoll.errors import ReturnError

__all__ = ["Phrases", "phrases"]

_MINUS = "\N{MINUS SIGN}"
_NARROW, _NO_BREAK = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
_NOISE = Decimal("1e-9")  # below it a difference of two ratios is floating-point residue


@dataclass(frozen=True)
class Phrases:
    """One language's sentences, and how it writes figures and dates."""

    language: str
    sentences: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, **facts: object) -> str:
        """Return the sentence of a key such as `title.board`; KeyError for an unknown one."""
        section, _, name = key.partition(".")
        return self.sentences[section][name].format(**facts)

    def name(self, section: str, term: str) -> str:
        """Return the name of a term, or the term itself, spaced."""
        return self.sentences.get(section, {}).get(term, term.replace("_", " "))

    def millions(self, amount: float, *, signed: bool = False) -> str:
        """Return an amount in millions with one decimal; zero is `0`."""
        if amount == 0:
            return "0"
        return self._written(Decimal(str(amount)) / 1_000_000, 1, signed=signed)

    def percentage(self, share: float) -> str:
        """Return a fraction in per cent with two decimals."""
        return self._written(Decimal(str(share)) * 100, 2) + (
            "%" if self.language == "en" else f"{_NO_BREAK}%"
        )

    def level(self, share: float) -> str:
        """Return a requirement's level exactly: two decimals, or three where the law's own figure has three."""
        exact = (Decimal(str(share)) * 100).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
        places = 2 if exact == exact.quantize(Decimal("0.01")) else 3
        return self._written(exact, places) + ("%" if self.language == "en" else f"{_NO_BREAK}%")

    def points(self, value: float, reference: float) -> int:
        """Return a distance in whole basis points, rounded down: never in the bank's favour."""
        exact = (Decimal(str(value)) - Decimal(str(reference))).quantize(
            _NOISE, rounding=ROUND_HALF_UP
        ) * 10_000
        return int(exact.to_integral_value(rounding=ROUND_FLOOR))

    def signed_points(self, points: int) -> str:
        """Return basis points with their sign."""
        unit = "bp" if self.language == "en" else "pb"
        return f"{self._written(Decimal(points), 0, signed=True)}{_NO_BREAK}{unit}"

    def date(self, day: datetime.date) -> str:
        """Return a date as people write it."""
        months = self("date.months").split()
        number = "1er" if self.language == "fr" and day.day == 1 else str(day.day)
        return f"{number} {months[day.month - 1]} {day.year}"

    def _written(self, value: Decimal, places: int, *, signed: bool = False) -> str:
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        thousands, point = (",", ".") if self.language == "en" else (_NARROW, ",")
        digits = f"{abs(rounded):,.{places}f}".replace(",", "\0").replace(".", point).replace("\0", thousands)
        return (_MINUS if rounded < 0 else "+" if signed and rounded > 0 else "") + digits


@cache
def phrases(language: str) -> Phrases:
    """Return the words of a language, `en` or `fr`; ReturnError for another."""
    if language not in {"en", "fr"}:
        raise ReturnError(f"the report is written in en or fr, not in {language!r}")
    text = files("plimsoll.exports").joinpath(f"phrases_{language}.toml").read_text(encoding="utf-8")
    return Phrases(language, tomllib.loads(text))
