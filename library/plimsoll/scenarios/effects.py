"""What each kind of shock does to the tables of a book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from plimsoll.errors import ScenarioError
from plimsoll.units import cents, round_to_cent

__all__ = ["EFFECTS"]

_Tables = Mapping[str, pd.DataFrame]

_BEST_STEP, _WORST_STEP = 1, 6
_CENTS = 100
_LOANS = ("loan", "mortgage", "current_account", "credit_card")
_LOSS = "scenario-credit-losses"


def _residential(size: float, tables: _Tables) -> _Tables:
    return _property_values("residential", size, tables)


def _commercial(size: float, tables: _Tables) -> _Tables:
    return _property_values("commercial", size, tables)


def _property_values(kind: str, size: float, tables: _Tables) -> _Tables:
    collateral = tables["collateral"].copy()
    where = (collateral["property_type"] == kind).to_numpy(np.bool_)
    values = collateral["property_value"].to_numpy(np.float64, copy=True)
    values[where] = round_to_cent(values[where] * (1.0 + size))
    collateral["property_value"] = values
    return {**tables, "collateral": collateral}


def _credit_quality_steps(size: float, tables: _Tables) -> _Tables:
    counterparties = tables["counterparties"].copy()
    steps = counterparties["credit_quality_step"] + int(size)
    counterparties["credit_quality_step"] = steps.clip(_BEST_STEP, _WORST_STEP)
    return {**tables, "counterparties": counterparties}


def _loan_growth(size: float, tables: _Tables) -> _Tables:
    """Scale every performing loan: what is secured by which property stays as it is."""
    exposures = tables["exposures"].copy()
    where = _performing_loans(exposures)
    for column in ("amount", "specific_provision"):
        values = exposures[column].to_numpy(np.float64, copy=True)
        values[where] = round_to_cent(values[where] * (1.0 + size))
        exposures[column] = values
    return {**tables, "exposures": exposures}


def _credit_losses(size: float, tables: _Tables) -> _Tables:
    """Provide for a share of every performing loan, and charge it to the profit of the year.

    A loss of the year is deducted at once (Article 36(1)(a) CRR); it uses up first the interim profit that
    does not count yet (Article 26(2)).
    """
    exposures, funds = tables["exposures"].copy(), tables["own_funds_items"]
    if funds.empty:
        raise ScenarioError("credit losses need the book's `own_funds_items`: there is no capital to charge")
    where = _performing_loans(exposures)
    amount = exposures["amount"].to_numpy(np.float64)
    provision = exposures["specific_provision"].to_numpy(np.float64, copy=True)
    loss = np.minimum(round_to_cent(amount[where] * size), amount[where] - provision[where])
    provision[where] = round_to_cent(provision[where] + loss)
    exposures["specific_provision"] = provision
    lost = int(cents(loss).sum()) / _CENTS
    return {**tables, "exposures": exposures, "own_funds_items": _charged(funds, lost)}


def _charged(funds: pd.DataFrame, lost: float) -> pd.DataFrame:
    """Return own-funds items after a loss: what does not count of the profit is no more than is left of it."""
    items = funds["item"].to_numpy(dtype=object)
    amounts = funds["amount"].to_numpy(np.float64, copy=True)
    uncounted = np.flatnonzero(items == "profit_not_eligible")
    left = max(0.0, float(amounts[items == "profit_attributable"].sum()) - lost)
    kept = np.minimum(np.cumsum(amounts[uncounted]), left)
    amounts[uncounted] = round_to_cent(np.diff(kept, prepend=0.0))
    row = {"item_id": _LOSS, "item": "profit_attributable", "amount": -lost, "about": "the scenario's losses"}
    charged = pd.concat([funds.assign(amount=amounts), pd.DataFrame([row])], ignore_index=True)
    return charged.astype(dict(funds.dtypes))


def _performing_loans(exposures: pd.DataFrame) -> np.ndarray:
    chosen = exposures["product"].isin(_LOANS) & exposures["on_balance"] & ~exposures["defaulted"]
    return chosen.to_numpy(np.bool_)


EFFECTS: Mapping[str, Callable[[float, _Tables], _Tables]] = MappingProxyType(
    {
        "residential_property_value": _residential,
        "commercial_property_value": _commercial,
        "credit_quality_step": _credit_quality_steps,
        "loan_growth": _loan_growth,
        "credit_losses": _credit_losses,
    }
)
"""By target: each takes the size of the shock and a book's tables, and returns tables, changing none."""
