"""The reconstructed taxonomy says what it is, has every module, and is the same bytes each time."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.unit.verdict.drafting import corep_of

from plimsoll.dictionary import Dictionary
from plimsoll.dictionary.taxonomy import TAXONOMY_NAME, ensure_taxonomy, write_taxonomy

HOST = "plimsoll-reconstructed-taxonomy/www.eba.europa.eu/"


def _open(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def test_the_same_modules_give_the_same_bytes(dictionary: Dictionary) -> None:
    modules = [corep_of(dictionary)]
    assert write_taxonomy(modules) == write_taxonomy(modules)


def test_it_says_that_it_is_not_the_official_one(dictionary: Dictionary) -> None:
    with _open(write_taxonomy([corep_of(dictionary)])) as archive:
        about = archive.read("plimsoll-reconstructed-taxonomy/META-INF/taxonomyPackage.xml").decode()
    assert "not the EBA package" in TAXONOMY_NAME
    assert TAXONOMY_NAME in about


def test_every_module_is_an_entry_point_and_all_schemas_are_well_formed(
    dictionary: Dictionary, tmp_path: Path
) -> None:
    path = ensure_taxonomy(dictionary, into=tmp_path)
    assert ensure_taxonomy(dictionary, into=tmp_path) == path
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        for module in dictionary.modules():
            assert HOST + module.entry_point.removeprefix("http://www.eba.europa.eu/") in names
        for name in names:
            if name.endswith((".xsd", ".xml")):
                ET.fromstring(archive.read(name))


def test_a_table_has_its_data_points_dimensions_and_keys(dictionary: Dictionary) -> None:
    with _open(write_taxonomy([corep_of(dictionary)])) as archive:
        path = f"{HOST}eu/fr/xbrl/crr/fws/corep/4.2/tab/c_07.00.a/c_07.00.a.json"
        columns = json.loads(archive.read(path))["tableTemplates"]["C_07-00-a"]["columns"]
    table = corep_of(dictionary).table("C_07.00.a")
    cell = table.cell("0010", "0220")
    group = columns["datapoint"]["propertyGroups"][cell.datapoint]
    assert group["dimensions"] == {"concept": cell.concept, **cell.dimensions, "unit": "$baseCurrency"}
    assert group["decimals"] == "$decimalsMonetary"
    assert columns["factValue"]["dimensions"] == {"eba_dim_4.0:qEBB": "$qEBB"}
    assert len(columns["datapoint"]["propertyGroups"]) == len(table.cells)
