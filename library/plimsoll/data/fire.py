"""FIRE JSON documents become a book; what cannot is refused with file, object, attribute and reason."""

from __future__ import annotations

import datetime
import json
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from plimsoll.data.book import Book, Entity
from plimsoll.data.fire_object import FireObject, Refused
from plimsoll.data.fire_placing import Placing, place_counterparty
from plimsoll.data.fire_products import PLACES
from plimsoll.data.schema import read_schema
from plimsoll.data.validation import check_table
from plimsoll.errors import BookError, Problem

__all__ = ["load_fire"]

_PARTIES = ("customer", "issuer", "guarantor", "entity")
_NO_PLACE = {
    "derivative": "derivatives are not computed by this version: "
    "report counterparty credit risk in reported_amounts",
    "derivative_cash_flow": "cash flows of derivatives have no place: derivatives are not computed",
    "agreement": "netting agreements serve derivatives and securities financing: both are not computed yet",
}


@cache
def read_terms() -> Mapping[str, Mapping[str, Any]]:
    """Return the terms of FIRE in the terms of the book."""
    text = files("plimsoll.data").joinpath("fire_terms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def load_fire(
    documents: Iterable[Path],
    entity: Entity,
    reference_date: datetime.date | None,
    exchange_rates: Mapping[str, float],
    stated: Mapping[str, bool],
    beside: Mapping[str, pd.DataFrame],
) -> Book:
    """Return the book that FIRE documents make together.

    Parameters
    ----------
    documents
        JSON files; all count as one set.
    entity, reference_date
        Who and when; without a date, the one date of all objects.
    exchange_rates
        Price of one unit of a currency in the entity's currency.
    stated
        Facts FIRE has no attribute for, said for the whole set: `defaulted`, `income_producing`,
        `retail_eligible`.
    beside
        Tables of the book that FIRE does not have.

    Raises
    ------
    BookError
        With every object that has no place, and why.
    """
    paths = sorted(documents)
    problems: list[Problem] = []
    objects = _read_objects(paths, problems)
    placing = Placing(entity, {**exchange_rates}, stated, read_terms())
    _take_rates(objects, placing, problems)
    day = reference_date or _common_date(objects, problems)
    placing.day = day
    _place(objects, placing, problems)
    if problems:
        raise BookError(f"{len(problems)} object(s) or attribute(s) of FIRE have no place.", tuple(problems))
    tables = {name: pd.DataFrame(rows) for name, rows in placing.rows.items()}
    tables = _join(tables, beside)
    more = " …" if len(paths) > 8 else ""
    source = f"FIRE documents {', '.join(path.name for path in paths[:8])}{more}"
    return Book(entity, day, source, tables, placing.told(objects))


def _join(tables: dict[str, pd.DataFrame], beside: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of the documents with those beside them."""
    joined = {**tables, **beside}
    for name in set(tables) & set(beside):
        parts = []
        for frame in (tables[name], beside[name]):
            clean, problems = check_table(frame, read_schema()[name])
            if problems:
                raise BookError(f"The table {name} has {len(problems)} problem(s).", tuple(problems))
            parts.append(clean)
        joined[name] = pd.concat(parts, ignore_index=True)
    return joined


def _read_objects(paths: list[Path], problems: list[Problem]) -> list[FireObject]:
    objects: list[FireObject] = []
    for path in paths:
        try:
            document = json.loads(path.read_text(encoding="utf-8-sig"))
            data = document["data"]
            found = [FireObject(path.name, kind, thing) for kind, things in data.items() for thing in things]
            if not all(isinstance(o.facts, dict) for o in found):
                raise TypeError("an entry of data is no object")
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
            why = 'is no FIRE document: {"data": {"loan": [{…}], …}} is expected'
            problems.append(Problem("fire", path.name, "-", str(error)[:80], why))
            continue
        objects += found
    return objects


def _take_rates(objects: list[FireObject], placing: Placing, problems: list[Problem]) -> None:
    """Read the exchange rates among the objects into the entity's currency."""
    home = placing.entity.currency
    for thing in (o for o in objects if o.kind == "exchange_rate"):
        try:
            base, quoted = thing.text("base_currency_code"), thing.text("quote_currency_code")
            quote = thing.number("quote")
            if home not in (base, quoted) or quote <= 0:
                raise Refused("quote", str(quote), f"is no price against {home}, the entity's currency")
        except Refused as refused:
            problems.append(thing.problem(refused))
            continue
        currency, rate = (base, quote) if quoted == home else (quoted, 1 / quote)
        if placing.rates.setdefault(currency, rate) != rate:
            clash = Refused("quote", str(quote), f"differs from another exchange rate given for {currency}")
            problems.append(thing.problem(clash))


def _common_date(objects: list[FireObject], problems: list[Problem]) -> datetime.date:
    dates = set()
    for thing in objects:
        try:
            dates.add(thing.date("date"))
        except Refused as refused:
            problems.append(thing.problem(refused))
    if len(dates) != 1:
        shown = ", ".join(sorted(str(d) for d in dates)[:4])
        why = "is not one date for all objects: pass reference_date="
        problems.append(Problem("fire", "-", "date", shown, why))
    return min(dates, default=datetime.date(1970, 1, 1))


def _place(objects: list[FireObject], placing: Placing, problems: list[Problem]) -> None:
    """Put every object where it belongs, those first to which others refer."""
    order = {kind: n for n, kind in enumerate([*_PARTIES, "loan", "account", "security", "collateral"])}
    for thing in sorted(objects, key=lambda o: order.get(o.kind, len(order))):
        if thing.kind == "exchange_rate":
            continue
        try:
            if thing.kind in _NO_PLACE:
                raise Refused("-", "", _NO_PLACE[thing.kind])
            if thing.kind not in (*_PARTIES, *PLACES):
                raise Refused("-", thing.kind, "objects of this kind have no place in the book yet")
            if thing.date("date") != placing.day:
                raise Refused("date", str(thing.facts["date"]), f"is not the reference date {placing.day}")
            (place_counterparty if thing.kind in _PARTIES else PLACES[thing.kind])(thing, placing)
        except Refused as refused:
            problems.append(thing.problem(refused))
    problems += placing.check_mortgages(objects)
