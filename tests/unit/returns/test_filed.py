"""Reports read back: as packages and as instances, of any module, compared and drilled."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.verdict.drafting import Draft, draft_bank

import plimsoll
from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary, Table
from plimsoll.errors import NotInDictionary, PackageError, ReturnError
from plimsoll.returns import Fact, Return, drill, fill, package, read_package, write_instance
from plimsoll.simulation import simulate

DECEMBER = datetime.date(2025, 12, 31)
LEI = "5493001KJTIIGC8Y1R12"


@pytest.fixture(scope="module")
def earlier(dictionary: Dictionary) -> Return:
    book = sample_book("savings_bank", seed=11, exposures=300, reference_date=DECEMBER)
    return fill(simulate(book), "corep_of", dictionary)


def _values(held: Mapping[object, object]) -> dict[object, object]:
    return {cell: getattr(fact, "value", None) for cell, fact in held.items()}


def test_a_package_comes_back_as_it_was_filled(
    filled: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    filing = plimsoll.read_package(package(filled, tmp_path, dictionary=dictionary).path, dictionary)
    assert (filing.module, filing.version, filing.format) == ("COREP_OF", "4.1.0", "xbrl-csv")
    assert (filing.lei, filing.currency) == (filled.entity.lei, filled.entity.currency)
    assert _values(filing.values) == _values(filled.values)
    assert filing.indicators == filled.indicators
    fact = filing.fact("C_01.00", "0020", "0010")
    assert fact is not None
    assert fact.decimals == filled.decimals["decimalsMonetary"]
    assert fact.place.startswith("c_01.00.csv, line ")
    frame = filing.frame("C_01.00")
    assert set(frame["table"]) == {"C_01.00"}
    assert frame["value"].map(type).eq(Decimal).all()


def test_an_instance_and_a_package_say_the_same(
    earlier: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    instance = read_package(write_instance(earlier, tmp_path, dictionary=dictionary).path, dictionary)
    packed = read_package(package(earlier, tmp_path, dictionary=dictionary).path, dictionary)
    assert (instance.format, instance.version) == ("xbrl-xml", "4.0.0")
    assert _values(instance.values) == _values(packed.values) == _values(earlier.values)
    assert instance.indicators == packed.indicators
    assert (instance.entity, instance.currency) == (packed.entity, packed.currency)
    decimals = {cell: fact.decimals for cell, fact in instance.values.items()}
    assert decimals == {cell: fact.decimals for cell, fact in packed.values.items()}
    assert plimsoll.compare(instance, packed).cells.empty


def test_the_same_return_gives_the_same_instance(
    earlier: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    first = write_instance(earlier, tmp_path / "a", dictionary=dictionary)
    shuffled = replace(earlier, facts=tuple(reversed(earlier.facts)))
    second = write_instance(shuffled, tmp_path / "b", dictionary=dictionary)
    assert first.sha256 == second.sha256
    assert first.name.endswith("COREP040000_COREPOF_2025-12-31_20251231000000000.xbrl")


def test_from_march_2026_on_no_instance_is_written(
    filled: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    with pytest.raises(ReturnError, match="2026-06-30 is filed as xBRL-CSV"):
        write_instance(filled, tmp_path, dictionary=dictionary)


def test_an_earlier_filing_is_compared_with_a_return(
    earlier: Return, filled: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    filing = read_package(write_instance(earlier, tmp_path, dictionary=dictionary).path, dictionary)
    found = plimsoll.compare(filing, filled)
    assert found.causes == ()
    cells = found.cells
    (total,) = cells[(cells["table"] == "C_02.00.a") & (cells["row"] == "0010")].itertuples(index=False)
    assert total.before == earlier.fact("C_02.00.a", "0010", "0010").value  # type: ignore[union-attr]
    assert total.change == total.after - total.before


def test_a_filed_cell_is_drilled(filled: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    filing = read_package(package(filled, tmp_path, dictionary=dictionary).path, dictionary)
    cell = drill(filing, "C_01.00", row="0015", column="0010", dictionary=dictionary)
    assert "TIER 1 CAPITAL" in cell.labels["row"].upper()
    assert cell.fact.value == filled.fact("C_01.00", "0015", "0010").value  # type: ignore[union-attr]
    assert "v1771_h" in {rule.code for rule in cell.rules}
    sheet = "eba_qEC:qx26"
    retail = drill(filing, "C_07.00.a", row="0010", column="0200", sheet=sheet, dictionary=dictionary)
    assert "etail" in retail.labels["sheet"]
    with pytest.raises(PackageError, match=r"nothing was filed in C_01.00, row 0092"):
        drill(filing, "C_01.00", row="0092", column="0010", dictionary=dictionary)
    with pytest.raises(NotInDictionary, match="no row 9999"):
        drill(filing, "C_01.00", row="9999", column="0010", dictionary=dictionary)


def _key(table: Table, name: str, number: int) -> str:
    (key,) = [key for key in table.open_keys if key.code == name]
    if key.members:
        return key.members[number % len(key.members)].name
    return {"i": str(number), "d": f"2026-01-{number + 1:02}"}.get(key.data_type, f"key {number}")


_SAMPLES = {"m": "1234.56", "p": "0.1234", "r": "1.5", "i": "7", "b": "true", "t": "true", "d": "2026-01-31"}


@pytest.mark.parametrize("module", ["COREP_LE", "COREP_LR", "COREP_NSFR", "FINREP9", "COREP_ALM", "AE", "FC"])
def test_any_module_is_read(module: str, dictionary: Dictionary, tmp_path: Path) -> None:
    """Every table of the module, one fact a cell (the same fact in several tables gets the same value)."""
    described = dictionary.module(module, datetime.date(2026, 6, 30))
    files = {}
    expected = 0
    for code in described.tables:
        table = described.table(code)
        header = ["datapoint", "factValue", *(["unit"] if table.states_unit else [])]
        keys = [key.code for key in table.open_keys]
        lines = [",".join([*header, *keys])]
        for cell in list(table.cells.values())[:50]:
            value = cell.allowed_values[0] if cell.allowed_values else _SAMPLES.get(cell.data_type, "words")
            unit = ["iso4217:USD" if cell.unit == "$unit" else ""] if table.states_unit else []
            lines.append(",".join([cell.datapoint, value, *unit, *(_key(table, key, 0) for key in keys)]))
            expected += 1
        files[f"reports/{table.file}"] = "\n".join(lines) + "\n"
    draft = draft_bank(dictionary)
    draft.files = {name: text for name, text in draft.files.items() if not name.endswith(".csv")} | files
    draft.files["reports/report.json"] = draft.files["reports/report.json"].replace(
        dictionary.module("COREP_OF", datetime.date(2026, 6, 30)).entry_point, described.entry_point
    )
    draft.files["reports/parameters.csv"] = (
        f"name,value\nentityID,rs:{LEI}.CON\nrefPeriod,2026-06-30\nbaseCurrency,iso4217:EUR\n"
        "decimalsMonetary,2\ndecimalsPercentage,4\ndecimalsInteger,0\ndecimalsDecimal,2\n"
    )
    draft.files["reports/FilingIndicators.csv"] = "templateID,reported\n" + "".join(
        f"{template.code},true\n" for template in described.templates
    )
    filing = read_package(draft.write(tmp_path), dictionary)
    assert filing.module == module
    assert len(filing.facts) == len(filing.values) == expected
    opened = [fact for fact in filing.facts if described.table(fact.table).row_keys]
    assert all(fact.row for fact in opened)
    foreign = [fact for fact in filing.facts if fact.unit]
    assert all(fact.unit == "iso4217:USD" for fact in foreign)


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "c_01.00.csv",
            "datapoint,factValue\n",
            "datapoint,factValue\ndp1,1\n",
            "c_01.00.csv, line 2: .*dp1",
        ),
        ("c_02.00.a.csv", "8000000.00", "eight", "c_02.00.a.csv, line .*'eight' is not an amount"),
        ("parameters.csv", "2026-06-30", "2031-06-30", "module cannot be told"),
        ("report.json", "corep_of", "corep_no", "COREP_NO"),
    ],
)
def test_bad_input_names_file_and_line(
    file: str, old: str, new: str, sentence: str, dictionary: Dictionary, tmp_path: Path
) -> None:
    draft: Draft = draft_bank(dictionary)
    path = f"reports/{file}"
    assert old in draft.files[path]
    draft.files[path] = draft.files[path].replace(old, new, 1)
    with pytest.raises(PackageError, match=sentence):
        read_package(draft.write(tmp_path), dictionary)


def _instance(earlier: Return, dictionary: Dictionary, tmp_path: Path) -> tuple[Path, str]:
    path = write_instance(earlier, tmp_path, dictionary=dictionary).path
    return path, path.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("</xbrli:xbrl>", "", "not XML"),
        ("<xbrli:xbrl", "<!DOCTYPE a><xbrli:xbrl", "document type declaration"),
        ("/mod/corep_of.xsd", "/mod/corep_le.xsd", "is reported with"),
        ("/mod/corep_of.xsd", "/mod/nothing.xsd", "module cannot be told"),
        ('contextRef="c1"', 'contextRef="gone"', "line [0-9]+: the context 'gone' is not there"),
        ("<eba_met:", "<eba_met:x", "not XML"),
        ('dimension="eba_dim', 'dimension="none', "line [0-9]+: .* prefix that is not declared"),
        (
            'contextRef="c1"',
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true" contextRef="c1"',
            "must not be nil",
        ),
        ("<xbrli:instant>2025-12-31</xbrli:instant>", "", "must have an entity's identifier and an instant"),
        ("2025-12-31</xbrli:instant>", "2025-09-30</xbrli:instant>", "all contexts must have one instant"),
    ],
)
def test_a_bad_instance_is_refused(
    old: str, new: str, sentence: str, earlier: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    path, text = _instance(earlier, dictionary, tmp_path)
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PackageError, match=sentence):
        read_package(path, dictionary)


def test_a_fact_without_a_cell_is_refused_by_line(
    earlier: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    path, text = _instance(earlier, dictionary, tmp_path)
    path.write_text(
        text.replace('contextRef="cfi">C_03.00<', 'contextRef="cfi" find:filed="false">C_03.00<'), "utf-8"
    )
    with pytest.raises(PackageError, match=r"line \d+: eba_met.* has no cell in the templates reported"):
        read_package(path, dictionary)


def test_entities_are_never_expanded(earlier: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden", "utf-8")
    path, text = _instance(earlier, dictionary, tmp_path)
    declared = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>\n<xbrli:xbrl'
    path.write_text(text.replace("<xbrli:xbrl", declared, 1), "utf-8")
    with pytest.raises(PackageError, match="document type declaration"):
        read_package(path, dictionary)


def test_what_is_no_report_is_refused(dictionary: Dictionary, tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Dear supervisor", "utf-8")
    with pytest.raises(PackageError, match=r"letter.txt, line 1: not XML"):
        read_package(text, dictionary)
    with pytest.raises(PackageError, match=r"gone.zip cannot be read"):
        read_package(tmp_path / "gone.zip", dictionary)
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("a/b", "")
    with pytest.raises(PackageError, match=r"reportPackage.json"):
        read_package(tmp_path / "empty.zip", dictionary)


def test_a_data_point_of_two_cells_is_one_line_and_read_into_both(
    dictionary: Dictionary, earlier: Return, tmp_path: Path
) -> None:
    """Total and only class of C 10.00 are one fact until 2026-03-30."""
    table = dictionary.module("COREP_OF", DECEMBER).table("C_10.00")
    point = table.cell("0010", "0030").datapoint
    assert table.cell("0030", "0030").datapoint == point
    twice = tuple(Fact("C_10.00", row, "0030", None, Decimal("7.00"), "m", point) for row in ("0010", "0030"))
    both = replace(earlier, facts=twice, indicators={**earlier.indicators, "C_10.00": True})
    for path in (
        package(both, tmp_path, dictionary=dictionary).path,
        write_instance(both, tmp_path, dictionary=dictionary).path,
    ):
        filing = read_package(path, dictionary)
        assert _values(filing.values) == {fact.cell: fact.value for fact in twice}
