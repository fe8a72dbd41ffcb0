"""Figures and dates as people read them, in English and French.

Amounts arrive in units of the reporting currency, ratios as fractions. Nothing here computes:
a missing figure stays missing, and a distance to a requirement is never rounded in the bank's favour.
"""

from __future__ import annotations

import datetime
import math
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

__all__ = [
    "EMPTY",
    "MINUS",
    "Language",
    "amount",
    "basis_points",
    "count",
    "date",
    "digits",
    "is_reported",
    "level",
    "millions",
    "moment",
    "percentage",
    "signed_basis_points",
]

Language = Literal["en", "fr"]

MINUS = "\N{MINUS SIGN}"
EMPTY = "–"
NARROW = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"
MARKS = {"en": (",", "."), "fr": (NARROW, ",")}
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
}
NOISE = Decimal("1e-9")  # below this a difference of two ratios is floating-point residue, not capital


def is_reported(value: float | None) -> bool:
    """Return whether there is a finite figure to show."""
    return value is not None and math.isfinite(value)


def _decimal(value: float | Decimal, places: int, rounding: str, language: Language) -> str:
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=rounding)
    if rounded == 0:
        rounded = abs(rounded)
    thousands, point = MARKS[language]
    digits = f"{abs(rounded):,.{places}f}".replace(",", "\0").replace(".", point).replace("\0", thousands)
    return (MINUS if rounded < 0 else "") + digits


def millions(value: float | None, language: Language = "en") -> str:
    """Return an amount in millions with one decimal: `1,234.5`; zero is `0`, missing is `–`."""
    if value is None or not is_reported(value):
        return EMPTY
    return "0" if value == 0 else _decimal(Decimal(str(value)) / 1_000_000, 1, ROUND_HALF_UP, language)


def amount(value: float | None, language: Language = "en") -> str:
    """Return an amount to the unit, for hover and drill-down: `1,234,567,890`."""
    if value is None or not is_reported(value):
        return EMPTY
    return _decimal(value, 0, ROUND_HALF_UP, language)


def digits(value: Decimal, places: int, language: Language = "en") -> str:
    """Return an exact figure with so many decimals: `−1,234.56`."""
    return _decimal(value, places, ROUND_HALF_UP, language)


def count(value: int | None, language: Language = "en") -> str:
    """Return a whole number with thousands separated."""
    return EMPTY if value is None else _decimal(value, 0, ROUND_HALF_UP, language)


def percentage(value: float | None, language: Language = "en") -> str:
    """Return a fraction as a percentage with two decimals: `14.20%`, in French `14,20 %`."""
    if value is None or not is_reported(value):
        return EMPTY
    digits = _decimal(Decimal(str(value)) * 100, 2, ROUND_HALF_UP, language)
    return f"{digits}%" if language == "en" else f"{digits}{NO_BREAK}%"


def level(value: float, language: Language = "en") -> str:
    """Return a requirement's level exactly: two decimals, or three where the law's own figure has three."""
    exact = (Decimal(str(value)) * 100).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
    places = 2 if exact == exact.quantize(Decimal("0.01")) else 3
    digits = _decimal(exact, places, ROUND_HALF_UP, language)
    return f"{digits}%" if language == "en" else f"{digits}{NO_BREAK}%"


def basis_points(value: float, reference: float) -> int:
    """Return `value - reference` (two fractions) in whole basis points, rounded down.

    Down, so that 0.4 bp under a requirement reads as one below it and never as zero.
    """
    difference = Decimal(str(value)) - Decimal(str(reference))
    exact = difference.quantize(NOISE, rounding=ROUND_HALF_UP) * 10_000
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def signed_basis_points(points: int, language: Language = "en") -> str:
    """Return a change in basis points, signed: `+214 bp`, in French `+214 pb`."""
    sign = "+" if points >= 0 else MINUS
    unit = "bp" if language == "en" else "pb"
    return f"{sign}{_decimal(abs(points), 0, ROUND_HALF_UP, language)}{NO_BREAK}{unit}"


def date(value: datetime.date | str | None, language: Language = "en") -> str:
    """Return a date as `30 Jun 2026`, in French `30 juin 2026`; an ISO string is read first."""
    if value is None:
        return EMPTY
    day = datetime.date.fromisoformat(value[:10]) if isinstance(value, str) else value
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {MONTHS[language][day.month - 1]} {day.year}"


def moment(value: datetime.datetime | str | None, language: Language = "en") -> str:
    """Return a moment as `14 Jul 2026, 09:05 UTC`."""
    if value is None:
        return EMPTY
    instant = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    if instant.tzinfo is not None:
        instant = instant.astimezone(datetime.UTC)
    comma = ", " if language == "en" else " à "
    return f"{date(instant.date(), language)}{comma}{instant:%H:%M} UTC"
