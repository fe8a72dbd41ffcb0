"""From an exposure to the cells it touches, consistent with what explains those cells."""

from __future__ import annotations

from decimal import Decimal

import pytest

import plimsoll
from plimsoll.errors import ReturnError
from plimsoll.returns import Return, cells_of, explain


@pytest.mark.parametrize(
    ("table", "row", "column", "sheet"),
    [
        ("C_02.00.a", "0010", "0010", None),
        ("C_07.00.a", "0010", "0030", "eba_qEC:qx01"),
        ("C_07.00.a", "0010", "0241", "eba_qEC:qx26"),
        ("C_07.00.c", "0310", "0200", "eba_qEC:qx26"),
    ],
)
def test_the_contribution_is_the_one_that_explains_the_cell(
    filled: Return, table: str, row: str, column: str, sheet: str | None
) -> None:
    lines = explain(filled, table, row=row, column=column, sheet=sheet).lines
    lines = lines[lines["exposure_id"].notna()]
    for exposure, own in list(lines.groupby("exposure_id"))[:4]:
        cells = cells_of(filled, str(exposure))
        there = (cells["table"] == table) & (cells["row"] == row) & (cells["column"] == column)
        there &= cells["sheet"].isna() if sheet is None else cells["sheet"] == sheet
        (contribution,) = cells.loc[there, "contribution"]
        assert contribution == sum(own["contribution"], Decimal(0))


def test_the_contributions_of_all_exposures_sum_to_the_cell(filled: Return) -> None:
    """Of a cell with few exposures behind it: each is followed on its own."""
    sheet = "eba_qEC:qx19"
    fact = filled.fact("C_07.00.a", "0010", "0200", sheet)
    assert fact is not None
    total = Decimal(0)
    lines = filled.position.table("lines")
    exposures = lines.loc[lines["sa_class"] == "institutions", "exposure_id"].unique()
    assert 1 < len(exposures) < 20
    for exposure in exposures:
        cells = cells_of(filled, exposure)
        there = (cells["table"] == "C_07.00.a") & (cells["row"] == "0010") & (cells["sheet"] == sheet)
        total += sum(cells.loc[there & (cells["column"] == "0200"), "contribution"])
    assert total == fact.value


def test_a_ratio_is_touched_without_a_part(filled: Return) -> None:
    cells = cells_of(filled, filled.position.table("lines")["exposure_id"].iloc[0])
    ratios = cells[cells["table"] == "C_03.00"]
    assert len(ratios) > 0
    assert ratios["contribution"].isna().all()
    assert cells.loc[cells["table"] != "C_03.00", "contribution"].notna().all()


def test_an_unknown_exposure_is_named(filled: Return) -> None:
    with pytest.raises(ReturnError, match="E-none"):
        plimsoll.cells_of(filled, "E-none")
