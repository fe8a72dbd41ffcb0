"""What a built dictionary answers: the examples that were checked by hand against the EBA's files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from plimsoll.dictionary import Dictionary, Module, open_dictionary
from plimsoll.errors import DictionaryMissing, NotInDictionary

JUNE = date(2026, 6, 30)
VERSIONS_2026 = {
    "COREP_OF": 499,
    "COREP_LR": 458,
    "COREP_LCR_DA": 500,
    "COREP_NSFR": 502,
    "COREP_LE": 488,
    "COREP_ALM": 494,
    "FINREP9": 462,
    "IRRBB": 466,
    "AE": 457,
    "FC": 497,
}


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture(scope="module")
def own_funds(dictionary: Dictionary) -> Module:
    return dictionary.module("COREP_OF", on=JUNE)


def test_module_versions_follow_the_reference_date(dictionary: Dictionary) -> None:
    assert {module.code: module.vid for module in dictionary.modules(JUNE)} == VERSIONS_2026
    assert dictionary.module("corep_of", on=JUNE).version == "4.1.0"
    assert dictionary.module("COREP_OF", on=date(2025, 12, 31)).version == "4.0.0"
    assert {module.code for module in dictionary.modules(date(2025, 12, 31))} == set(VERSIONS_2026)


@pytest.mark.parametrize(
    ("module", "table", "row", "column", "datapoint"),
    [
        ("COREP_LR", "C_47.00", "0010", "0010", "dp135741"),
        ("COREP_OF", "C_01.00", "0471", "0010", "dp109056"),
        ("FINREP9", "F_01.01", "0010", "0010", "dp10898"),
        ("COREP_OF", "C_07.00.a", "0130", "0216", "dp3291910"),
    ],
)
def test_known_cells_have_their_data_points(
    dictionary: Dictionary, module: str, table: str, row: str, column: str, datapoint: str
) -> None:
    found = dictionary.module(module, on=JUNE).table(table)
    assert found.cell(row, column).datapoint == datapoint
    assert found.datapoint(datapoint).row == row


def test_a_cell_carries_its_names_and_sign(own_funds: Module) -> None:
    cell = own_funds.table("C_01.00").cell("0471", "0010")
    assert (cell.data_type, cell.sign, cell.decimals, cell.unit) == (
        "m",
        "negative",
        "decimalsMonetary",
        "$baseCurrency",
    )
    assert cell.concept == "eba_met:qABJ"
    assert dict(cell.dimensions) == {
        "eba_dim_4.0:qADT": "eba_qOR:qx2005",
        "eba_dim_4.0:qJLJ": "eba_qOR:qx2078",
        "eba_dim_4.0:qLNK": "eba_qAP:qx2135",
    }


def test_the_sheets_of_credit_risk_are_exposure_classes(own_funds: Module) -> None:
    table = own_funds.table("C_07.00.a")
    assert table.open_axes == ("sheet",)
    key = table.open_key("sheet")
    assert key is not None
    assert key.dimension == "eba_dim_4.0:qEBB"
    labels = {member.name: member.label for member in key.members}
    assert labels["eba_qEC:qx26"] == "Retail exposures"
    assert labels["eba_qEC:qx01"] == "All exposure classes and approaches"
    assert len(table.cells) == 887


def test_open_rows_are_keys_of_the_row_axis(own_funds: Module) -> None:
    keys = own_funds.table("C_08.02").open_keys
    assert {(key.code, key.axis) for key in keys} == {("qEEA", "sheet"), ("qOGR", "row")}
    (amounts,) = {cell.row for cell in own_funds.table("C_08.02").cells.values()}
    assert amounts is None


def test_headers_keep_reading_order_and_headings(own_funds: Module) -> None:
    table = own_funds.table("C_07.00.a")
    codes = [row.code for row in table.rows]
    assert codes[:3] == ["0010", "0011", "0015"]
    assert [row.code for row in table.rows if row.abstract] == ["0065", "0085", "0135", "0285"]
    assert next(row for row in table.rows if row.code == "0011").parent == "0010"


def test_templates_group_the_parts_of_a_split_table(own_funds: Module) -> None:
    assert len(own_funds.templates) == 63
    assert own_funds.template("C_07.00").tables == ("C_07.00.a", "C_07.00.b", "C_07.00.c", "C_07.00.d")
    assert own_funds.template("C_02.00").tables == ("C_02.00.a", "C_02.00.b")


def test_rules_are_those_in_force(dictionary: Dictionary, own_funds: Module) -> None:
    active = [rule for rule in dictionary.rules(own_funds) if rule.active]
    assert sum(rule.severity == "error" for rule in active) == 37
    assert sum(rule.severity == "warning" for rule in active) == 1181
    rule = next(rule for rule in active if rule.code == "v22941_m")
    assert rule.expression == "with {tC_07.00.a, r0196, default: 0, interval: true}: {c0215} = {c0200} * 45%"
    assert rule.precondition == "{v_C_07.00}"
    assert rule.tables == ("C_07.00.a",)
    assert not rule.cross_module


def test_rule_counts_of_other_modules(dictionary: Dictionary) -> None:
    expected = {"FINREP9": (195, 2140), "COREP_LR": (2, 55), "IRRBB": (0, 151), "COREP_LE": (0, 29)}
    for code, counts in expected.items():
        rules = [rule for rule in dictionary.rules(dictionary.module(code, on=JUNE)) if rule.active]
        errors = sum(rule.severity == "error" for rule in rules)
        assert (errors, len(rules) - errors) == counts, code


def test_the_packaged_metadata_is_handed_on(dictionary: Dictionary, own_funds: Module) -> None:
    source = dictionary.source_json(own_funds)
    assert source["url"] == own_funds.entry_point
    assert len(source["tables"]) == len(own_funds.tables) == 81


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda d: d.module("COREP_OO", on=JUNE), "no module COREP_OO; the nearest is COREP_OF"),
        (lambda d: d.module("COREP_OF", on=date(2019, 1, 1)), "no COREP_OF for 2019-01-01"),
        (
            lambda d: d.module("COREP_OF", on=JUNE).table("C_07.00.z"),
            "no table C_07.00.z; the nearest is C_07.00",
        ),
        (
            lambda d: d.module("COREP_OF", on=JUNE).table("C_01.00").cell("0021", "0010"),
            "C_01.00 has no row 0021; the nearest is",
        ),
        (
            lambda d: d.module("COREP_OF", on=JUNE).table("C_07.00.a").cell("0100", "0010"),
            "C_07.00.a, row 0100, column 0010 is not a reportable cell",
        ),
        (lambda d: d.module("COREP_OF", on=JUNE).template("C_99.00"), "no template C_99.00"),
    ],
)
def test_what_is_not_there_names_the_nearest(dictionary: Dictionary, ask: object, said: str) -> None:
    with pytest.raises(NotInDictionary) as refused:
        ask(dictionary)  # type: ignore[operator]
    assert said in str(refused.value)


def test_an_absent_dictionary_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(DictionaryMissing, match="harbour dictionary build"):
        open_dictionary(tmp_path)


def test_opening_twice_gives_the_same_object(dictionary_path: Path) -> None:
    assert open_dictionary(dictionary_path) is open_dictionary(dictionary_path)
