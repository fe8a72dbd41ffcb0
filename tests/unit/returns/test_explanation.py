"""A cell and its explanation are the same figure, to the cent, always."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.credit import CLASSES
from plimsoll.errors import ReturnError
from plimsoll.returns import Return, explain, open_return
from plimsoll.returns.definitions import Definitions
from plimsoll.returns.evaluation import Evaluation, selected
from plimsoll.returns.parsing import read_definitions
from plimsoll.returns.position import Position
from plimsoll.simulation import Result
from plimsoll.units import from_cents

MATRIX = ("C_07.00.a", "C_07.00.c", "C_07.00.d")
DEFINITIONS = read_definitions("corep_of", "4.1.0")
CELLS = [cell for name in MATRIX for cell in DEFINITIONS.tables[name].cells]
AMOUNTS = st.integers(min_value=0, max_value=10**13)


def test_every_reported_cell_is_explained_exactly(filled: Return) -> None:
    compared = 0
    for fact in filled.facts:
        if fact.sheet in {None, "eba_qEC:qx01", "eba_qEC:qx26", "eba_qEC:qx12"}:
            told = explain(filled, fact.table, row=fact.row, column=fact.column, sheet=fact.sheet)
            assert told.value == fact.value, fact
            if told.is_sum:
                assert told.total == fact.value, fact
                compared += 1
    assert compared > 300


@st.composite
def positions(draw: st.DrawFn) -> Position:
    """Lines of any make-up: the property must not lean on what the engine happens to produce."""
    size = draw(st.integers(min_value=1, max_value=40))

    def many(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=size, max_size=size))

    amounts = {
        name: np.array(many(AMOUNTS)) / 100
        for name in (
            "original_exposure",
            "provision",
            "net_exposure",
            "covered_amount",
            "collateral_adjusted",
            "collateral_adjustments",
            "adjusted_exposure",
            "ead",
            "rwa_before_mismatch",
            "sme_factor_reduction",
            "infrastructure_reduction",
            "rwa",
            "ccf_transition_relief",
        )
    }
    flags = {
        name: many(st.booleans())
        for name in (
            "on_balance",
            "is_sme",
            "sme_factor_applied",
            "infrastructure_factor_applied",
            "is_central_bank",
            "has_ecai",
            "defaulted",
            "deducted",
            "ipre_exempt",
            "ccf_in_transition",
        )
    }
    weights = st.sampled_from([0.0, 0.2, 0.35 + 1e-12, 0.75, 1.0, 1.5, 0.5625, 12.5])
    lines = pd.DataFrame(
        {
            "exposure_id": [f"E{place}" for place in range(size)],
            "sa_class": many(st.sampled_from(CLASSES)),
            "origin_class": many(st.sampled_from(CLASSES)),
            "approach": many(st.sampled_from(["standardised", "foundation"])),
            "sa_use": many(st.sampled_from(["", "permanent_partial_use", "roll_out"])),
            "origin_approach": many(st.sampled_from(["standardised", "rated"])),
            "protection_type": many(st.sampled_from(["", "guarantee", "credit_derivative", "cash"])),
            "obligor_class": many(st.sampled_from(["retail", "corporates_other", "institutions", ""])),
            "property_type": many(st.sampled_from(["none", "residential", "commercial", "adc"])),
            "rule_id": many(st.sampled_from(["credit.sa.fund.fallback", "credit.sa.retail.standard"])),
            "ccf": many(st.sampled_from([0.0, 0.1, 0.2, 0.4, 0.5, 1.0])),
            "ccf_bucket": many(st.integers(min_value=0, max_value=5)),
            "base_weight": many(weights),
            "risk_weight": many(weights),
            **flags,
            **amounts,
        }
    )
    return Position({"lines": lines})


@given(position=positions(), chosen=st.lists(st.sampled_from(CELLS), min_size=40, max_size=40))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_what_fills_a_cell_is_what_explains_it(position: Position, chosen: list) -> None:
    evaluation = Evaluation(only_lines(DEFINITIONS), position)
    for cell in chosen:
        rows, amounts = selected(position, evaluation.formula(cell))
        filled = evaluation.value(cell)
        assert (filled is None) == (len(rows) == 0)
        assert (filled or Decimal(0)) == from_cents(int(amounts.sum()))


def only_lines(definitions: Definitions) -> Definitions:
    tables = {name: definitions.tables[name] for name in MATRIX}
    return dataclasses.replace(definitions, tables=tables)


def test_an_explanation_names_exposures_articles_and_rules(filled: Return, result: Result) -> None:
    told = explain(filled, "C_07.00.a", row="0070", column="0200", sheet="retail")
    assert set(told.lines["sa_class"]) == {"retail"}
    assert set(told.lines["on_balance"]) == {True}
    assert set(told.lines["exposure_id"]) <= set(result.book.tables["exposures"]["exposure_id"])
    assert told.total == sum(told.lines["contribution"]) == told.value
    assert told.article == "CRR Article 111"
    assert "credit.sa.retail.standard" in told.rule_ids
    assert told.formula == (
        "sum of ead over lines where deducted is False and approach is standardised and sa_class is retail "
        "and on_balance is True"
    )


@pytest.mark.parametrize("sheet", ["retail", "eba_qEC:qx26", "qx26"])
def test_a_sheet_has_three_names(filled: Return, sheet: str) -> None:
    assert explain(filled, "C_07.00.a", row="0010", column="0010", sheet=sheet).cell.sheet == "eba_qEC:qx26"


def test_a_result_is_explained_like_its_return(filled: Return, result: Result, dictionary_path: Path) -> None:
    told = explain(result, "C_02.00.a", row="0010", column="0010")
    assert told.value == explain(filled, "C_02.00.a", row="0010", column="0010").value
    assert told.total == Decimal(str(result.ratios["rwa"]))


def test_a_ratio_is_explained_by_its_two_sides(filled: Return, result: Result) -> None:
    told = explain(filled, "C_03.00", row="0010", column="0010")
    own, exposure = told.parts
    assert (own.cell.table, exposure.cell.table) == ("C_01.00", "C_02.00.a")
    assert own.total == own.value == Decimal(str(result.ratios["cet1"]))
    assert exposure.total == exposure.value == Decimal(str(result.ratios["rwa"]))
    assert told.value == (own.value / exposure.value).quantize(Decimal("0.000001"))
    assert told.formula == "{C_01.00, r0020, c0010} / {C_02.00.a, r0010, c0010}"


def test_a_surplus_and_the_lowest_name_their_steps(filled: Return) -> None:
    told = explain(filled, "C_03.00", row="0220", column="0010")
    assert told.value == min(part.value for part in told.parts)
    assert told.formula == "the lowest of surplus cet1, surplus tier1, surplus total"
    assert len(told.parts[0].parts) == 2
    level = explain(filled, "C_03.00", row="0130", column="0010")
    assert level.lines["level"].max() == pytest.approx(float(level.value))


def test_a_saved_return_is_explained_without_anything_else(filled: Return, tmp_path: Path) -> None:
    opened = open_return(filled.save(tmp_path / "june.return"))
    ours = explain(filled, "C_07.00.a", row="0220", column="0215", sheet="total")
    theirs = explain(opened, "C_07.00.a", row="0220", column="0215", sheet="total")
    assert theirs.value == ours.value
    assert list(theirs.lines["line_id"]) == list(ours.lines["line_id"])
    assert list(theirs.lines["contribution"]) == list(ours.lines["contribution"])


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            {"table": "C_32.01", "row": "0010", "column": "0010"},
            "C_32.01 is not filled; the tables filled are",
        ),
        (
            {"table": "C_07.00.a", "row": "0010", "column": "0010"},
            "C_07.00.a needs a sheet: total, central_gov",
        ),
        ({"table": "C_07.00.a", "row": "0010", "column": "0010", "sheet": "retial"}, "the nearest is retail"),
        (
            {"table": "C_07.00.a", "row": "0071", "column": "0010", "sheet": "retail"},
            "no row 0071; the nearest is 00",
        ),
        ({"table": "C_07.00.a", "row": "0070", "column": "0201", "sheet": "retail"}, "no column 0201"),
        (
            {"table": "C_07.00.a", "row": "0070", "column": "0120", "sheet": "retail"},
            "column 0120 is left out: a lent asset",
        ),
        (
            {"table": "C_07.00.a", "row": "0190", "column": "0200", "sheet": "central_governments"},
            "nothing is reported in C_07.00.a, row 0190, column 0200, sheet eba_qEC:qx16",
        ),
        (
            {"table": "C_07.00.a", "row": "0283", "column": "0200", "sheet": "retail"},
            "is not a cell that is filled",
        ),
        ({"table": "C_01.00", "row": "0010", "column": "0010", "sheet": "retail"}, "C_01.00 has no sheets"),
    ],
)
def test_a_cell_that_is_not_there_is_explained_too(filled: Return, cell: dict, said: str) -> None:
    table = cell.pop("table")
    with pytest.raises(ReturnError) as refused:
        explain(filled, table, **cell)
    assert said in str(refused.value)
