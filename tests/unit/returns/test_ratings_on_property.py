"""Rated exposures by the property that secures them: rows and sheets of C 08.01, rows of C 09.02."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.returns import Return, explain, fill
from plimsoll.simulation import Result, simulate

ALL = "eba_qAE:qx01"
ROWS = {
    "0017": ("residential", False),
    "0018": ("residential", True),
    "0019": ("commercial", False),
    "0900": ("commercial", True),
}


@pytest.fixture(scope="module")
def rated() -> Result:
    return simulate(sample_book("universal_bank", seed=5, exposures=600))


@pytest.fixture(scope="module")
def filled(rated: Result, dictionary: Dictionary) -> Return:
    return fill(rated, "corep_of", dictionary)


@pytest.fixture(scope="module")
def lines(rated: Result) -> pd.DataFrame:
    held = rated.lines[(rated.lines["approach"] != "standardised") & ~rated.lines["deducted"]]
    pledged = rated.book.table("collateral")[["exposure_id", "property_type", "income_producing"]]
    return held.merge(pledged, on="exposure_id", how="left")


def value(filled: Return, *cell: str) -> float:
    fact = filled.fact(*cell)
    assert fact is not None, cell
    assert isinstance(fact.value, Decimal)
    return float(fact.value)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_holds_what_such_a_property_secures(row: str, lines: pd.DataFrame, filled: Return) -> None:
    kind, income = ROWS[row]
    chosen = lines[(lines["property_type"] == kind) & (lines["income_producing"].fillna(False) == income)]
    assert len(chosen) > 0
    for column, measured in (("0110", "ead"), ("0260", "rwa"), ("0280", "el")):
        assert value(filled, "C_08.01.a", row, column, ALL) == pytest.approx(chosen[measured].sum(), abs=0.01)
    average = (chosen["pd"] * chosen["ead"]).sum() / chosen["ead"].sum()
    assert value(filled, "C_08.01.a", row, "0010", ALL) == pytest.approx(average, abs=1e-5)
    told = explain(filled, "C_08.01.a", row=row, column="0110", sheet=ALL)
    assert told.total == told.value


def test_retail_on_property_is_told_by_size_and_country(lines: pd.DataFrame, filled: Return) -> None:
    secured = lines["property_type"].notna() | (
        lines["irb_class"] == "retail_mortgage"
    )  # offers have no lien yet
    retail = lines[lines["irb_class"].str.startswith("retail") & secured]
    sheets = {"eba_qAE:qx2011": True, "eba_qAE:qx2010": False}
    for sheet, small in sheets.items():
        expected = retail.loc[retail["is_sme"] == small, "ead"].sum()
        if expected:
            assert value(filled, "C_08.01.a", "0010", "0110", sheet) == pytest.approx(expected, abs=0.01)
    total = value(filled, "C_09.02", "0070", "0105", "eba_GA:qx2014")
    assert total == pytest.approx(retail["ead"].sum(), abs=0.01)
