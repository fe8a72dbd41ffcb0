"""A verdict always comes: for what cannot be read, for what takes too long, for who changes his mind."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from tests.unit.verdict.drafting import Draft, datapoint

from plimsoll.dictionary import Dictionary
from plimsoll.errors import DictionaryError
from plimsoll.returns.verdict import validate


def test_what_is_no_package_fails_with_the_reason(dictionary: Dictionary, tmp_path: Path) -> None:
    path = tmp_path / "report.zip"
    path.write_text("nothing")
    verdict = validate(path, dictionary=dictionary)
    assert verdict.outcome == "fail"
    assert "not a zip file" in verdict.errors[0].sentence
    assert [layer.outcome for layer in verdict.layers] == ["fail", *["not_evaluated"] * 3]


def test_an_unknown_entry_point_fails_with_the_reason(
    bank: Draft, dictionary: Dictionary, tmp_path: Path
) -> None:
    bank.files["reports/report.json"] = bank.files["reports/report.json"].replace(
        "/corep/4.2/", "/corep/4.0/"
    )
    verdict = validate(bank.write(tmp_path), dictionary=dictionary)
    assert verdict.outcome == "fail"
    assert "is reported with" in verdict.errors[0].sentence


def test_no_time_means_not_evaluated_never_a_pass(
    bank: Draft, dictionary: Dictionary, tmp_path: Path
) -> None:
    verdict = validate(bank.write(tmp_path), dictionary=dictionary, timeout=0)
    assert verdict.outcome == "not_evaluated"
    assert verdict.layer("structure").outcome == "pass"
    for layer in ("arelle", "filing", "eba_rules"):
        assert "time limit" in verdict.layer(layer).reason


def test_cancelling_stops_the_worker(bank: Draft, dictionary: Dictionary, tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    def cancel(step: str, done: int, total: int) -> None:
        if step == "the XBRL specification":
            raise Cancelled

    with pytest.raises(Cancelled):
        validate(bank.write(tmp_path), dictionary=dictionary, progress=cancel)
    assert [
        child for child in psutil.Process().children(recursive=True) if "worker.py" in str(child.cmdline())
    ] == []


def test_too_many_unknown_data_points_keep_arelle_from_starting(
    bank: Draft, dictionary: Dictionary, tmp_path: Path
) -> None:
    for number in range(60):
        bank.append("c_01.00.csv", f"dp{number},1.00")
    verdict = validate(bank.write(tmp_path), dictionary=dictionary)
    assert verdict.outcome == "fail"
    assert verdict.layer("arelle").outcome == "not_evaluated"
    assert "60 facts have unknown data points" in verdict.layer("arelle").reason


def test_a_taxonomy_that_is_not_there_is_said_at_once(
    bank: Draft, dictionary: Dictionary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLIMSOLL_TAXONOMY", str(tmp_path / "none.zip"))
    with pytest.raises(DictionaryError, match="PLIMSOLL_TAXONOMY"):
        validate(bank.write(tmp_path), dictionary=dictionary)


def test_a_layer_left_out_is_not_evaluated_so_nothing_passes(
    bank: Draft, dictionary: Dictionary, tmp_path: Path
) -> None:
    verdict = validate(bank.write(tmp_path), dictionary=dictionary, layers=("filing", "eba_rules"))
    assert verdict.outcome == "not_evaluated"
    assert [layer.outcome for layer in verdict.layers] == ["pass", "not_evaluated", "pass", "pass"]
    assert verdict.layer("arelle").reason == "it was not asked for"


def test_a_stopped_arelle_is_not_evaluated(
    bank: Draft, dictionary: Dictionary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr("plimsoll.returns.verdict.specification.WORKER", sleeper)
    verdict = validate(bank.write(tmp_path), dictionary=dictionary, timeout=4)
    assert verdict.outcome == "not_evaluated"
    assert verdict.layer("arelle").reason == "the time limit was reached"
    assert [c for c in psutil.Process().children(recursive=True) if "sleeper.py" in str(c.cmdline())] == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise SystemExit('no memory left')", "no memory left"),
        ("", "without an answer"),
        (
            "import sys, pathlib\npathlib.Path(sys.argv[3]).write_text("
            '\'{"facts": 0, "count": 0, "messages": []}\')\n',
            "of 81 facts",
        ),
    ],
)
def test_an_arelle_that_saw_nothing_is_not_a_pass(
    bank: Draft,
    dictionary: Dictionary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    said: str,
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(script)
    monkeypatch.setattr("plimsoll.returns.verdict.specification.WORKER", broken)
    verdict = validate(bank.write(tmp_path), dictionary=dictionary)
    assert verdict.outcome == "not_evaluated"
    assert said in verdict.layer("arelle").reason


def test_a_monstrous_value_does_not_make_a_monstrous_verdict(
    bank: Draft, dictionary: Dictionary, tmp_path: Path
) -> None:
    bank.append("c_01.00.csv", f"dp1,{'x' * 100_000}")
    bank.append("c_01.00.csv", f"{'y' * 100_000},1")
    bank.set_value("c_01.00.csv", datapoint(dictionary, "C_01.00", "0040"), "z" * 100_000)
    verdict = validate(bank.write(tmp_path), dictionary=dictionary, layers=())
    assert verdict.outcome == "fail"
    assert len(verdict.to_json()) < 10_000
