"""No shortcut changes a byte: kinds of exposures, both approaches beside each other, the order of rows, parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.smallbook import small_book

import plimsoll
from plimsoll.credit import read_positions
from plimsoll.data import Book
from plimsoll.simulation import Result

ONE_BY_ONE = {"plimsoll.credit.assignment.WORTH": 10**9, "plimsoll.simulation.credit_risk.BESIDE": 10**9}
SHORT = {
    "plimsoll.credit.assignment.WORTH": 0,
    "plimsoll.credit.assignment._GAIN": 0,
    "plimsoll.simulation.credit_risk.BESIDE": 0,
}


def simulated(book: Book, settings_: dict[str, int]) -> Result:
    patches = [patch(name, value) for name, value in settings_.items()]
    for one in patches:
        one.start()
    try:
        return plimsoll.simulate(book)
    finally:
        for one in patches:
            one.stop()


def check_same(book: Book) -> None:
    long, short = simulated(book, ONE_BY_ONE), simulated(book, SHORT)
    pd.testing.assert_frame_equal(short.lines, long.lines, check_exact=True)
    pd.testing.assert_frame_equal(short.standardised, long.standardised, check_exact=True)
    assert dict(short.ratios) == dict(long.ratios)
    assert short.rules_used == long.rules_used


OBLIGORS = [
    {"counterparty_type": kind, "country": country, **more}
    for kind, more in (
        ("central_government", {}),
        ("regional_government", {"treated_as_government": True}),
        ("public_sector_entity", {}),
        ("multilateral_development_bank", {"name": "European Investment Bank"}),
        ("multilateral_development_bank", {"name": "Another Bank"}),
        ("credit_institution", {"scra_grade": "a"}),
        ("credit_institution", {"scra_grade": "b"}),
        ("financial_corporate", {}),
        ("corporate", {"turnover": 5e6}),
        ("natural_person", {}),
    )
    for country in ("DE", "US")
]
WORDS: dict[str, list[Any]] = {
    "currency": ["EUR", "USD"],
    "defaulted": [False, False, False, True],
    "subordinated": [False, False, False, True],
    "retail_eligible": [False, True],
    "product": ["loan", "bond", "covered_bond", "trade_finance"],
    "bucket": [None, None, 1, 2, 3, 4, 5],
    "lien": [None, None, ("residential", False), ("residential", True), ("commercial", False)],
    "property_id": [None, None, None, "shared"],
}
DAYS = [None, 1, 89, 90, 91, 92, 93, 179, 180, 181, 365, 366, 4000]


def drawn(seed: int) -> list[dict[str, Any]]:
    """Return many loans of few kinds, so that what decides beside the kind shows."""
    random = np.random.default_rng(seed)

    def any_of(values: list[Any]) -> Any:  # a value of a column
        return values[random.integers(len(values))]

    kinds = [
        {
            "counterparty_id": f"o{random.integers(2 * len(OBLIGORS))}",
            **{name: any_of(words) for name, words in WORDS.items()},
        }
        for _ in range(60)
    ]
    return [
        {
            **any_of(kinds),
            "amount": float(random.integers(0, 10**9)) / 100,
            "original_maturity_days": any_of(DAYS),
            "provisioned": int(random.integers(0, 101)),
            "value": int(random.integers(1, 10**9)),
        }
        for _ in range(600)
    ]


BESIDE = ("provisioned", "bucket", "lien", "value", "property_id")


def book_of(rows: list[dict[str, Any]], steps: list[int]) -> Book:
    obligors = [
        {"counterparty_id": f"o{n}", **obligor, **({"credit_quality_step": step} if step else {})}
        for n, (obligor, step) in enumerate(zip(OBLIGORS * 2, [0] * len(OBLIGORS) + steps, strict=True))
    ]
    exposures, liens = [], []
    for n, row in enumerate(rows):
        own = {name: value for name, value in row.items() if name not in BESIDE}
        off = {} if row["bucket"] is None else {"on_balance": False, "ccf_bucket": row["bucket"]}
        provision = round(row["amount"] * row["provisioned"] / 100, 2)
        exposures.append({**own, **off, "exposure_id": f"e{n}", "specific_provision": provision})
        if row["lien"]:
            kind, yields = row["lien"]
            place = {"property_type": kind, "income_producing": yields, "property_value": row["value"] / 100}
            if row["property_id"]:
                place |= {"property_id": f"{kind} {yields}", "property_value": 1e6}
            liens.append({"collateral_id": f"l{n}", "exposure_id": f"e{n}", **place})
    return small_book(exposures, obligors, liens)


@example(seed=5, steps=[0] * len(OBLIGORS))
@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    steps=st.lists(st.integers(0, 6), min_size=len(OBLIGORS), max_size=len(OBLIGORS)),
)
def test_asking_the_law_once_for_each_kind_changes_nothing(seed: int, steps: list[int]) -> None:
    check_same(book_of(drawn(seed), steps))


@pytest.mark.parametrize("kind", ["savings_bank", "universal_bank", "corporate_lender"])
def test_a_sample_bank_is_the_same_by_every_way(kind: str, tmp_path: Path) -> None:
    """Both approaches in one thread or two, kinds or each exposure, rows in any order, in one part or several."""
    book = plimsoll.sample_book(kind, seed=11, exposures=1_000)
    check_same(book)
    order = np.random.default_rng(3)
    shuffled = book.replace(
        **{
            name: book.tables[name].sample(frac=1, random_state=order).reset_index(drop=True)
            for name in ("exposures", "counterparties", "collateral", "pledges", "guarantees")
        }
    )
    straight, mixed = plimsoll.simulate(book), simulated(shuffled, SHORT)
    pd.testing.assert_frame_equal(mixed.lines, straight.lines, check_exact=True)
    plimsoll.save(book, tmp_path / "book")
    streamed = plimsoll.simulate_stream(tmp_path / "book", rows=500, lines=tmp_path / "lines")
    assert dict(streamed.ratios) == dict(straight.ratios)


def test_few_kinds_stand_for_many_exposures() -> None:
    """What is left out of a kind must not creep in: a bank of ten thousand loans has some hundred kinds."""
    book = plimsoll.sample_book("savings_bank", seed=12, exposures=5_000)
    kinds = read_positions(book.tables).kinds((90.0,))
    assert len(kinds.rows) < 0.3 * len(kinds.code)
