"""A derivation reads from the book to the amount: its numbers are the line's, and its formulas give them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri

import plimsoll
from plimsoll.errors import SimulationError
from plimsoll.simulation import Result


@pytest.fixture(scope="module")
def result() -> Result:
    return plimsoll.simulate(plimsoll.sample_book("universal_bank", exposures=600))


def chosen(lines: pd.DataFrame) -> list[str]:
    """Return two exposures of every kind of line."""
    kinds = ["approach", "irb_class", "part", "product", "protection_type", "defaulted", "deducted"]
    return sorted(set(lines.groupby(kinds).head(2)["exposure_id"]))


@pytest.mark.parametrize("standardised", [False, True])
def test_the_last_steps_come_to_the_amount(result: Result, standardised: bool) -> None:
    lines = result.standardised if standardised else result.lines
    amounts = lines.groupby("exposure_id")["rwa"].sum()
    for exposure_id in chosen(lines):
        found = plimsoll.derive(result, exposure_id, standardised=standardised)
        assert found.rwa == pytest.approx(amounts[exposure_id], abs=0.005)
        assert all(step.article or not step.rule_ids for step in found.steps)


@pytest.mark.parametrize("standardised", [False, True])
def test_products_and_differences_give_the_next_number(result: Result, standardised: bool) -> None:
    lines = result.standardised if standardised else result.lines
    for exposure_id in chosen(lines):
        table = plimsoll.derive(result, exposure_id, standardised=standardised).table()
        for _, steps in table.groupby("line_id", sort=False):
            named = steps.set_index("name")
            if "ead" not in named.index or "rwa_before_factors" not in named.index:
                continue
            value = named["value"]
            product = value["ead"] * value["risk_weight"]
            assert value["rwa_before_factors"] == pytest.approx(product, abs=0.011 + 1e-5 * value["ead"])
            taken = value.get("sme_factor_reduction", 0.0) + value.get("infrastructure_reduction", 0.0)
            assert value["rwa"] == pytest.approx(value["rwa_before_factors"] - taken, abs=0.005)


def test_the_formula_of_a_rating_can_be_computed_as_it_is_written(result: Result) -> None:
    lines = result.lines
    rated = lines[lines["approach"].isin(["foundation", "advanced"]) & ~lines["defaulted"]]
    for exposure_id in rated.groupby("irb_class").head(3)["exposure_id"]:
        for step in plimsoll.derive(result, exposure_id).steps:
            if step.name == "risk_weight" and "N((" in step.formula:
                written = step.formula.replace("×", "*").replace("·", "*").replace("−", "-")
                written = re.sub(r"√(\([^)]*\)|[0-9.e-]+)", r"sqrt(\1)", written)
                value = eval(written, {"N": ndtr, "G": ndtri, "sqrt": np.sqrt})
                assert value == pytest.approx(step.value, rel=1e-4)


def test_it_reads_well(result: Result) -> None:
    mortgage = result.lines[result.lines["irb_class"] == "retail_mortgage"].iloc[0]

    text = str(plimsoll.derive(result, mortgage["exposure_id"]))

    assert text.startswith(mortgage["line_id"])
    for words in ("pd = ", "[CRR Art. 163(1)(b)]", "[CRR Art. 154(3)]", "[CRR Art. 154(1)(ii)]", "rwa = "):
        assert words in text


def test_an_unknown_exposure_is_refused(result: Result) -> None:
    with pytest.raises(SimulationError, match="no line of the exposure 'E-x'"):
        plimsoll.derive(result, "E-x")
