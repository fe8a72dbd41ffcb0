"""A run executed again: the same bytes of every file, and a drift named by its first step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import harbour
import plimsoll
from harbour.cli import main
from harbour.errors import BadParameters, RunFailed
from harbour.execution import execute
from plimsoll.data import sample_book

NOISY = """
import sys, time, warnings
class Thing: ...
for n in range(3):
    print(n, flush=True); print(n, file=sys.stderr, flush=True); time.sleep(0.02)
warnings.warn("this names the kernel's own file")
Thing()
"""
RETURN = """
import harbour, plimsoll
filled = plimsoll.fill(plimsoll.simulate(harbour.open_book(book, reference_date="2026-06-30")), "corep_of")
made = plimsoll.package(filled, out)
filled.save(f"{out}/corep_of.return")
made.sha256
"""
BOOK = 'book: str\nout: str = "."'
ELSEWHERE = [
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "4242", "OMP_NUM_THREADS": "8"},
]


def test_what_clock_and_machine_put_in_is_not_kept(make_template, tmp_path):
    run = execute(make_template("noisy", NOISY), {"amount": 1}, tmp_path / "out")
    kept = nbformat.read(tmp_path / "out" / "executed.ipynb", as_version=4)
    outputs = kept.cells[-1].outputs
    assert [(output.output_type, output.get("name")) for output in outputs] == [
        ("stream", "stdout"),
        ("stream", "stderr"),
        ("execute_result", None),
    ]
    assert outputs[0].text == "0\n1\n2\n"
    assert "ipykernel_" not in outputs[1].text
    assert "0x…" in outputs[2].data["text/plain"]
    assert kept.metadata.language_info == {"name": "python"}
    made = harbour.reproduce(run)
    assert made.same, str(made)
    assert [step.name for step in made.steps] == ["record", "notebook", "page"]


def test_a_drift_is_named_by_its_first_step(make_template, tmp_path, capsys):
    name = make_template("dated", "open('day.txt', 'w').write('1')\nopen('note.txt', 'w').write('a')\n1")
    run = execute(name, {"amount": 1}, tmp_path / "out")
    assert main(["reproduce", str(run.folder)]) == 0
    template = tmp_path / "templates" / name / "report.ipynb"
    template.write_text(template.read_text().replace("write('a')", "write('b')"))
    made = harbour.reproduce(run.folder)
    assert (made.same, made.first_difference.name) == (False, "note.txt")
    assert str(made) == "the first step that differs is note.txt (2 more after it); code changed since"
    assert main(["reproduce", str(run.folder)]) == 1
    assert "DRIFT  note.txt" in capsys.readouterr().out
    (run.folder / "day.txt").write_text("touched")
    assert harbour.reproduce(run).first_difference.name == "record"


def test_only_a_run_that_succeeded_is_come_to_again(make_template, tmp_path):
    with pytest.raises(BadParameters, match="no folder of a run"):
        harbour.reproduce(tmp_path)
    with pytest.raises(RunFailed):
        execute(make_template("broken", "1 / 0"), {"amount": 1}, tmp_path / "out")
    with pytest.raises(BadParameters, match="nothing to come to again"):
        harbour.reproduce(tmp_path / "out")


@pytest.fixture
def kept_run(make_template, tmp_path, dictionary_path, monkeypatch) -> tuple[harbour.RunManifest, Path]:
    """A run of a small bank's return, and the book's folder it was made from."""
    monkeypatch.setenv("PLIMSOLL_DICTIONARY", str(dictionary_path))
    folder = tmp_path / "book"
    plimsoll.save(sample_book("savings_bank", seed=13, exposures=150), folder)
    name = make_template("bank", RETURN, parameters=BOOK)
    return execute(name, {"book": str(folder)}, tmp_path / "out"), folder


@pytest.mark.parametrize("elsewhere", [ELSEWHERE[0], pytest.param(ELSEWHERE[1], marks=pytest.mark.slow)])
def test_elsewhere_from_shuffled_rows_the_same_notebook(kept_run, elsewhere):
    run, folder = kept_run
    book = plimsoll.load(folder)
    shuffled = {name: table.sample(frac=1.0, random_state=5) for name, table in book.tables.items()}
    for path in folder.iterdir():
        path.unlink()
    plimsoll.save(book.replace(**shuffled), folder)
    code = (
        "import json, locale, sys, harbour; locale.setlocale(locale.LC_ALL, ''); made = harbour.reproduce(sys.argv[1]);"
        "print(json.dumps([[step.name, step.same] for step in made.steps]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(run.folder)],
        env={**os.environ, **elsewhere},
        capture_output=True,
        text=True,
        check=True,
    )
    steps = json.loads(told.stdout)
    assert [name for name, same in steps if not same] == []
    assert {"book", "rules", "lines", "facts", "package", "notebook", "page"} <= {name for name, _ in steps}


@pytest.mark.slow  # two more runs of a return
def test_a_moved_amount_is_a_drift_from_the_book_on(kept_run):
    run, folder = kept_run
    book = plimsoll.load(folder)
    exposures = book.tables["exposures"].copy()
    exposures.loc[exposures.index[0], "amount"] += 0.01
    for path in folder.iterdir():
        path.unlink()
    plimsoll.save(book.replace(exposures=exposures), folder)
    assert harbour.reproduce(run).first_difference.name == "book"
