"""A small sound set of tables, to be spoiled one value at a time."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from plimsoll.data import Book, Entity
from plimsoll.errors import BookError, Problem

BANK = Entity("Banque du Port", "969500DEMOPORT000140", "CON", "FR", "EUR")
DAY = datetime.date(2026, 6, 30)


def small_tables() -> dict[str, pd.DataFrame]:
    """Return the tables of a bank with four exposures."""
    return {
        "counterparties": pd.DataFrame(
            {
                "counterparty_id": ["C1", "C2"],
                "counterparty_type": ["natural_person", "corporate"],
                "country": ["FR", "NA"],
                "credit_quality_step": pd.array([None, 3], "Int64"),
                "turnover": [None, 1.5e7],
            }
        ),
        "exposures": pd.DataFrame(
            {
                "exposure_id": ["E1", "E2", "E3", "E4"],
                "counterparty_id": ["C1", "C2", None, "C2"],
                "product": ["mortgage", "loan", "cash", "commitment"],
                "on_balance": [True, True, True, False],
                "amount": [180000.10, 2000000.0, 5000.0, 300000.0],
                "specific_provision": [10.0, 0.0, 0.0, 0.0],
                "currency": ["EUR", "EUR", "EUR", "USD"],
                "start_date": pd.to_datetime(["2020-01-31", None, None, "2025-06-30"]),
                "maturity_date": pd.to_datetime(["2045-01-31", "2030-12-31", None, None]),
                "defaulted": [False, False, False, False],
                "ccf_bucket": pd.array([None, None, None, 3], "Int64"),
            }
        ),
        "collateral": pd.DataFrame(
            {
                "collateral_id": ["P1"],
                "exposure_id": ["E1"],
                "property_type": ["residential"],
                "property_value": [250000.0],
            }
        ),
        "ledger": pd.DataFrame(
            {
                "account": ["1", "2", "3"],
                "name": ["Assets", "Deposits", "Capital"],
                "side": ["asset", "liability", "equity"],
                "amount": [2184990.10, 2000000.05, 184990.05],
            }
        ),
    }


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    return small_tables()


@pytest.fixture
def make() -> Callable[..., Book]:
    """Return a function that makes a book of tables."""

    def make_book(tables: dict[str, pd.DataFrame]) -> Book:
        return Book(BANK, DAY, "test", tables)

    return make_book


@pytest.fixture
def problems(make: Callable[..., Book]) -> Callable[..., tuple[Problem, ...]]:
    """Return a function that gives the problems of a book that must be refused."""

    def find(tables: dict[str, Any]) -> tuple[Problem, ...]:
        with pytest.raises(BookError) as refusal:
            make(tables)
        return refusal.value.problems

    return find
