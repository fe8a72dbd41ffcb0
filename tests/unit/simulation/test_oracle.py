"""The engine against the scalar reading of the law in `oracle.py`, over whole banks."""

from __future__ import annotations

import pytest
from tests.unit.simulation.oracle import rwa_by_exposure

from plimsoll.data import sample_book
from plimsoll.scenarios import get_scenario
from plimsoll.simulation import simulate


@pytest.mark.parametrize("scenario", ["baseline", "house_prices_down_20", "rating_downgrade_1"])
def test_engine_and_second_reading_agree_on_every_exposure(scenario: str) -> None:
    book = sample_book("savings_bank", seed=11, exposures=3_000)
    expected = rwa_by_exposure(get_scenario(scenario).apply(book.tables))

    lines = simulate(book, scenario=scenario).lines
    found = lines.groupby("exposure_id")["rwa"].sum()

    assert set(found.index) == set(expected)
    apart = {
        name: (rwa, float(expected[name]))
        for name, rwa in found.items()
        # Each of at most two parts is rounded at its exposure value and at its amount.
        if abs(rwa - float(expected[name])) > 0.035
    }
    assert not apart
