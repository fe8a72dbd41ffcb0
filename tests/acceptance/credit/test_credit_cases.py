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
KEYS = {
    "name",
    "article",
    "source",
    "date",
    "obligor",
    "government",
    "exposure",
    "property",
    "parts",
    "rwa",
    "ead",
}
KEYS |= {"others", "pledges", "guarantees", "method"}
PLEDGE = {"exposure_id": "exposure", "pledge_type": "cash", "currency": "EUR", "amount": 40_000.0}
GUARANTEE = {
    "guarantee_id": "guarantee",
    "exposure_id": "exposure",
    "provider_id": "provider",
    "currency": "EUR",
    "amount": 40_000.0,
}
ROUNDED = 1e-4
"""One unit of the last digit that the Committee printed: its tables were not rounded from an exact inverse."""


def cases() -> list[Any]:
    found = []
    for path in FILES:
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            found.append(pytest.param(case, id=f"{path.stem}: {case['name']}"))
    return found


def test_there_are_many_cases_and_none_has_a_misspelt_key() -> None:
    every = [param.values[0] for param in cases()]
    assert len(every) >= 260
    assert len({case["name"] for case in every}) == len(every)
    assert not [case["name"] for case in every if set(case) - KEYS or not case.get("article")]


_RESULTS: dict[str, Result] = {}


def simulated(case: dict[str, Any]) -> Result:
    """Return the result of a case; the last test asks for all of them again."""
    if case["name"] not in _RESULTS:
        _RESULTS[case["name"]] = run(case)
    return _RESULTS[case["name"]]


def run(case: dict[str, Any]) -> Result:
    exposure = dict(case.get("exposure", {}))
    obligors = [case.get("obligor", {}), *case.get("others", [])]
    if exposure.get("counterparty_id") == "":  # nobody owes it
        exposure["counterparty_id"], obligors = None, []
    if "government" in case:
        state = {"counterparty_id": "state", "counterparty_type": "central_government", **case["government"]}
        obligors.append(state)
    liens = [case["property"]] if "property" in case else []
    method = {"election": "financial_collateral_method", "value": case.get("method", ""), "source": "case"}
    tables = {
        "pledges": [
            {"pledge_id": f"pledge {n}", **PLEDGE, **row} for n, row in enumerate(case.get("pledges", []), 1)
        ],
        "guarantees": [{**GUARANTEE, **row} for row in case.get("guarantees", [])],
        "elections": [method] if "method" in case else [],
    }
    date = case.get("date", REFERENCE_DATE)
    return simulate(small_book([exposure], obligors, liens, date=date, **tables))


@pytest.mark.parametrize("case", cases())
def test_law_gives(case: dict[str, Any]) -> None:
    lines = simulated(case).lines

    found = {row.protection_id or row.part: row for row in lines.itertuples()}
    for expected in case["parts"]:
        line = found.pop(expected.get("covered_by", expected.get("part", "whole")))
        assert (line.irb_class or line.sa_class) == expected["class"]
        within = ROUNDED if "source" in case else 1e-12
        assert line.risk_weight == pytest.approx(expected["weight"], abs=within)
        if "net" in expected:
            assert line.net_exposure == expected["net"]
        for name in ("ead", "el", "pd", "lgd", "maturity"):
            if name in expected:
                assert getattr(line, name) == pytest.approx(expected[name], abs=1e-9)
    assert not found, "parts that the case does not expect"
    if "rwa" in case:
        assert round(lines["rwa"].sum(), 2) == case["rwa"]
    if "ead" in case:
        assert round(lines["ead"].sum(), 2) == case["ead"]


def test_every_rule_of_credit_risk_is_reached_by_a_case() -> None:
    used = {(use.id, use.article) for param in cases() for use in simulated(param.values[0]).rules_used}
    ours = ("credit.", "union.", "third_countries.")
    known = {(rule.id, rule.article) for rule in read_rules() if rule.id.startswith(ours)}

    # No book says what nets or is financed by securities (counterparty credit risk): unit tests read these.
    netting = {
        ("credit.irb.maturity.floor_days.repo_netted", "CRR Art. 162(2)(d)"),
        ("credit.irb.maturity.floor_days.secured_lending_netted", "CRR Art. 162(2)(da)"),
        ("credit.irb.maturity.floor_days.short_term", "CRR Art. 162(3)"),
        ("credit.irb.maturity.floor_days.collateralised_netted", "CRR Art. 162(2)(c)"),
        ("credit.irb.maturity.foundation_securities_financing", "CRR Art. 162(1)"),
        ("credit.irb.maturity.days_per_year", "CRR Art. 162(6)"),
    }
    # From 2027 Table 1 applies unshared: the weight is then that of another rule.
    assert known - netting - used == {
        ("credit.sa.sovereign.member_state_other_currency_share", "CRR Art. 114(2), Table 1")
    }
