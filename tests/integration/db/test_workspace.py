"""History, difference, restoring, handing on: of what is saved, nothing is overwritten."""

from __future__ import annotations

import json

import pytest
from tests.database import records

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
