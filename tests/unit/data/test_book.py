"""A book is what its tables say: the digest knows the content and nothing else."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.data import Book, Entity, load, sample_book, save
from plimsoll.errors import BookError

Tables = dict[str, pd.DataFrame]
BANK = Entity("Banque du Port", "969500DEMOPORT000140", "CON", "FR", "EUR")
DAY = datetime.date(2026, 6, 30)

words = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=12).filter(
    lambda text: text != ""
)
amounts = st.integers(min_value=0, max_value=2**45 * 100).map(lambda cents: cents / 100)
rows = st.lists(st.tuples(words, words, amounts, st.integers(0, 1)), max_size=8, unique_by=lambda row: row[0])


def benchmarks(content: list[tuple[str, str, float, int]]) -> pd.DataFrame:
    columns = ["benchmark_id", "source", "amount", "kind"]
    frame = pd.DataFrame(content, columns=columns)
    frame["measure"] = frame.pop("kind").map({0: "rwa", 1: "provisions"}).astype("str")
    return frame.astype({"benchmark_id": "str", "source": "str", "amount": "float64"})


@given(rows, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_digest_ignores_row_order_column_order_and_dtype(content: list, random) -> None:
    frame = benchmarks(content)
    book = Book(BANK, DAY, "a", {"benchmarks": frame})
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = frame.iloc[order][["amount", "measure", "source", "benchmark_id"]].astype(
        {"benchmark_id": object, "source": "category", "measure": "category"}
    )
    assert Book(BANK, DAY, "another source", {"benchmarks": shuffled}).digest == book.digest
    typed = shuffled.astype({"benchmark_id": "string", "amount": "float64[pyarrow]"})
    assert Book(BANK, DAY, "a", {"benchmarks": typed}).digest == book.digest


@given(rows)
@settings(max_examples=40, deadline=None)
def test_parquet_and_csv_give_the_book_back(tmp_path_factory: pytest.TempPathFactory, content: list) -> None:
    book = Book(BANK, DAY, 'Quelle »\\"« \n', {"benchmarks": benchmarks(content)}, ("nota bene",))
    folder = tmp_path_factory.mktemp("book")
    save(book, folder)
    if len(content):
        again = load(folder)
        assert (again.digest, again.source, again.notices) == (book.digest, book.source, book.notices)
        frame = book.benchmarks
        (folder / "benchmarks.parquet").unlink()
        frame.to_csv(folder / "benchmarks.csv", index=False)
        assert load(folder).digest == book.digest


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", 2000000.01),
        ("currency", "USD"),
        ("maturity_date", pd.Timestamp(2030, 12, 30)),
        ("rate", 0.01),
    ],
)
def test_the_digest_sees_every_change(
    tables: Tables, make: Callable[..., Book], column: str, value: object
) -> None:
    book = make(tables)
    frame = book.exposures
    frame.loc[1, column] = value
    assert book.replace(exposures=frame).digest != book.digest


def test_the_digest_sees_entity_and_date(tables: Tables, make: Callable[..., Book]) -> None:
    other = Entity("Banque du Port", "969500DEMOPORT000140", "IND", "FR", "EUR")
    digests = {
        make(tables).digest,
        Book(other, DAY, "test", tables).digest,
        Book(BANK, datetime.date(2026, 3, 31), "test", tables).digest,
    }
    assert len(digests) == 3


def test_neighbouring_texts_do_not_run_together(tables: Tables, make: Callable[..., Book]) -> None:
    left = make({"benchmarks": benchmarks([("ab", "c", 1.0, 0)])})
    right = make({"benchmarks": benchmarks([("a", "bc", 1.0, 0)])})
    assert left.digest != right.digest


def test_missing_and_empty_differ_and_minus_zero_is_zero(tables: Tables, make: Callable[..., Book]) -> None:
    frame = tables["counterparties"]
    missing = make({**tables, "counterparties": frame.assign(name=[None, None])})
    empty = make({**tables, "counterparties": frame.assign(name=["", None])})
    assert missing.digest != empty.digest
    zero = make({**tables, "exposures": tables["exposures"].assign(rate=[0.0, 0.0, 0.0, 0.0])})
    minus = make({**tables, "exposures": tables["exposures"].assign(rate=[-0.0, 0.0, 0.0, 0.0])})
    assert zero.digest == minus.digest


def test_a_column_that_says_nothing_makes_no_difference(tables: Tables, make: Callable[..., Book]) -> None:
    silent = tables["exposures"].assign(rate=None, transactor=False, days_past_due=0)
    assert make({**tables, "exposures": silent}).digest == make(tables).digest
    speaking = silent.assign(transactor=[True, False, False, False])
    assert make({**tables, "exposures": speaking}).digest != make(tables).digest


def test_the_digest_is_pinned(tables: Tables, make: Callable[..., Book]) -> None:
    """It stands in approvals: a change of its form must be meant."""
    assert make(tables).digest == PINNED


@pytest.mark.parametrize(
    ("zone", "language"), [("Pacific/Auckland", "C"), ("America/New_York", "de_DE.UTF-8")]
)
def test_time_zone_and_locale_of_the_process_make_no_difference(zone: str, language: str) -> None:
    here = sample_book(exposures=200).digest
    code = "from plimsoll.data import sample_book; print(sample_book(exposures=200).digest)"
    environment = {**os.environ, "TZ": zone, "LC_ALL": language, "LANG": language}
    there = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


def test_a_look_at_a_table_cannot_change_the_book(tables: Tables, make: Callable[..., Book]) -> None:
    book = make(tables)
    frame = book.exposures
    frame["amount"] = 0.0
    frame.loc[0, "currency"] = "XXX"
    assert book.table("exposures")["amount"].sum() == pytest.approx(2485000.10)
    assert book.tables["exposures"]["currency"].tolist() == ["EUR", "EUR", "EUR", "USD"]
    with pytest.raises(AttributeError):
        book.source = "mine"  # type: ignore[misc]


def test_the_tables_given_stay_as_they_were(tables: Tables, make: Callable[..., Book]) -> None:
    before = {name: frame.copy() for name, frame in tables.items()}
    make(tables)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_replace_validates(tables: Tables, make: Callable[..., Book]) -> None:
    book = make(tables)
    with pytest.raises(BookError, match="below the minimum"):
        book.replace(collateral=book.collateral.assign(property_value=-1.0))
    with pytest.raises(BookError, match="did you mean 'collateral'"):
        book.replace(colateral=book.collateral)


def test_tables_are_found_by_name(tables: Tables, make: Callable[..., Book]) -> None:
    book = make(tables)
    assert book.deposits.empty
    assert list(book.deposits.columns)[:2] == ["deposit_id", "counterparty_id"]
    with pytest.raises(BookError, match="did you mean 'exposures'"):
        book.table("exposure")
    with pytest.raises(AttributeError, match="no 'exposure'"):
        _ = book.exposure


@pytest.mark.parametrize(
    "facts",
    [
        {"lei": "969500DEMOPORT000141"},
        {"lei": "969500demoport000140"},
        {"lei": "969500DEMOPORT00014"},
        {"scope": "SUB"},
        {"country": "France"},
        {"currency": "€"},
        {"name": "  "},
    ],
)
def test_an_entity_is_checked(facts: dict[str, str]) -> None:
    sound = {"name": "B", "lei": "969500DEMOPORT000140", "scope": "CON", "country": "FR", "currency": "EUR"}
    with pytest.raises(BookError) as refusal:
        Entity(**{**sound, **facts})  # type: ignore[arg-type]
    assert [p.column for p in refusal.value.problems] == list(facts)


def test_real_leis_pass() -> None:
    for lei in ("R0MUWSFPU8MPRO8K5P83", "5493006QMFDDMYWIAM13", "7LTWFZYICNSX8D621K86"):
        assert Entity("B", lei, "CON", "FR").lei == lei


def test_a_reference_date_is_a_date(tables: Tables) -> None:
    with pytest.raises(BookError, match="is not a date"):
        Book(BANK, datetime.datetime(2026, 6, 30, tzinfo=datetime.UTC), "test", tables)


def test_the_largest_amounts_come_back_to_the_cent(tmp_path: Path) -> None:
    cents = np.random.default_rng(1).integers(2**44 * 100, 2**45 * 100, 500)
    book = Book(
        BANK, DAY, "x", {"benchmarks": benchmarks([(f"{i}", "s", c / 100, 0) for i, c in enumerate(cents)])}
    )
    save(book, tmp_path / "book")
    again = load(tmp_path / "book").benchmarks.set_index("benchmark_id")["amount"]
    assert [round(again[str(i)] * 100) for i in range(500)] == cents.tolist()


PINNED = "cd75c541be46b02303f34974a73c6b3e15b75988a64ca6ceca3286c2c0ffffbf"  # pragma: allowlist secret
