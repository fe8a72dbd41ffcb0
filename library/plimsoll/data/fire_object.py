"""One object of a FIRE document, read attribute by attribute with the type FIRE gives it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from plimsoll.errors import Problem

__all__ = ["FireObject", "Refused"]

# ISO 4217 currencies without two decimals: FIRE's "cents" would not say what a balance is worth
_NOT_CENTS = frozenset(
    (
        *("BHD", "BIF", "CLF", "CLP", "DJF", "GNF", "IQD", "ISK", "JOD", "JPY", "KMF", "KRW", "KWD", "LYD"),
        *("OMR", "PYG", "RWF", "TND", "UGX", "UYI", "UYW", "VND", "VUV", "XAF", "XOF", "XPF"),
    )
)


class Refused(Exception):
    """An attribute of a FIRE object cannot be taken into the book."""

    def __init__(self, attribute: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.attribute, self.value, self.reason = attribute, "" if value is None else str(value), reason


@dataclass(frozen=True)
class FireObject:
    """An object: its file, its kind (`loan`, `customer` …), its attributes, and which of them were read."""

    file: str
    kind: str
    facts: Mapping[str, Any]
    used: set[str] = field(default_factory=set)

    def problem(self, refused: Refused) -> Problem:
        """Return the refusal with the place where it stands."""
        row = f"{self.facts.get('id', '?')} in {self.file}"
        return Problem(f"FIRE {self.kind}", row, refused.attribute, refused.value, refused.reason)

    def get(self, attribute: str) -> object:
        """Return what stands there, or None."""
        self.used.add(attribute)
        return self.facts.get(attribute)

    def _need(self, attribute: str, why: str) -> Any:  # noqa: ANN401  # JSON: checked by each caller
        value = self.get(attribute)
        if value is None:
            raise Refused(attribute, None, f"is missing{': ' + why if why else ''}")
        return value

    def text(self, attribute: str, why: str = "") -> str:
        """Return required text."""
        value = self._need(attribute, why)
        if not isinstance(value, str) or not value:
            raise Refused(attribute, value, "is not text")
        return value

    def find_text(self, attribute: str) -> str | None:
        """Return text, or None where the attribute is absent."""
        return None if self.get(attribute) is None else self.text(attribute)

    def term(self, attribute: str, terms: Mapping[str, Any], why: str) -> Any:  # noqa: ANN401  # str, bool or int
        """Return the book's term for a required term of FIRE; `why` says what an unknown one lacks."""
        value = self.text(attribute, why)
        if value not in terms:
            raise Refused(attribute, value, why)
        return terms[value]

    def flag(self, attribute: str, why: str = "") -> bool:
        """Return a required true or false."""
        value = self._need(attribute, why)
        if not isinstance(value, bool):
            raise Refused(attribute, value, "is neither true nor false")
        return value

    def number(self, attribute: str) -> float:
        """Return a required number."""
        value = self._need(attribute, "")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(attribute, value, "is not a number")
        return float(value)

    def find_rate(self) -> float | None:
        """Return the interest rate as a fraction: FIRE's 1.5 means 1.5 %."""
        return None if self.get("rate") is None else round(self.number("rate") / 100, 10)

    def date(self, attribute: str) -> datetime.date:
        """Return a required date; FIRE's time of day is left out."""
        value = self.text(attribute)
        try:
            return datetime.datetime.fromisoformat(value).date()
        except ValueError as error:
            raise Refused(attribute, value, "is not an ISO 8601 date") from error

    def find_date(self, attribute: str) -> datetime.date | None:
        """Return a date, or None where the attribute is absent."""
        return None if self.get(attribute) is None else self.date(attribute)

    def cents(self, attribute: str) -> int:
        """Return required whole cents of the object's currency."""
        value = self._need(attribute, "")
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused(attribute, value, "is not a whole number of cents")
        return value

    def natural(self, attribute: str, sign: int = 1) -> int:
        """Return required whole cents that must not be negative, after the sign."""
        value = sign * self.cents(attribute)
        if value < 0:
            why = "has the wrong sign: FIRE's amounts are naturally positive, a netting entry has no place"
            raise Refused(attribute, sign * value, why)
        return value

    def find_natural(self, attribute: str, sign: int = 1) -> int:
        """Return the same, zero where the attribute is absent."""
        return 0 if self.get(attribute) is None else self.natural(attribute, sign)

    def price(self, rates: Mapping[str, float], home: str) -> tuple[str, Decimal]:
        """Return the object's currency and its price in the entity's currency."""
        currency = self.text("currency_code", "an amount without a currency says nothing")
        if currency in _NOT_CENTS:
            raise Refused(
                "currency_code", currency, "has no cents: what FIRE's whole number means is not clear"
            )
        if currency == home:
            return currency, Decimal(1)
        if currency not in rates:
            why = f"is not {home}, the entity's currency, and no exchange rate is given (exchange_rates=)"
            raise Refused("currency_code", currency, why)
        return currency, Decimal(str(rates[currency]))

    @staticmethod
    def amount(cents: int, price: Decimal) -> float:
        """Return cents at a price as an amount in the entity's currency, to the cent."""
        return float((cents * price).quantize(Decimal(1), ROUND_HALF_EVEN) / 100)
