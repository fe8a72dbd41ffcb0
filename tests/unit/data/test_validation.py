"""Every bad value is reported with table, row, column, value and reason; nothing is dropped or mended."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from plimsoll.data import Book
from plimsoll.errors import BookError, Problem

Tables = dict[str, pd.DataFrame]
Find = Callable[[Tables], tuple[Problem, ...]]


def spoil(tables: Tables, table: str, row: int, column: str, value: Any) -> Tables:
    frame = tables[table]
    values = frame[column].tolist() if column in frame else [None] * len(frame)
    values[row] = value
    return {**tables, table: frame.assign(**{column: pd.Series(values, dtype=object)})}


CASES = [
    ("exposures", 1, "amount", "2,000.00", "is not a number (write 1234.56)"),
    ("exposures", 1, "amount", "2.000,00", "is not a number (write 1234.56)"),
    ("exposures", 1, "amount", "=1+1", "is not a number (write 1234.56)"),
    ("exposures", 1, "amount", "nan", "is not a number (write 1234.56)"),
    ("exposures", 1, "amount", "1_000", "is not a number (write 1234.56)"),
    ("exposures", 1, "amount", "٣", "is not a number (write 1234.56)"),
    ("exposures", 1, "amount", float("inf"), "is not a finite number"),
    ("exposures", 1, "amount", -0.01, "is below the minimum 0"),
    ("exposures", 1, "amount", 10.001, "has fractions of a cent: round it at its source"),
    ("exposures", 1, "amount", 1e15, "is above 35 trillion: its cents would be lost"),
    ("exposures", 1, "amount", 10**400, "is not a finite number"),
    ("exposures", 1, "amount", None, "is missing and required"),
    ("exposures", 1, "amount", True, "is not a number (write 1234.56)"),
    ("exposures", 1, "currency", "eur", "does not have the form [A-Z]{3}"),
    ("exposures", 1, "currency", "EUR\n", "does not have the form [A-Z]{3}"),
    ("exposures", 1, "currency", 978, "is not text"),
    ("exposures", 1, "product", "lone", "is not one of the known values; did you mean 'loan'?"),
    ("exposures", 1, "on_balance", 1, "is neither true nor false"),
    ("exposures", 1, "defaulted", "yes", "is neither true nor false"),
    ("exposures", 1, "stage", 4, "is above the maximum 3"),
    ("exposures", 1, "stage", 2.5, "is not a whole number"),
    ("exposures", 1, "stage", 10**30, "is not a whole number"),
    ("exposures", 1, "start_date", "30/06/2026", "is not a date (write 2026-06-30)"),
    ("exposures", 1, "start_date", "2026-02-30", "is not a date (write 2026-06-30)"),
    ("exposures", 1, "start_date", pd.Timestamp(2026, 6, 30, 1, 30), "is not a date (write 2026-06-30)"),
    ("exposures", 1, "exposure_id", "E1", "stands in an earlier row too; it must be unique"),
    ("exposures", 1, "exposure_id", "", "is empty"),
    ("exposures", 1, "exposure_id", None, "is missing and required"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_value_is_named(tables: Tables, problems: Find, case: tuple[str, int, str, Any, str]) -> None:
    table, row, column, value, reason = case
    found = [p for p in problems(spoil(tables, table, row, column, value)) if p.column == column]
    assert [(p.table, p.reason) for p in found] == [(table, reason)]
    assert found[0].row.startswith("2")
    assert value is None or str(value)[:20] in found[0].value or isinstance(value, int)


RELATIONS = [
    ("exposures", 1, "counterparty_id", "C9", "names no row of counterparties"),
    ("exposures", 1, "counterparty_id", None, "is missing: this product needs an obligor"),
    ("exposures", 3, "ccf_bucket", None, "is missing: off balance sheet it is required"),
    ("exposures", 0, "maturity_date", pd.Timestamp(2019, 12, 31), "lies before start_date"),
    ("exposures", 0, "specific_provision", 180000.11, "is more than amount"),
    ("exposures", 1, "product", "equity", "is missing: an equity exposure needs it (Article 133)"),
    ("collateral", 0, "exposure_id", "E9", "names no row of exposures"),
]


@pytest.mark.parametrize("case", RELATIONS, ids=str)
def test_what_does_not_fit_together_is_named(
    tables: Tables, problems: Find, case: tuple[str, int, str, Any, str]
) -> None:
    table, row, column, value, reason = case
    found = problems(spoil(tables, table, row, column, value))
    assert [(p.table, p.reason) for p in found] == [(table, reason)]


def test_a_ledger_one_cent_off_is_refused(tables: Tables, problems: Find) -> None:
    (found,) = problems(spoil(tables, "ledger", 0, "amount", 2184990.11))
    assert found.value == "2184990.11"
    assert "assets minus liabilities and equity is 0.01" in found.reason


def test_the_cent_is_exact_where_floats_are_not(tables: Tables, make: Callable[..., Book]) -> None:
    ledger = pd.DataFrame(
        {
            "account": [str(n) for n in range(11)],
            "name": "x",
            "side": ["asset"] * 10 + ["liability"],
            "amount": [0.1] * 10 + [1.0],
        }
    )
    assert sum([0.1] * 10) != 1.0
    assert len(make({**tables, "ledger": ledger}).ledger) == 11


def test_all_problems_are_reported_at_once(tables: Tables, problems: Find) -> None:
    bad = spoil(spoil(tables, "exposures", 0, "amount", -1.0), "counterparties", 1, "country", "france")
    assert {(p.table, p.column) for p in problems(bad)} == {
        ("exposures", "amount"),
        ("counterparties", "country"),
    }
    frame = tables["exposures"].assign(amount=-1.0)
    assert [p.row for p in problems({**tables, "exposures": frame})] == [
        "1 (E1)",
        "2 (E2)",
        "3 (E3)",
        "4 (E4)",
    ]


def test_unknown_tables_and_columns_get_the_nearest_name(tables: Tables, problems: Find) -> None:
    (found,) = problems({**tables, "exposure": tables["exposures"]})
    assert found.reason == "is no table of a book; did you mean 'exposures'?"
    (found,) = problems({**tables, "exposures": tables["exposures"].assign(ammount=1.0)})
    assert (found.column, found.reason) == ("ammount", "is no column of this table; did you mean 'amount'?")


def test_a_column_that_stands_twice_is_refused(tables: Tables, problems: Find) -> None:
    frame = tables["ledger"]
    twice = pd.concat([frame, frame[["amount"]]], axis=1)
    (found,) = problems({**tables, "ledger": twice})
    assert (found.column, found.reason) == ("amount", "stands twice in the header")


def test_a_time_zone_is_not_guessed_away(tables: Tables, problems: Find) -> None:
    dates = pd.to_datetime(["2020-01-31"] * 4).tz_localize("Europe/Paris")
    found = problems({**tables, "exposures": tables["exposures"].assign(start_date=dates)})
    assert {p.reason for p in found} == {"is not a date (write 2026-06-30)"}


def test_decimals_and_dates_of_python_are_taken(tables: Tables, make: Callable[..., Book]) -> None:
    frame = tables["exposures"].assign(
        amount=[Decimal("180000.10"), Decimal(2000000), Decimal(5000), Decimal(300000)],
        start_date=[datetime.date(2020, 1, 31), None, None, datetime.date(2025, 6, 30)],
    )
    assert make({**tables, "exposures": frame}).digest == make(tables).digest


def test_defaults_fill_and_types_are_fixed(tables: Tables, make: Callable[..., Book]) -> None:
    exposures = make(tables).exposures
    assert exposures["days_past_due"].tolist() == [0, 0, 0, 0]
    assert exposures["retail_eligible"].dtype == bool
    assert exposures["stage"].dtype == "Int64"
    assert exposures["maturity_date"].dtype == "datetime64[us]"
    assert exposures["amount"].dtype == np.float64
    assert make(tables).counterparties["country"].tolist() == ["FR", "NA"]


def test_the_message_shows_some_and_counts_all(make: Callable[..., Book], tables: Tables) -> None:
    frame = pd.concat([tables["exposures"]] * 20, ignore_index=True)
    frame["exposure_id"] = [f"E{n}" for n in range(80)]
    with pytest.raises(BookError, match="60 more") as refusal:
        make({**tables, "exposures": frame.assign(currency="??")})
    assert len(refusal.value.problems) == 80
    assert "exposures, row 1 (E0), column currency: '??' does not have the form [A-Z]{3}" in str(
        refusal.value
    )
