"""Tables of own funds, of the risks beside credit risk and of the memorandum items, for COREP's capital templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from plimsoll.capital.requirements import CALCULATED
from plimsoll.data.schema import read_schema

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["CAPITAL_SOURCES", "with_capital_columns"]

_LAST_BUCKET = 9
_GUARANTOR_BUCKET = (
    7  # from here on the part that a zero-weight guarantor covers needs coverage (Article 47c(4))
)
_FREE, _SECURED = (
    (1, 1),
    (2, 5),
)  # whole years at the first forbearance measure, as the rules of Article 47c(6) say
_MODELLED = ("credit_sa", "credit_irb")


def with_capital_columns(lines: pd.DataFrame, result: Result) -> pd.DataFrame:
    """Return the lines with what templates C 02.00 and C 04.00 ask of each.

    `floored` says whether the output floor applies to the bank, `domestic` whether the obligor is at home (so is
    an asset that nobody owes), `holding` the layer of own funds that a financial sector entity's instrument is of.
    """
    lines["floored"] = result.floor is not None
    home = result.book.entity.country
    lines["domestic"] = lines["country"].isin(["", home]).to_numpy(np.bool_)
    holdings = result.book.tables["financial_holdings"].dropna(subset="exposure_id")
    layers = dict(zip(holdings["exposure_id"], holdings["layer"], strict=True))
    lines["holding"] = ""
    if layers:
        lines["holding"] = [layers.get(name, "") for name in lines["exposure_id"]]
    return lines


def _own_funds(result: Result) -> pd.DataFrame:
    """Return what each line of own funds is made of."""
    return result.own_funds_parts.reset_index(drop=True)


def _requirements(result: Result) -> pd.DataFrame:
    """Return the amounts of risks beside credit risk, with the approach behind each.

    Credit risk is in the lines, and a risk the book is silent about is no zero. Settlement risk that is calculated
    stands on a row for each book, trading or not.
    """
    reported = result.book.tables["reported_amounts"].set_index("risk")
    known = result.requirements["risk"].isin(reported.index) | (result.requirements["source"] == CALCULATED)
    kept = known & ~result.requirements["risk"].isin(_MODELLED)
    rows = result.requirements[kept].reset_index(drop=True)
    rows["approach"] = reported["approach"].reindex(rows["risk"]).astype("str").fillna("").to_numpy()
    standardised = reported["standardised_amount"].reindex(rows["risk"])
    rows["standardised_amount"] = np.where(
        standardised.isna().to_numpy(), rows["amount"], standardised.to_numpy(np.float64)
    )
    rows["floored"] = result.floor is not None
    if len(result.settlement):
        rows = pd.concat([rows[rows["risk"] != "settlement"], _by_book(result, rows)], ignore_index=True)
    return rows


def _by_book(result: Result, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the calculated settlement risk of each book."""
    sums = (result.settlement.groupby("trading_book")["amount"].sum()).round(2)
    return pd.DataFrame(
        [
            {
                "risk": "settlement",
                "amount": amount,
                "source": CALCULATED,
                "approach": "trading_book" if trading else "non_trading_book",
                "standardised_amount": amount,
                "floored": result.floor is not None,
            }
            for trading, amount in sums.items()
        ],
        columns=list(rows.columns),
    ).astype(rows.dtypes.to_dict())


def _memorandum(result: Result) -> pd.DataFrame:
    """Return thresholds, deferred taxes, buffers and the floor; `domestic_only` is the zero of a bank at home."""
    zero = pd.DataFrame({"item": ["no_exposure_abroad"], "amount": [0.0]})
    return pd.concat([result.memorandum, zero], ignore_index=True).astype({"item": "str"})


def _holdings(result: Result) -> pd.DataFrame:
    """Return the holdings of financial sector entities' own funds that are not reciprocal."""
    holdings = result.book.table("financial_holdings")
    kept = holdings[~holdings["reciprocal"].astype("bool")].reset_index(drop=True)
    kept["net_amount"] = kept["amount"] - kept["short_offset"]
    return kept


def _instruments(result: Result) -> pd.DataFrame:
    """Return Additional Tier 1 instruments with their share premium."""
    instruments = result.book.table("own_funds_instruments")
    kept = instruments[instruments["layer"].astype("str") == "at1"].reset_index(drop=True)
    kept["with_premium"] = kept["amount"] + kept["share_premium"]
    return kept


def _settlement(result: Result) -> pd.DataFrame:
    return result.settlement.reset_index(drop=True)


