"""`book.toml`: who reports and when, beside the tables or FIRE documents of a folder."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plimsoll.data.book import Book, Entity
from plimsoll.data.validation import nearest
from plimsoll.errors import BookError, Problem

__all__ = ["MANIFEST", "Manifest", "write_manifest"]

MANIFEST = "book.toml"
_KNOWN = ("reference_date", "source", "notices", "entity", "exchange_rates", "stated")
_ENTITY = ("name", "lei", "scope", "country", "currency", "accounting")
_STATED = ("defaulted", "income_producing", "retail_eligible")


@dataclass(frozen=True)
class Manifest:
    """What `book.toml` says; empty where there is none."""

    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path | None) -> Manifest:
        """Return the manifest in a file, which need not exist."""
        if file is None or not file.is_file():
            return cls()
        try:
            facts = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise _refuse("-", file.name, f"cannot be read: {error}") from error
        for name in facts:
            if name not in _KNOWN:
                raise _refuse(name, name, f"is no key of {MANIFEST}; {nearest(name, _KNOWN)}")
        return cls(facts)

    def entity(self, folder: Path) -> Entity:
        """Return who reports; refused where the manifest does not say."""
        facts = self.facts.get("entity")
        if not isinstance(facts, dict):
            raise _refuse(
                "entity", "", f"is missing: write [entity] into {folder.name}/{MANIFEST}, or pass entity="
            )
        strange = [name for name in facts if name not in _ENTITY]
        if strange:
            raise _refuse(f"entity.{strange[0]}", strange[0], f"is unknown; {nearest(strange[0], _ENTITY)}")
        missing = [name for name in _ENTITY[:4] if name not in facts]
        if missing:
            raise _refuse(f"entity.{missing[0]}", "", "is missing")
        return Entity(**facts)

    def date(self, folder: Path) -> datetime.date:
        """Return the reference date; refused where the manifest does not say."""
        day = self.find_date()
        if day is None:
            where = (
                f"write reference_date = 2026-06-30 into {folder.name}/{MANIFEST}, or pass reference_date="
            )
            raise _refuse("reference_date", "", f"is missing: {where}")
        return day

    def find_date(self) -> datetime.date | None:
        """Return the reference date, or None."""
        day = self.facts.get("reference_date")
        if day is None or (isinstance(day, datetime.date) and not isinstance(day, datetime.datetime)):
            return day
        raise _refuse("reference_date", str(day), "is not a date (write 2026-06-30, without quotes)")

    def source(self, folder: Path) -> str:
        """Return where the book comes from."""
        return str(self.facts.get("source", folder.name))

    def notices(self) -> tuple[str, ...]:
        """Return what a reader must know."""
        return tuple(str(notice) for notice in self.facts.get("notices", ()))

    def rates(self) -> dict[str, float]:
        """Return prices of currencies in the entity's currency."""
        rates = self.facts.get("exchange_rates", {})
        for currency, rate in rates.items():
            if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < 1e9:
                raise _refuse(f"exchange_rates.{currency}", str(rate), "is not a positive number")
        return {str(currency): float(rate) for currency, rate in rates.items()}

    def stated(self) -> dict[str, bool]:
        """Return what the folder states for the whole set because FIRE has no attribute for it."""
        stated = self.facts.get("stated", {})
        for name, value in stated.items():
            if name not in _STATED or not isinstance(value, bool):
                raise _refuse(
                    f"stated.{name}", str(value), f"is not true or false for one of {', '.join(_STATED)}"
                )
        return dict(stated)


def _refuse(column: str, value: str, reason: str) -> BookError:
    return BookError(None, (Problem("book", "-", column, value, reason),))


def write_manifest(book: Book, file: Path) -> None:
    """Write who, when and what to know, so that `Manifest.read` gives it back."""
    lines = [f"reference_date = {book.reference_date.isoformat()}", f"source = {_quote(book.source)}"]
    lines += [f"notices = [{', '.join(map(_quote, book.notices))}]", "", "[entity]"]
    facts = {name: getattr(book.entity, name) for name in _ENTITY}
    lines += [f"{name} = {_quote(fact)}" for name, fact in facts.items() if fact is not None]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quote(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
