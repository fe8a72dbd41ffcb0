"""A return made again: the same bytes wherever it is made, and a drift named by its first step."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import plimsoll
from plimsoll.data import Book, sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.exports import Standing, read_standing, write_workbook
from plimsoll.reproduction import compare_steps, reproduce
from plimsoll.returns import Return, fill, package
from plimsoll.returns.parsing import read_definitions
from plimsoll.simulation import simulate

APPROVED = Standing("approved", "run 12", "Benoît Roux, 14 Jul 2026", "ab" * 32)
ELSEWHERE = [
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
    {
        "TZ": "America/St_Johns",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "4242",
        "OMP_NUM_THREADS": "8",
        "NUMEXPR_NUM_THREADS": "8",
        "ARROW_NUM_THREADS": "2",
        "PYTHONUTF8": "1",
    },
]
AGAIN = """
import sys
import plimsoll
made = plimsoll.reproduce(sys.argv[1], sys.argv[2])
print(made.same, made.first_difference, ",".join(step.name for step in made.steps))
"""


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book("savings_bank", seed=13, exposures=400)


@pytest.fixture(scope="module")
def run(book: Book, dictionary: Dictionary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder: return and package; the book beside it has its rows in another order."""
    folder = tmp_path_factory.mktemp("run")
    filled = fill(simulate(book, scenario="house_prices_down_20"), "corep_of", dictionary)
    filled.save(folder / "corep_of.return")
    package(filled, folder, dictionary=dictionary)
    shuffled = {name: table.sample(frac=1.0, random_state=5) for name, table in book.tables.items()}
    plimsoll.save(book.replace(**shuffled), folder.with_name("shuffled_book"))
    return folder


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_the_same_bytes_elsewhere_from_shuffled_rows(
    run: Path, elsewhere: dict[str, str], dictionary_path: Path
) -> None:
    environment = {**os.environ, **elsewhere, "PLIMSOLL_DICTIONARY": str(dictionary_path)}
    made = subprocess.run(
        [sys.executable, "-c", AGAIN, str(run), str(run.with_name("shuffled_book"))],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    sources = read_definitions("corep_of", "4.1.0").plan.sources
    steps = ",".join(["book", "rules", *sources, "definitions", "adjustments", "facts", "package"])
    assert made.stdout.split() == ["True", "None", steps]


@pytest.fixture(scope="module")
def with_workbook(book: Book, dictionary: Dictionary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with a workbook: of a small module, because a workbook takes long."""
    folder = tmp_path_factory.mktemp("with_workbook")
    filled = fill(simulate(book), "corep_lr", dictionary)
    filled.save(folder / "corep_lr.return")
    package(filled, folder, dictionary=dictionary)
    write_workbook(filled, folder / "corep_lr.xlsx", standing=APPROVED, dictionary=dictionary)
    return folder


GRID = """
import itertools, locale, os, sys, time
import plimsoll
book = plimsoll.load(sys.argv[2])
for zone, name in itertools.product(["UTC", "Pacific/Kiritimati", "America/St_Johns"], ["C", "C.UTF-8"]):
    os.environ["TZ"] = zone
    time.tzset()
    locale.setlocale(locale.LC_ALL, name)
    for folder in sys.argv[1:2] + sys.argv[3:]:
        made = plimsoll.reproduce(folder, book)
        print(made.same, made.first_difference, made.steps[-1].name)
"""


@pytest.mark.slow  # 36 times two returns, a workbook too
@pytest.mark.parametrize("seed", ["1", "4242"])
@pytest.mark.parametrize("threads", ["1", "2", "8"])
def test_the_same_bytes_in_every_zone_locale_seed_and_number_of_threads(
    run: Path, with_workbook: Path, dictionary_path: Path, seed: str, threads: str
) -> None:
    counts = ("OMP_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(counts, threads), "PYTHONHASHSEED": seed}
    made = subprocess.run(
        [sys.executable, "-c", GRID, str(run), str(run.with_name("shuffled_book")), str(with_workbook)],
        env={**environment, "PLIMSOLL_DICTIONARY": str(dictionary_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.splitlines() == ["True None package", "True None workbook"] * 6


def test_a_workbook_is_written_again_with_the_standing_it_has(
    result: plimsoll.Result, dictionary: Dictionary, tmp_path: Path
) -> None:
    filled = fill(result, "corep_lr", dictionary)
    path = write_workbook(filled, tmp_path / "kept.xlsx", standing=APPROVED, dictionary=dictionary)
    assert read_standing(path) == APPROVED
    made = reproduce(filled, result.book, workbook_path=path, dictionary=dictionary)
    assert (made.same, made.steps[-1].name) == (True, "workbook")
    draft = write_workbook(filled, tmp_path / "draft.xlsx", dictionary=dictionary)
    path.write_bytes(draft.read_bytes()[:-1] + b"\1")
    touched = reproduce(filled, result.book, workbook_path=path, dictionary=dictionary)
    assert touched.first_difference is not None
    assert str(touched).startswith("the first step that differs is workbook")
    (tmp_path / "none.xlsx").write_bytes(b"no workbook")
    with pytest.raises(ReturnError, match="no workbook of a return"):
        reproduce(filled, result.book, workbook_path=tmp_path / "none.xlsx", dictionary=dictionary)


@pytest.mark.parametrize(
    "bank",
    [
        "savings_bank",
        *(pytest.param(bank, marks=pytest.mark.slow) for bank in ("universal_bank", "corporate_lender")),
    ],
)
@pytest.mark.parametrize(
    "module",
    [
        "corep_lr",
        "corep_le",
        *(pytest.param(code, marks=pytest.mark.slow) for code in ("corep_of", "finrep9")),
    ],
)
def test_no_step_follows_the_order_of_rows(bank: str, module: str, dictionary: Dictionary) -> None:
    """Leverage items, facts of the institution and clients of large exposures once did."""
    book = sample_book(bank, seed=13, exposures=300)
    shuffled = {name: table.sample(frac=1.0, random_state=5) for name, table in book.tables.items()}
    first, second = (fill(simulate(rows), module, dictionary) for rows in (book, book.replace(**shuffled)))
    assert [step.name for step in compare_steps(first, second) if not step.same] == []


def drift(saved: Return, book: Book, dictionary: Dictionary) -> str | None:
    first = reproduce(saved, book, dictionary=dictionary).first_difference
    return first.name if first else None


def test_the_first_step_that_differs_is_named(
    filled: Return, result: plimsoll.Result, dictionary: Dictionary
) -> None:
    book = result.book
    assert drift(filled, book, dictionary) is None
    exposures = book.tables["exposures"].copy()
    exposures.loc[exposures.index[0], "amount"] += 0.01
    assert drift(filled, book.replace(exposures=exposures), dictionary) == "book"
    assert drift(replace(filled, rules_digest="0" * 64), book, dictionary) == "rules"
    lines = filled.position.table("lines").copy()
    lines.loc[0, "rwa"] += 0.01
    moved = replace(filled, position=filled.position.replace(lines=lines))
    assert drift(moved, book, dictionary) == "lines"
    texts = dict(filled.definitions.texts)
    texts["c_03_00.toml"] += "\n"
    changed = replace(filled, definitions=replace(filled.definitions, texts=texts))
    assert drift(changed, book, dictionary) == "definitions"
    assert drift(replace(filled, facts=filled.facts[1:]), book, dictionary) == "facts"


def test_a_touched_package_is_named(run: Path, book: Book, dictionary: Dictionary, tmp_path: Path) -> None:
    (filed,) = run.glob("*.zip")
    touched = tmp_path / filed.name
    touched.write_bytes(filed.read_bytes() + b" ")
    made = reproduce(run, book, package_path=touched, dictionary=dictionary)
    assert made.first_difference is not None
    assert (made.same, made.first_difference.name) == (False, "package")


def test_a_folder_without_a_return_is_refused(tmp_path: Path, book: Book) -> None:
    with pytest.raises(ReturnError, match="holds 0 returns"):
        reproduce(tmp_path, book)