def _business_indicator(result: Result) -> pd.DataFrame:
    """Return the items of the business indicator by year; empty where the amount is reported instead."""
    if result.operational is None:
        empty = pd.DataFrame(
            columns=["entry_id", "item", "period", "amount", "prudential_amount", "booked_in"]
        )
        types = {"amount": "float64", "prudential_amount": "float64"}
        return empty.astype({name: types.get(name, "str") for name in empty.columns}).assign(
            within_scheme=pd.Series(dtype=bool), divided=pd.Series(dtype=bool)
        )
    items = result.operational.items
    columns = [name for name in items.columns if name in read_schema()["business_indicator"].columns]
    shown = items[[*columns, "period"]].drop(columns="year_end").reset_index(drop=True)
    shown["within_scheme"] = shown["within_scheme"].fillna(False).astype("bool")
    shown["booked_in"] = shown["booked_in"].astype("str").fillna("")
    shown["divided"] = shown["prudential_amount"].notna()
    shown["prudential_amount"] = shown["prudential_amount"].fillna(0.0)
    return shown


def _operational(result: Result) -> pd.DataFrame:
    """Return the components of the business indicator, averaged, and what they make."""
    components = {} if result.operational is None else dict(result.operational.components)
    return pd.DataFrame(
        {
            "component": pd.Series(list(components), dtype="str"),
            "amount": np.array(list(components.values()), dtype=np.float64),
        }
    )


def _coverage(result: Result) -> pd.DataFrame:
    """Return coverage of non-performing exposures, a row for each amount of each exposure.

    `item` names the amount, `bucket` the column of template C 35.01 (whole years, 9 for more), `granted` the years
    at the first forbearance measure; `forborne` says whether it keeps the factor of this part for a year more
    (Article 47c(6)). What an export credit agency insures needs no coverage and is left out.
    """
    coverage = result.coverage
    names = ["exposure_id", "bucket", "granted", "forborne", "item", "amount"]
    if "years" not in coverage or coverage.empty:
        types = {"exposure_id": "str", "item": "str", "forborne": "bool", "amount": "float64"}
        return pd.DataFrame({name: pd.Series(dtype=types.get(name, "int64")) for name in names})
    shown = coverage.assign(
        bucket=coverage["years"].clip(upper=_LAST_BUCKET),
        capped=(coverage["required"] - coverage["insufficient"]).round(2),
    )
    keys = ["exposure_id", "bucket", "granted"]
    left = ["since", "years", "value", "required", "covered", "export_agency"]
    rows = shown.drop(columns=left).melt(keys, var_name="item", value_name="amount")
    part = rows["item"].str.removeprefix("required_")
    free = (part == "unsecured") & rows["granted"].between(*_FREE)
    secured = part.isin(["property", "other"]) & rows["granted"].between(*_SECURED)
    rows["forborne"] = (free | secured).to_numpy(np.bool_)
    early = (rows["item"] == "guarantor") & (rows["bucket"] < _GUARANTOR_BUCKET)
    rows["item"] = rows["item"].astype("str").mask(early, "guarantor_free")
    return rows.sort_values(["exposure_id", "item"]).reset_index(drop=True)[names]


def _floor_lines(result: Result) -> pd.DataFrame:
    """Return the standardised lines of what internal ratings weigh, with the approach and class that they have.

    Without a row where no output floor applies.
    """
    rated = result.lines[result.lines["approach"] != "standardised"].drop_duplicates("exposure_id")
    if result.floor is None:
        rated = rated.iloc[:0]
    lines = result.standardised[result.standardised["exposure_id"].isin(rated["exposure_id"])]
    lines = lines.drop(columns=["approach", "irb_class"]).reset_index(drop=True)
    known = rated.set_index("exposure_id")
    lines["applied"] = known["approach"].reindex(lines["exposure_id"]).astype("str").to_numpy()
    lines["applied_class"] = known["irb_class"].reindex(lines["exposure_id"]).astype("str").to_numpy()
    return lines


def _approach(result: Result) -> pd.DataFrame:
    """Return how the financial component divides trading and banking book: one row, an empty word if unknown."""
    if result.operational is None:
        word = ""
    else:
        word = "prudential" if result.operational.by_prudential_boundary else "accounting"
    return pd.DataFrame({"boundary": [word]})


CAPITAL_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {
    "own_funds": _own_funds,
    "requirements": _requirements,
    "memorandum": _memorandum,
    "financial_holdings": _holdings,
    "own_funds_instruments": _instruments,
    "settlement": _settlement,
    "business_indicator": _business_indicator,
    "operational": _operational,
    "operational_approach": _approach,
    "floor_lines": _floor_lines,
    "coverage": _coverage,
}
