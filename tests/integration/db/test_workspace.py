"""History, difference, restoring, handing on: of what is saved, nothing is overwritten."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from zipfile import ZipFile

import numpy as np
import pytest
from dashboards.theme.books import list_books
from tests.database import records

import plimsoll
from harbour import open_book
from harbour.errors import HarbourError, NotAllowed, NotFound


def test_two_versions_are_compared_by_parameters_figures_parts_and_files(banks):
    with banks.member("port-amelie") as amelie:
        first = amelie.workspace.save(records("compared", cet1=0.15))
        later = records("compared", cet1=0.14, digests=first.digests | {"data": "d" * 64})
        second = amelie.workspace.save(later)
        told = amelie.workspace.diff(first.id, second.id)
        assert (told.first.version, told.second.version) == (1, 2)
        assert dict(told.parameters) == {}
        assert dict(told.figures) == {"ratios.cet1_ratio": (0.15, 0.14)}
        assert told.parts == ("data",)
        assert told.files == ("package.zip",)
        assert amelie.workspace.diff(first.id, first.id).figures == {}
        assert [run.version for run in amelie.workspace.history("compared")] == [2, 1]
    with banks.member("nordhaven-nils") as nils:
        assert nils.workspace.history("compared") == ()
        with pytest.raises(NotFound):
            nils.workspace.diff(first.id, second.id)


def test_restoring_is_a_new_version_with_the_old_content(banks):
    with banks.member("port-amelie") as amelie:
        first = amelie.workspace.save(records("restored", cet1=0.15))
        amelie.workspace.save(records("restored", cet1=0.11))
    with banks.member("port-bruno") as bruno:  # a colleague carries on from it: what is saved is shared
        third = bruno.workspace.restore(first.id)
        assert (third.version, third.maker, third.executed_by) == (3, "port-bruno", "m_port_bruno")
        assert third.summary == first.summary
        assert third.artefacts == first.artefacts
        assert bruno.workspace.diff(first.id, third.id).figures == {}
        assert [run.version for run in bruno.workspace.history("restored")] == [3, 2, 1]
        assert bruno.runs.get(first.id) == first
    with banks.member("port-chloe") as chloe, pytest.raises(NotAllowed):
        chloe.workspace.restore(first.id)
    with banks.member("nordhaven-nils") as nils, pytest.raises(NotFound):
        nils.workspace.restore(first.id)


def test_a_configuration_goes_from_bank_to_bank_in_one_file(banks, tmp_path):
    with banks.member("port-amelie") as amelie:
        kept = amelie.workspace.configure(
            "house prices", "corep_of", {"scenario": {"property": -0.2}, "seed": 7}
        )
        path = amelie.workspace.export(kept.id, tmp_path / "house.json")
        assert amelie.workspace.import_(path).version == 2
        report = amelie.workspace.save(records("a report"))
        assert json.loads(amelie.workspace.export(report.id, tmp_path / "report.json").read_text())[
            "parameters"
        ] == {"scenario": "baseline"}
        with pytest.raises(HarbourError, match="no digest of"):
            amelie.submissions.submit(kept.id)  # it has nothing to sign
    with banks.member("nordhaven-nils") as nils:
        brought = nils.workspace.import_(path, "prices of theirs")
        assert brought.parameters == {
            "template": "corep_of",
            "parameters": {"scenario": {"property": -0.2}, "seed": 7},
        }
        assert (brought.name, brought.version, brought.summary) == ("prices of theirs", 1, {})
        told = nils.workspace.diff(brought.id, nils.workspace.configure(
            "prices of theirs", "corep_of", {"scenario": {"property": -0.3}, "seed": 7}).id)  # fmt: skip
        assert dict(told.parameters) == {"parameters.scenario.property": (-0.2, -0.3)}


@pytest.mark.parametrize("spoil", ["{}", "not JSON", '{"form": "plimsoll configuration 1"}', "[]", ""])
def test_a_file_that_is_no_configuration_is_refused(banks, tmp_path, spoil):
    path = tmp_path / "c.json"
    path.write_text(spoil)
    with (
        banks.member("port-amelie") as amelie,
        pytest.raises(HarbourError, match=r"c\.json is no configuration"),
    ):
        amelie.workspace.import_(path)


def test_a_configuration_changed_on_its_way_is_refused(banks, tmp_path):
    with banks.member("port-amelie") as amelie:
        kept = amelie.workspace.configure("on its way", "corep_of", {"shock": 0.2})
        path = amelie.workspace.export(kept.id, tmp_path / "c.json")
        path.write_text(path.read_text().replace("0.2", "0.02"))
        with pytest.raises(HarbourError, match="was changed after it was written"):
            amelie.workspace.import_(path)


@pytest.fixture(scope="module")
def small_book():
    return plimsoll.sample_book("savings_bank", 7, 300)


def without_first(book):
    """Return the same book without its first bond."""
    tables = dict(book.tables)
    tables["securities"] = tables["securities"].iloc[1:]
    return plimsoll.Book(book.entity, book.reference_date, book.source, tables)


def test_a_book_is_kept_in_versions_compared_taken_back_and_brought_home(
    banks, small_book, tmp_path, monkeypatch
):
    changed = without_first(small_book)
    with banks.member("port-amelie") as amelie:
        first = amelie.workspace.save_book(small_book, "the bank")
        second = amelie.workspace.save_book(changed, "the bank")
        assert (first.version, second.version) == (1, 2)
        told = amelie.workspace.diff(first.id, second.id)
        held = len(small_book.tables["securities"])
        assert told.figures["tables.securities.rows"] == (held, held - 1)
        gone = round(float(small_book.tables["securities"]["market_value"].iloc[0]), 2)
        before, after = told.figures["tables.securities.amounts.market_value"]
        assert round(before - after, 2) == gone
        assert (told.parts, told.files) == (("data",), ("book.zip",))
        third = amelie.workspace.restore(first.id)
        assert (third.version, third.artefacts) == (3, first.artefacts)
        with pytest.raises(HarbourError, match="is a book"):
            amelie.workspace.export(first.id, tmp_path / "book.json")
        with pytest.raises(HarbourError, match="no digest of"):
            amelie.submissions.submit(first.id)
    with banks.member("port-bruno") as bruno:  # what is saved is shared in the bank
        folder = bruno.workspace.take_book(first.id, tmp_path / "taken")
        assert plimsoll.load(folder).digest == small_book.digest
        with pytest.raises(HarbourError, match="exists"):
            bruno.workspace.take_book(second.id, folder)
        assert plimsoll.load(folder).digest == small_book.digest
        monkeypatch.setenv("PLIMSOLL_BOOKS", str(tmp_path))
        bruno.artefacts.save(first.artefacts["book.zip"], tmp_path / first.artefacts["book.zip"])
        by_digest = open_book(
            f"artefact:{first.artefacts['book.zip']}", reference_date=small_book.reference_date
        )
        assert by_digest.digest == small_book.digest  # as a queued run opens it
    with banks.member("nordhaven-nils") as nils, pytest.raises(NotFound):
        nils.workspace.take_book(first.id, tmp_path / "stolen")
    with banks.member("port-dario") as dario, pytest.raises(NotAllowed):
        dario.workspace.save_book(small_book)


def test_the_same_book_is_kept_once_under_its_entity_and_a_run_is_no_book(banks, small_book, tmp_path):
    with banks.member("port-amelie") as amelie, banks.member("port-bruno") as bruno:
        first = amelie.workspace.save_book(small_book)
        again = bruno.workspace.save_book(small_book)
        assert (again.version, again.artefacts) == (first.version + 1, first.artefacts)
        assert first.name == f"book {small_book.entity.lei}.CON"
        assert first.parameters["book"] == f"artefact:{first.artefacts['book.zip']}"
        assert list_books(bruno)[0].digest == small_book.digest  # where the rooms look for books
        with banks.superuser() as root:
            held = root.execute(
                "SELECT count(*) FROM harbour.artefacts WHERE sha256 = %s", [first.artefacts["book.zip"]]
            ).fetchone()
        assert held == (1,)
        run = amelie.workspace.save(records("no book"))
        with pytest.raises(HarbourError, match="is no kept book"):
            amelie.workspace.take_book(run.id, tmp_path / "none")


def test_a_large_book_is_sent_and_brought_home_in_pieces(banks, tmp_path):
    with ZipFile(tmp_path / "packed", "w") as archive, archive.open("exposures.parquet", "w") as large:
        for piece in range(48):
            large.write(np.random.default_rng(piece).bytes(1 << 20))
    made = replace(records("large", artefacts={"book.zip": tmp_path / "packed"}), template="book")
    with banks.member("port-amelie") as amelie:
        tracemalloc.start()
        kept = amelie.workspace.save(made)
        folder = amelie.workspace.take_book(kept.id, tmp_path / "back")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (folder / "exposures.parquet").stat().st_size == 48 << 20
    assert peak < 16 << 20
