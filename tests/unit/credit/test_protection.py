"""Protection only helps, adds up, and depends on no order: drawn books of pledges and guarantees."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.smallbook import small_book

from plimsoll import rules
from plimsoll.credit.coverage import cover
from plimsoll.credit.haircuts import debt_haircut, maturity_factor, scaled
from plimsoll.credit.recognition import within
from plimsoll.errors import SimulationError
from plimsoll.simulation import Result, simulate
from plimsoll.units import cents

RULES = rules.on(datetime.date(2026, 6, 30))
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PARTIES = (
    {},
    {"counterparty_id": "person", "counterparty_type": "natural_person"},
    {"counterparty_id": "bank", "counterparty_type": "credit_institution", "credit_quality_step": 2},
    {"counterparty_id": "state", "counterparty_type": "central_government", "credit_quality_step": 1},
)
EXPOSURES: tuple[dict[str, Any], ...] = (
    {"exposure_id": "standard"},
    {"exposure_id": "home", "counterparty_id": "person", "product": "mortgage", "retail_eligible": True},
    {"exposure_id": "line", "product": "commitment", "on_balance": False, "ccf_bucket": 3},
    {"exposure_id": "rated", "approach": "foundation", "irb_class": "corporate", "pd": 0.02},
    {"exposure_id": "own", "approach": "advanced", "irb_class": "corporate", "pd": 0.02, "lgd": 0.1},
)
LIEN = {"exposure_id": "home", "property_value": 110_000.0}
NAMES = st.sampled_from([str(row["exposure_id"]) for row in EXPOSURES])
AMOUNTS = st.integers(1, 15_000_000).map(lambda whole: whole / 100)
ENDS = st.sampled_from(
    [None, datetime.date(2026, 8, 1), datetime.date(2028, 3, 31), datetime.date(2040, 1, 1)]
)
PLEDGES = st.fixed_dictionaries(
    {
        "exposure_id": NAMES,
        "pledge_type": st.sampled_from(["cash", "gold", "listed_equity", "receivables", "debt_security"]),
        "issuer_id": st.sampled_from(["bank", "state"]),
        "amount": AMOUNTS,
        "currency": st.sampled_from(["EUR", "USD"]),
        "maturity_date": ENDS,
    }
)
GUARANTEES = st.fixed_dictionaries(
    {
        "exposure_id": NAMES,
        "provider_id": st.sampled_from(["bank", "state"]),
        "amount": AMOUNTS,
        "currency": st.sampled_from(["EUR", "USD"]),
        "maturity_date": ENDS,
        "provider_pd": st.sampled_from([None, 0.003]),
    }
)
Rows = list[dict[str, Any]]


def weighed(pledges: Rows, guarantees: Rows, simple: bool = False, parties: Any = PARTIES) -> Result:
    method = {"election": "financial_collateral_method", "value": "simple", "source": "test"}
    tables = {
        "pledges": [{"pledge_id": f"pledge {n}", **row} for n, row in enumerate(pledges)],
        "guarantees": [{"guarantee_id": f"guarantee {n}", **row} for n, row in enumerate(guarantees)],
        "elections": [method] if simple else [],
    }
    exposures = [{"maturity_date": datetime.date(2032, 6, 30), **row} for row in EXPOSURES]
    return simulate(small_book(exposures, parties, [LIEN], **tables))


def by_exposure(lines: pd.DataFrame, column: str = "rwa") -> pd.Series:
    return lines.assign(sum=cents(lines[column])).groupby("exposure_id")["sum"].sum()


@FEW
@given(st.lists(PLEDGES, max_size=5), st.lists(GUARANTEES, max_size=3), PLEDGES, GUARANTEES, st.booleans())
def test_more_protection_never_raises_a_risk_weighted_amount(
    pledges: Rows, guarantees: Rows, pledge: dict[str, Any], guarantee: dict[str, Any], simple: bool
) -> None:
    before, after = (
        weighed(pledges, guarantees, simple),
        weighed([*pledges, pledge], [*guarantees, guarantee], simple),
    )

    for less, more in ((before.lines, after.lines), (before.standardised, after.standardised)):
        assert (by_exposure(more) - by_exposure(less)).max() <= 3, (
            "more than rounding of three lines to the cent"
        )


@FEW
@given(st.lists(PLEDGES, max_size=5), st.lists(GUARANTEES, max_size=4), st.booleans())
def test_lines_of_an_exposure_add_up_to_it(pledges: Rows, guarantees: Rows, simple: bool) -> None:
    result = weighed(pledges, guarantees, simple)

    for lines in (result.lines, result.standardised):
        assert (by_exposure(lines, "original_exposure") == 10_000_000).all()
        assert (lines["ead"] >= 0).all()
        assert (lines["adjusted_exposure"] >= 0).all()
        standard = lines["approach"] == "standardised"
        left = cents(lines["net_exposure"]) - cents(lines["collateral_adjusted"])
        assert (left == cents(lines["adjusted_exposure"]))[standard].all()
        assert lines["line_id"].is_unique


@FEW
@given(st.lists(PLEDGES, min_size=2, max_size=5), st.lists(GUARANTEES, min_size=2, max_size=4), st.randoms())
def test_the_order_of_rows_changes_nothing(pledges: Rows, guarantees: Rows, random: Any) -> None:
    named = [
        [{"pledge_id": f"L{n}", **row} for n, row in enumerate(pledges)],
        [{"guarantee_id": f"G{n}", **row} for n, row in enumerate(guarantees)],
    ]
    before = weighed(*named)
    for rows in named:
        random.shuffle(rows)
    after = weighed(*named)

    pd.testing.assert_frame_equal(before.lines, after.lines)
    pd.testing.assert_frame_equal(before.standardised, after.standardised)
    pd.testing.assert_frame_equal(before.protection, after.protection)


@FEW
@given(PLEDGES, GUARANTEES, st.integers(1, 99))
def test_two_pieces_of_protection_are_worth_what_one_is(
    pledge: dict[str, Any], guarantee: dict[str, Any], percent: int
) -> None:
    def halves(row: dict[str, Any]) -> Rows:
        first = round(row["amount"] * percent / 100, 2)
        return [{**row, "amount": first}, {**row, "amount": round(row["amount"] - first, 2)}]

    whole, split = weighed([pledge], [guarantee]), weighed(halves(pledge), halves(guarantee))

    for one, two in ((whole.lines, split.lines), (whole.standardised, split.standardised)):
        assert (by_exposure(one) - by_exposure(two)).abs().max() <= 3


def test_every_piece_is_accounted_for_with_its_reason() -> None:
    firm = {"counterparty_id": "firm", "counterparty_type": "corporate"}
    pledges = [
        {"exposure_id": "standard", "pledge_type": "cash", "amount": 150_000.0, "currency": "EUR"},
        {"exposure_id": "standard", "pledge_type": "gold", "amount": 1_000.0, "currency": "EUR"},
        {"exposure_id": "standard", "pledge_type": "receivables", "amount": 1_000.0, "currency": "EUR"},
        {
            "exposure_id": "line",
            "pledge_type": "debt_security",
            "issuer_id": "firm",
            "amount": 9.0,
            "currency": "EUR",
        },
        {"exposure_id": "rated", "pledge_type": "cash", "amount": 1.0, "currency": "EUR", "eligible": False},
    ]
    own = {"exposure_id": "own", "provider_id": "bank", "amount": 5.0, "currency": "EUR"}
    guarantees = [own, {**own, "exposure_id": "line", "provider_id": "firm"}]

    found = weighed(pledges, guarantees, parties=(*PARTIES, firm)).protection.set_index("protection_id")

    assert found["reason"].to_dict() == {
        "guarantee 0": "recognised in own estimates",
        "guarantee 1": "no eligible provider",
        "pledge 0": "recognised",
        "pledge 1": "not needed",
        "pledge 2": "not eligible under this approach",
        "pledge 3": "its assessment is missing or too weak",
        "pledge 4": "marked as not eligible",
    }
    assert found.loc["pledge 0", "used"] == 100_000.0
    assert found.loc["pledge 0", "rule_ids"] == "credit.crm.haircut.cash"


def test_a_security_without_issuer_is_refused() -> None:
    pledge = {"exposure_id": "standard", "pledge_type": "debt_security", "amount": 1.0, "currency": "EUR"}

    with pytest.raises(SimulationError, match=r"pledge 0.*set `issuer_id`"):
        weighed([pledge], [])


def test_haircuts_grow_with_maturity_and_step() -> None:
    years = np.array([0.5, 1.0, 2.0, 4.0, 7.0, 30.0])
    for government in (True, False):
        worst = np.zeros(len(years))
        for step in (1, 2, 3):
            found = debt_haircut(np.full(6, step), years, np.full(6, government), RULES)
            assert (np.diff(found) >= 0).all()
            assert (found >= worst).all()
            worst = found
    assert np.isnan(debt_haircut(np.array([4]), years[:1], np.array([False]), RULES)).all()
    assert scaled(0.1, 21, RULES) == pytest.approx(0.1 * np.sqrt(2), abs=1e-6)


@given(st.floats(0.0, 12.0), st.floats(0.0, 12.0))
def test_a_maturity_mismatch_takes_a_share_between_none_and_all(protection: float, exposure: float) -> None:
    pair = (np.array([protection]), np.array([exposure]), np.array([np.nan]))
    found = maturity_factor(*pair, RULES)[0]

    assert 0 <= found <= 1
    assert found == 1 if protection >= exposure else True
    longer = maturity_factor(pair[0] + 0.5, *pair[1:], RULES)[0]
    assert longer >= found


def test_no_more_is_taken_than_needed_and_the_best_first() -> None:
    adjusted, share = np.array([50, 40, 30]), np.array([0.5, 1.0, 0.5])

    found = within(adjusted, share, np.zeros(3, dtype=np.int64), np.array([100]))

    assert found.tolist() == [50, 40, 10]


def test_the_heaviest_part_meets_the_lightest_provider() -> None:
    none = np.zeros(2, dtype=np.int64)
    pieces = cover(
        none, np.array([60, 40]), np.array([0.2, 0.75]), (none, np.array([30, 50]), np.array([0.5, 0.1]))
    )

    found = zip(
        *(getattr(pieces, name).tolist() for name in ("part", "protection", "start", "end")), strict=True
    )
    assert sorted(found) == [(0, 1, 0, 10), (1, 1, 0, 40)]
