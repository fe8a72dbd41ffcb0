"""The leverage ratio in cases a lawyer can read: facts, article, and what the law gives, in the TOML file here."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.smallbook import small_book

from plimsoll.simulation import Result, simulate

TEXT = Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
FACTS = {"exposures", "obligors", "liens", "items", "leverage_items", "requirements", "reported_amounts"}
FINDINGS = {"components", "measure", "ratio", "marks", "missing"}


def cases() -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in tomllib.loads(TEXT)["case"]]


def simulated(case: dict[str, Any]) -> Result:
    def rows(
        name: str, key: str, value: str, default: dict[str, float] | None = None
    ) -> list[dict[str, Any]]:
        given = case.get(name, default or {})
        return [{key: item, value: float(amount), "source": "test"} for item, amount in given.items()]

    funds = case.get("items", {"cet1_paid_up_capital": 10_000})
    return simulate(
        small_book(
            case.get("exposures", [{}]),
            case.get("obligors", [{}]),
            case.get("liens", []),
            own_funds_items=[
                {"item_id": item, "item": item, "amount": float(a)} for item, a in funds.items()
            ],
            leverage_items=rows("leverage_items", "item", "amount"),
            requirements=rows("requirements", "requirement", "ratio"),
            reported_amounts=rows("reported_amounts", "risk", "amount"),
        )
    )


def test_no_case_is_empty_or_misspelt() -> None:
    every = [param.values[0] for param in cases()]
    assert len(every) >= 30
    assert not [
        case["name"] for case in every if set(case) - FACTS - FINDINGS - {"name", "article", "source"}
    ]
    assert not [case["name"] for case in every if not set(case) & FINDINGS or not case["article"]]


@pytest.mark.parametrize("case", cases())
def test_law_gives(case: dict[str, Any]) -> None:
    leverage = simulated(case).leverage
    if "missing" in case:
        assert [why for why in leverage.missing if case["missing"] in why]
        assert math.isnan(leverage.ratio)
        return
    assert leverage.missing == ()
    found = dict(zip(leverage.components["component"], leverage.components["amount"], strict=True))
    assert {name: found[name] for name in case.get("components", {})} == case.get("components", {})
    if "measure" in case:
        assert leverage.measure == case["measure"]
    if "ratio" in case:
        assert leverage.ratio == pytest.approx(case["ratio"], abs=1e-12)
    if "marks" in case:
        assert dict(zip(leverage.marks["mark"], leverage.marks["level"], strict=True)) == pytest.approx(
            case["marks"]
        )
