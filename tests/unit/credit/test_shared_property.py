"""Several exposures on one property share its value: what is secured, and the ratio of exposure to value."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from tests.smallbook import small_book

from plimsoll.errors import SimulationError
from plimsoll.simulation import simulate

PERSON = {"counterparty_type": "natural_person"}
HOME = {"property_id": "house", "property_value": 200_000.0}


def lines_of(exposures: list[dict[str, Any]], liens: list[dict[str, Any]]) -> pd.DataFrame:
    loans = [{"product": "mortgage", "retail_eligible": True, **row} for row in exposures]
    placed = [{"collateral_id": f"lien {n}", **row} for n, row in enumerate(liens)]
    return simulate(small_book(loans, [PERSON], placed)).lines


def secured(lines: pd.DataFrame) -> dict[str, float]:
    return lines[lines["part"] == "secured"].groupby("exposure_id")["net_exposure"].sum().to_dict()


def test_two_loans_share_the_55_percent_of_their_house() -> None:
    loans = [{"exposure_id": "a"}, {"exposure_id": "b"}]

    alone = lines_of(loans, [{"exposure_id": name, "property_value": 200_000.0} for name in "ab"])
    together = lines_of(loans, [{"exposure_id": name, **HOME} for name in "ab"])

    assert secured(alone) == {"a": 100_000.0, "b": 100_000.0}
    assert secured(together) == {"a": 100_000.0, "b": 10_000.0}, "55 % of 200 000 is 110 000"
    assert together["rwa"].sum() == 110_000 * 0.20 + 90_000 * 0.75


def test_the_better_rank_is_secured_first() -> None:
    loans = [{"exposure_id": "a"}, {"exposure_id": "b"}]
    liens = [{"exposure_id": "a", "lien_rank": 2, **HOME}, {"exposure_id": "b", "lien_rank": 1, **HOME}]

    assert secured(lines_of(loans, liens)) == {"a": 10_000.0, "b": 100_000.0}


def test_what_ranks_before_comes_off_once() -> None:
    loans = [{"exposure_id": "a", "amount": 50_000.0}, {"exposure_id": "b", "amount": 50_000.0}]
    liens = [{"exposure_id": name, "prior_liens": 30_000.0, **HOME} for name in "ab"]

    assert secured(lines_of(loans, liens)) == {"a": 50_000.0, "b": 30_000.0}


def test_a_ratio_of_exposure_to_value_adds_loans_and_undrawn_parts_on_the_property() -> None:
    loans = [
        {"exposure_id": "a", "amount": 90_000.0},
        {"exposure_id": "b", "amount": 40_000.0},
        {
            "exposure_id": "c",
            "amount": 40_000.0,
            "product": "commitment",
            "on_balance": False,
            "ccf_bucket": 3,
        },
    ]
    rented = {"income_producing": True, **HOME}

    found = lines_of(loans, [{"exposure_id": name, **rented} for name in "abc"])
    apart = lines_of(loans, [{**rented, "exposure_id": name, "property_id": name} for name in "abc"])

    assert set(found["risk_weight"]) == {0.60}, "170 000 of 200 000 is 85 %, up to 90 % weighs 60 %"
    assert set(apart["risk_weight"]) == {0.30}, "none alone is above half of the value"


def test_a_property_described_in_two_ways_is_refused() -> None:
    loans = [{"exposure_id": "a"}, {"exposure_id": "b"}]
    liens = [{"exposure_id": "a", **HOME}, {"exposure_id": "b", **HOME, "property_value": 190_000.0}]

    with pytest.raises(SimulationError, match=r"b\. To go on, give every row of one `property_id` the same"):
        lines_of(loans, liens)
