"""A table whose rows are named by data: a row for each key, filled, filed and explained like any other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns.conformity import check_definitions
from plimsoll.returns.definitions import CellName
from plimsoll.returns.evaluation import Evaluation
from plimsoll.returns.parsing import list_modules, module_of, parse_definitions
from plimsoll.returns.position import Position

JUNE = date(2026, 6, 30)
TEXT = """
table = "C_48.02"
source = "days"
[keys]
"0010" = "day"
[columns]
"0020" = { sum = "value", article = "x" }
"0030" = { ratio = ["0020", "whole"], article = "x" }
[steps]
whole = { sum = "value", article = "x" }
"""
DAYS = pd.DataFrame({"day": ["2026-04-02", "2026-04-01", "2026-04-02"], "value": [10.0, 30.0, 20.0]})


def evaluation(days: pd.DataFrame, text: str = TEXT) -> Evaluation:
    return Evaluation(parse_definitions("COREP_LR", "4.1.0", {"x.toml": text}), Position({"days": days}))


def test_a_row_stands_for_each_key_and_sums_its_own() -> None:
    found = evaluation(DAYS)
    assert found.value(CellName("C_48.02", "2026-04-01", "0020")) == 30
    assert found.value(CellName("C_48.02", "2026-04-02", "0020")) == 30
    assert {cell.row for cell in found.cells("C_48.02")} == {"2026-04-01", "2026-04-02", "whole"}


def test_a_column_refers_to_its_own_row_and_a_step_to_all() -> None:
    assert evaluation(DAYS).value(CellName("C_48.02", "2026-04-02", "0030")) == Decimal("0.5")


def test_order_of_the_data_changes_nothing() -> None:
    names = [list(evaluation(days).cells("C_48.02")) for days in (DAYS, DAYS.iloc[::-1])]
    assert names[0] == names[1]


@pytest.mark.parametrize("key", ["", "a|b", None])
def test_a_key_that_cannot_name_a_row_is_refused(key: str | None) -> None:
    with pytest.raises(ReturnError, match=r"C_48\.02: day .* cannot name a row"):
        evaluation(DAYS.assign(day=[key, "b", "c"]))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"0010" = "day"', '"0011" = "day"', "names its rows by 0011, the dictionary by 0010"),
        ('"0030" = {', '"0031" = {', "no reportable column 0031"),
        ('[keys]\n"0010" = "day"\n', "", "names its rows by codes, the dictionary by 0010"),
    ],
)
def test_keys_must_be_the_dictionarys(dictionary: Dictionary, was: str, becomes: str, said: str) -> None:
    module = dictionary.module("COREP_LR", on=JUNE)
    check_definitions(parse_definitions("COREP_LR", module.version, {"x.toml": TEXT}), module)
    spoiled = TEXT.replace(was, becomes)
    if "[keys]" not in spoiled:
        spoiled = spoiled.replace("[steps]", "[rows]\n[steps]")
    with pytest.raises(ReturnError, match=said):
        check_definitions(parse_definitions("COREP_LR", module.version, {"x.toml": spoiled}), module)


def test_words_flags_and_rates_come_from_the_only_row() -> None:
    text = """
    table = "C_44.00"
    column = "0010"
    source = "who"
    [rows]
    "0010" = { choice = "country", prefix = "eba_GA:", article = "x" }
    "0070" = { text = "unit", article = "x" }
    "0080" = { text = "absent", article = "x" }
    "0090" = { rate = "share", where = { country = "FR" }, article = "x" }
    """
    who = pd.DataFrame({"country": ["FR"], "unit": [True], "absent": [None], "share": [0.25]})
    definitions = parse_definitions("COREP_LR", "4.1.0", {"x.toml": text})
    found = Evaluation(definitions, Position({"who": who}))
    held = {cell.row: found.content(cell) for cell in definitions.tables["C_44.00"].cells}
    assert held == {"0010": "eba_GA:FR", "0070": "true", "0080": None, "0090": Decimal("0.250000")}
    two = Evaluation(definitions, Position({"who": pd.concat([who, who])}))
    with pytest.raises(ReturnError, match="who has 2 rows where a cell takes the unit of one"):
        two.content(CellName("C_44.00", "0070", "0010"))


def test_cells_may_be_named_one_by_one_and_refer_to_each_other() -> None:
    text = """
    table = "C_43.00.a"
    source = "items"
    [cells]
    "0010/0010" = { sum = "amount", where = { kind = "a" }, article = "x" }
    "0010/0020" = { sum = "rwa", article = "x" }
    "0020/0010" = { add = ["0010/0010", "0010/0020"], article = "x" }
    """
    items = pd.DataFrame({"kind": ["a", "b"], "amount": [1.0, 2.0], "rwa": [0.5, 0.25]})
    definitions = parse_definitions("COREP_LR", "4.1.0", {"x.toml": text})
    found = Evaluation(definitions, Position({"items": items}))
    assert found.value(CellName("C_43.00.a", "0020", "0010")) == Decimal("1.75")
    assert definitions.tables["C_43.00.a"].rows == ("0010", "0020")


def test_the_plan_names_what_a_module_is_filled_from() -> None:
    plan = 'sources = ["lines"]\nshared = ["corep_of/c_00_01"]\n[totals]\nrwa = "C_02.00.a/0010/0010"\n'
    definitions = parse_definitions("COREP_OF", "4.1.0", {"module.toml": plan})
    assert definitions.plan.sources == ("lines",)
    assert definitions.plan.totals == {"rwa": CellName("C_02.00.a", "0010", "0010")}


def test_a_table_leads_to_its_module() -> None:
    assert list_modules()[0] == "COREP_OF"
    assert module_of("C_00.01") == "COREP_OF"
    assert module_of("C_99.00") is None
