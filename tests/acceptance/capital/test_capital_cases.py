"""Own funds and the requirements beside credit risk: facts, article, and what the law gives, in the TOML files here."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.smallbook import ENTITY, REFERENCE_DATE, small_book

from plimsoll.errors import SimulationError
from plimsoll.simulation import Result, simulate

FILES = sorted(Path(__file__).parent.glob("*.toml"))
KEYS = {
    "name",
    "article",
    "source",
    "date",
    "home",
    "book",
    "lines",
    "memorandum",
    "amounts",
    "marks",
    "refused",
}
TABLES = (
    "own_funds_instruments", "financial_holdings", "deferred_taxes", "subsidiaries", "business_indicator",
    "unsettled_transactions", "countercyclical_rates", "requirements", "reported_amounts",
)  # fmt: skip


def cases() -> list[Any]:
    found = []
    for path in FILES:
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            found.append(pytest.param(case, id=f"{path.stem}: {case['name']}"))
    return found


def test_there_are_many_cases_and_none_has_a_misspelt_key() -> None:
    every = [param.values[0] for param in cases()]
    assert len(every) >= 60
    wrong = [case["name"] for case in every if set(case) - KEYS or not case.get("article")]
    assert not wrong
    known = {"items", "exposures", "obligors", "liens", "years", *TABLES}
    assert not [case["name"] for case in every if set(case["book"]) - known]
    assert not [
        case["name"]
        for case in every
        if not set(case) & {"lines", "memorandum", "amounts", "marks", "refused"}
    ]


def simulated(case: dict[str, Any]) -> Result:
    book = case["book"]
    tables: dict[str, Any] = {name: numbered(name, book[name]) for name in TABLES if name in book}
    tables["own_funds_items"] = [
        {"item_id": f"item {place}", "item": item, "amount": float(amount)}
        for place, (item, amount) in enumerate(book.get("items", {}).items())
    ]
    if "years" in book:
        tables["business_indicator"] = years(book["years"])
    entity = replace(ENTITY, country=case.get("home", ENTITY.country))
    exposures = [{**row, **owed_by_nobody(row)} for row in book.get("exposures", [{}])]
    made = small_book(
        exposures,
        book.get("obligors", [{}]),
        book.get("liens", []),
        date=case.get("date", REFERENCE_DATE),
        entity=entity,
        **tables,
    )
    return simulate(made)


def owed_by_nobody(row: dict[str, Any]) -> dict[str, Any]:
    return {"counterparty_id": None} if row.get("product") in ("tangible_asset", "deferred_tax_asset") else {}


def numbered(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    key = {
        "own_funds_instruments": "instrument_id", "financial_holdings": "holding_id", "deferred_taxes": "tax_id",
        "subsidiaries": "subsidiary_id", "unsettled_transactions": "transaction_id",
    }.get(name)  # fmt: skip
    said = {"source": "test"} if name in ("requirements", "reported_amounts", "countercyclical_rates") else {}
    return [{**({key: f"{name} {place}"} if key else {}), **said, **row} for place, row in enumerate(rows)]


def years(items: dict[str, Any]) -> list[dict[str, Any]]:
    """Return rows of the business indicator: an amount for all three years, or one each from the oldest on."""
    rows = []
    for item, given in items.items():
        amounts = given if isinstance(given, list) else [given] * 3
        for place, amount in enumerate(amounts):
            end = datetime.date(2025 - 2 + place, 12, 31)
            row = {"entry_id": f"{item} {end.year}", "item": item, "year_end": end}
            rows.append({**row, **(amount if isinstance(amount, dict) else {"amount": float(amount)})})
    return rows


@pytest.mark.parametrize("case", cases())
def test_law_gives(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(SimulationError, match=case["refused"]):
            simulated(case)
        return
    result = simulated(case)
    found = dict(zip(result.own_funds["line"], result.own_funds["amount"], strict=True))
    assert {line: found.get(line, 0.0) for line in case.get("lines", {})} == case.get("lines", {})
    beside = dict(zip(result.memorandum["item"], result.memorandum["amount"], strict=True))
    assert {item: beside.get(item) for item in case.get("memorandum", {})} == case.get("memorandum", {})
    at_risk = dict(zip(result.requirements["risk"], result.requirements["amount"], strict=True))
    known = {**at_risk, **result.ratios}
    for name, amount in case.get("amounts", {}).items():
        assert known[name] == pytest.approx(amount, abs=1e-9), name
    for name, level in case.get("marks", {}).items():
        ratio, mark = name.split("/")
        row = result.marks[(result.marks["ratio"] == ratio) & (result.marks["mark"] == mark)]
        assert row["level"].iloc[0] == pytest.approx(level, abs=1e-9), name
    assert_parts_add_up(result)


def assert_parts_add_up(result: Result) -> None:
    sums = result.own_funds_parts.groupby("line")["amount"].sum().round(2)
    stated = result.own_funds.set_index("line")["amount"]
    assert (stated.reindex(sums.index) == sums).all()
