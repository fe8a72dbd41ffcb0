"""Cases a lawyer can read: facts, article, and what the law gives, in the TOML files beside this one."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.smallbook import REFERENCE_DATE, small_book

from plimsoll.simulation import simulate

FILES = sorted(Path(__file__).parent.glob("*.toml"))
KEYS = {"name", "article", "date", "obligor", "government", "exposure", "property", "parts", "rwa", "ead"}


def cases() -> list[Any]:
    found = []
    for path in FILES:
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            found.append(pytest.param(case, id=f"{path.stem}: {case['name']}"))
    return found


def test_there_are_many_cases_and_none_has_a_misspelt_key() -> None:
    every = [param.values[0] for param in cases()]
    assert len(every) >= 60
    assert not [case["name"] for case in every if set(case) - KEYS or not case.get("article")]


@pytest.mark.parametrize("case", cases())
def test_law_gives(case: dict[str, Any]) -> None:
    exposure = dict(case.get("exposure", {}))
    obligors = [case.get("obligor", {})] if exposure.get("counterparty_id", "obligor") else []
    if not obligors:
        exposure["counterparty_id"] = None
    if "government" in case:
        state = {"counterparty_id": "state", "counterparty_type": "central_government", **case["government"]}
        obligors.append(state)
    book = small_book(
        [exposure],
        obligors,
        [case["property"]] if "property" in case else [],
        date=case.get("date", REFERENCE_DATE),
    )
    lines = simulate(book).lines

    found = {
        row.part: {"class": row.sa_class, "weight": row.risk_weight, "net": row.net_exposure}
        for row in lines.itertuples()
    }
    for expected in case["parts"]:
        part = found.pop(expected.get("part", "whole"))
        assert part["class"] == expected["class"]
        assert part["weight"] == pytest.approx(expected["weight"], abs=1e-12)
        if "net" in expected:
            assert part["net"] == expected["net"]
    assert not found, "parts that the case does not expect"
    assert round(lines["rwa"].sum(), 2) == case["rwa"]
    if "ead" in case:
        assert round(lines["ead"].sum(), 2) == case["ead"]


def test_dates_in_cases_are_dates() -> None:
    assert all(isinstance(p.values[0].get("date", REFERENCE_DATE), datetime.date) for p in cases())
