"""Definitions name only what the dictionary has, and say why they leave anything out."""

from __future__ import annotations

from datetime import date

import pytest

from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns.conformity import check_definitions
from plimsoll.returns.parsing import parse_definitions, read_definitions

JUNE, OLDER = date(2026, 6, 30), date(2025, 12, 31)
LIST = """
table = "C_03.00"
column = "0010"
[rows]
{rows}
[left_out.rows]
{left_out}
"""


@pytest.mark.parametrize("on", [JUNE, OLDER])
def test_every_definition_is_in_the_dictionary(dictionary: Dictionary, on: date) -> None:
    module = dictionary.module("COREP_OF", on=on)
    definitions = read_definitions("corep_of", module.version)
    check_definitions(definitions, module)
    assert {"C_01.00", "C_02.00.a", "C_03.00", "C_07.00.a", "C_07.00.c", "C_07.00.d"} <= set(
        definitions.tables
    )


def test_every_cell_states_its_article() -> None:
    definitions = read_definitions("corep_of", "4.1.0")
    for table in definitions.tables.values():
        for cell, formula in table.cells.items():
            assert "Article" in formula.article, cell
            assert str(formula), cell
        assert all(reason for reason in table.left_out.values())


def test_part_b_holds_the_floor_rows_until_2026(dictionary: Dictionary) -> None:
    older = read_definitions("corep_of", "4.0.0").tables
    assert older["C_02.00.b"].rows == ("0035", "0036")
    assert "0036" not in older["C_02.00.a"].rows
    assert older["C_02.00.a"].columns == ("0010", "0020")
    newer = read_definitions("corep_of", "4.1.0").tables
    assert newer["C_02.00.b"].columns == ("0020",)
    assert "C_16.02" in newer
    assert "C_16.02" not in older


def test_the_risk_weight_rows_are_the_labels_of_the_form(dictionary: Dictionary) -> None:
    labels = {row.code: row.label for row in dictionary.module("COREP_OF", on=JUNE).table("C_07.00.a").rows}
    cells = read_definitions("corep_of", "4.1.0").tables["C_07.00.a"].cells
    checked = 0
    for cell, formula in cells.items():
        weights = [where["base_weight"] for where in formula.where if "base_weight" in where]
        if weights and isinstance(weights[0], float):
            assert labels[cell.row] == f"{weights[0] * 100:g}%"
            checked += 1
    assert checked > 24


def test_the_conversion_factor_columns_are_the_labels_of_the_form(dictionary: Dictionary) -> None:
    columns = dictionary.module("COREP_OF", on=JUNE).table("C_07.00.a").columns
    labels = {column.code: column.label for column in columns}
    cells = read_definitions("corep_of", "4.1.0").tables["C_07.00.a"].cells
    factors = {
        cell.column: where["ccf"]
        for cell, formula in cells.items()
        for where in formula.where
        if "ccf" in where
    }
    assert {code for code in factors if labels[code].endswith("%")} == set(factors) - {"0195"}
    assert all(labels[code] == f"{factor * 100:g}%" for code, factor in factors.items() if code != "0195")


def test_deductions_of_own_funds_have_the_sign_the_dictionary_asks(dictionary: Dictionary) -> None:
    table = dictionary.module("COREP_OF", on=JUNE).table("C_07.00.a")
    cells = read_definitions("corep_of", "4.1.0").tables["C_07.00.a"].cells
    for name, formula in cells.items():
        described = table.cells.get((name.row, name.column, None))
        if described is not None:
            assert (described.sign == "negative") == (formula.sign == -1), name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('table = "C_99.00"\ncolumn = "0010"\n[rows]\n', "a definition names a table the dictionary lacks"),
        (
            LIST.format(
                rows='"0011" = { level = ["minimum"], of = "cet1_ratio", article = "x" }', left_out=""
            ),
            "the dictionary has no reportable row 0011",
        ),
        (LIST.format(rows="", left_out='"0010" = "x"'), "is neither defined nor left out"),
        (
            LIST.format(
                rows='"0010" = { level = ["minimum"], of = "cet1_ratio", article = "x" }',
                left_out='"0999" = "x"',
            ),
            "the dictionary has no reportable row 0999",
        ),
        (
            'table = "C_07.00.a"\nsource = "lines"\n[sheets]\n"eba_qEC:none" = { name = "none" }\n'
            '[rows]\n"0010" = {}\n[columns]\n"9999" = { sum = "ead", article = "x" }\n',
            "the dictionary has no reportable column 9999",
        ),
    ],
)
def test_a_definition_outside_the_dictionary_is_refused(dictionary: Dictionary, text: str, said: str) -> None:
    module = dictionary.module("COREP_OF", on=JUNE)
    with pytest.raises(ReturnError, match=said):
        check_definitions(parse_definitions("COREP_OF", module.version, {"x.toml": text}), module)


def test_an_unknown_sheet_is_refused(dictionary: Dictionary) -> None:
    module = dictionary.module("COREP_OF", on=JUNE)
    definitions = read_definitions("corep_of", module.version)
    name = "c_07_00_a.toml"
    text = definitions.texts[name].replace('"eba_qEC:qx26" = {', '"eba_qEC:qx9999" = {', 1)
    with pytest.raises(ReturnError, match=r"C_07\.00\.a: the dictionary has no sheet eba_qEC:qx9999"):
        check_definitions(parse_definitions("COREP_OF", module.version, {name: text}), module)


def test_a_module_without_templates_is_refused() -> None:
    with pytest.raises(ReturnError, match="no templates are defined for module irrbb"):
        read_definitions("irrbb", "3.3.0")


def test_the_digest_follows_the_text() -> None:
    definitions = read_definitions("corep_of", "4.1.0")
    changed = {**definitions.texts, "c_01_00.toml": definitions.texts["c_01_00.toml"] + "\n"}
    assert parse_definitions("COREP_OF", "4.1.0", changed).digest != definitions.digest
    assert len(definitions.digest) == 64
