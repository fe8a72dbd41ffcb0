"""Cases a lawyer can read: facts, article, and what the law gives, in the TOML files beside this one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.smallbook import REFERENCE_DATE, small_book

from plimsoll.rules import read_rules
from plimsoll.simulation import Result, simulate

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


def simulated(case: dict[str, Any]) -> Result:
    exposure = dict(case.get("exposure", {}))
    obligors = [case.get("obligor", {})]
    if exposure.get("counterparty_id") == "":  # nobody owes it
        exposure["counterparty_id"], obligors = None, []
    if "government" in case:
        state = {"counterparty_id": "state", "counterparty_type": "central_government", **case["government"]}
        obligors.append(state)
    liens = [case["property"]] if "property" in case else []
    return simulate(small_book([exposure], obligors, liens, date=case.get("date", REFERENCE_DATE)))


@pytest.mark.parametrize("case", cases())
def test_law_gives(case: dict[str, Any]) -> None:
    lines = simulated(case).lines

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


def test_every_rule_of_credit_risk_is_reached_by_a_case() -> None:
    used = {(use.id, use.article) for param in cases() for use in simulated(param.values[0]).rules_used}
    # No run weighs by internal ratings yet: tests/unit/credit/irb/test_rules_used.py holds that each is read.
    ours = ("credit.", "union.", "third_countries.")
    known = {
        (rule.id, rule.article)
        for rule in read_rules()
        if rule.id.startswith(ours) and not rule.id.startswith("credit.irb.")
    }

    # From 2027 Table 1 applies unshared: the weight is then that of another rule.
    assert known - used == {
        ("credit.sa.sovereign.member_state_other_currency_share", "CRR Art. 114(2), Table 1")
    }
