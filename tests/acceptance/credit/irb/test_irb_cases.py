"""Published risk weights and what the articles give: a reader can check the TOML files beside this."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plimsoll import rules
from plimsoll.credit import irb
from plimsoll.rules import RuleSet

HERE = Path(__file__).parent
DATE = datetime.date(2026, 6, 30)
LAST_DIGIT_PCT = 0.01
"""One unit of the last printed digit: the tables of 2006 were not rounded from an exact inverse."""


def cases(name: str) -> list[Any]:
    found = tomllib.loads((HERE / name).read_text(encoding="utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in found]


def published(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    pd_pct, weight_pct = np.array(case["risk_weight_pct_by_pd_pct"]).T
    found = irb.risk_weight(
        pd_pct / 100,
        case["lgd_pct"] / 100,
        case.get("maturity_years"),
        exposure_class=case["exposure_class"],
        turnover_meur=case.get("turnover_meur"),
        rules=rules.on(DATE),
    )
    return found * 100, weight_pct


@pytest.mark.parametrize("case", cases("illustrative_weights.toml"))
def test_published_risk_weight(case: dict[str, Any]) -> None:
    found, printed = published(case)

    np.testing.assert_allclose(found, printed, rtol=0, atol=LAST_DIGIT_PCT)


@pytest.mark.parametrize("case", cases("illustrative_weights.toml"))
def test_published_risk_weight_is_missed_with_the_former_scaling_factor(case: dict[str, Any]) -> None:
    found, printed = published(case)

    assert (np.abs(found * 1.06 - printed) > LAST_DIGIT_PCT).all(), "the comparison could not fail"


def test_tables_are_there_in_full() -> None:
    tables = [param.values[0] for param in cases("illustrative_weights.toml")]
    assert len(tables) == 16
    assert sum(len(table["risk_weight_pct_by_pd_pct"]) for table in tables) == 170


def _pd(case: dict[str, Any], in_force: RuleSet) -> object:
    marks = {key: case[key] for key in ("transactor", "guaranteed") if key in case}
    return irb.floored_pd(
        case["pd_pct"] / 100, exposure_class=case["exposure_class"], **marks, rules=in_force
    )


def _lgd(case: dict[str, Any], in_force: RuleSet) -> object:
    secured = {kind: share / 100 for kind, share in case.get("secured_pct", {}).items()}
    return irb.floored_lgd(
        case["lgd_pct"] / 100, exposure_class=case["exposure_class"], secured=secured, rules=in_force
    )


def _ccf(case: dict[str, Any], in_force: RuleSet) -> object:
    own, standardised = case["ccf_pct"] / 100, case["standardised_ccf_pct"] / 100
    return irb.floored_ccf(own, standardised, exposure_class=case["exposure_class"], rules=in_force)


def _supervisory(case: dict[str, Any], in_force: RuleSet) -> object:
    marks = {key: case[key] for key in ("financial", "subordinated", "covered_bond") if key in case}
    return irb.supervisory_lgd(exposure_class=case["exposure_class"], **marks, rules=in_force)


def _effective(case: dict[str, Any], in_force: RuleSet) -> object:
    haircut = case.get("currency_haircut_pct", 0.0) / 100
    shares = irb.secured_shares(
        case["exposure"], case["collateral"], currency_haircut=haircut, rules=in_force
    )
    return irb.effective_lgd(case["unsecured_lgd_pct"] / 100, shares, rules=in_force)


def _slot(case: dict[str, Any], in_force: RuleSet) -> object:
    measure = getattr(irb, case["call"])
    return measure(case["category"], case["years"], rules=in_force)


CALLS: dict[str, Callable[[dict[str, Any], RuleSet], object]] = {
    "floored_pd": _pd,
    "floored_lgd": _lgd,
    "floored_ccf": _ccf,
    "supervisory_lgd": _supervisory,
    "effective_lgd": _effective,
    "slotting_weight": _slot,
    "slotting_expected_loss": _slot,
}


@pytest.mark.parametrize("case", cases("components.toml"))
def test_law_gives(case: dict[str, Any]) -> None:
    assert case["article"].startswith("Art. ")

    found = CALLS[case["call"]](case, rules.on(case.get("date", DATE)))

    assert found == pytest.approx(case["gives_pct"] / 100, abs=1e-12)
