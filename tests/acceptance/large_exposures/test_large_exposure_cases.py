"""Large exposures in cases a lawyer can read: facts, article, and what the law gives, in the TOML file here."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.smallbook import ENTITY, small_book

from plimsoll.simulation import Result, simulate

TEXT = Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
FACTS = {"exposures", "obligors", "liens", "guarantees", "items", "reported_amounts", "facts", "consolidated"}
AMOUNTS = ("before", "after", "excess")
NAMES = ("large", "reported", "breaches")
FINDINGS = {*AMOUNTS, *NAMES, "heads", "limits", "missing"}
GUARANTEE = {"guarantee_id": "guarantee", "exposure_id": "exposure", "currency": "EUR"}


def cases() -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in tomllib.loads(TEXT)["case"]]


def simulated(case: dict[str, Any]) -> Result:
    items = case.get("items", {"cet1_paid_up_capital": 1_000_000})
    amounts = case.get("reported_amounts", {})
    book = small_book(
        case.get("exposures", [{}]),
        case.get("obligors", [{}]),
        case.get("liens", []),
        entity=replace(ENTITY, scope="CON" if case.get("consolidated") else "IND"),
        own_funds_items=[{"item_id": item, "item": item, "amount": float(a)} for item, a in items.items()],
        reported_amounts=[{"risk": r, "amount": float(a), "source": "test"} for r, a in amounts.items()],
        institution_facts=[{"fact": fact, "value": value} for fact, value in case.get("facts", {}).items()],
        guarantees=[{**GUARANTEE, **row} for row in case.get("guarantees", [])],
    )
    return simulate(book)


def test_no_case_is_empty_or_misspelt() -> None:
    every = [param.values[0] for param in cases()]
    assert len(every) >= 35
    assert not [case["name"] for case in every if set(case) - FACTS - FINDINGS - {"name", "article"}]
    assert not [case["name"] for case in every if not set(case) & FINDINGS or not case["article"]]


@pytest.mark.parametrize("case", cases())
def test_law_gives(case: dict[str, Any]) -> None:
    found = simulated(case).large_exposures
    if "missing" in case:
        assert [why for why in found.missing if case["missing"] in why]
        return
    assert found.missing == ()
    groups = found.groups.set_index("group_id")
    for column in AMOUNTS:
        wanted = case.get(column, {})
        assert {name: float(groups.loc[name, column]) for name in wanted} == wanted, column
    for name, head in case.get("heads", {}).items():
        assert groups.loc[name, "head_id"] == head
    for flag in ("large", "reported"):
        if flag in case:
            assert sorted(groups.index[groups[flag]]) == case[flag]
    if "breaches" in case:
        assert found.breaches["group_id"].tolist() == case["breaches"]
    limits = dict(zip(found.limits["limit"], found.limits["amount"], strict=True))
    assert {name: limits[name] for name in case.get("limits", {})} == case.get("limits", {})
