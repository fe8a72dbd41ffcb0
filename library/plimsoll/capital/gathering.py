"""What the book's tables bring to own funds, part by part, before thresholds and limits."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import numpy as np
import pandas as pd

from plimsoll.capital.amortisation import AMORTISATION_RULE, recognised_share
from plimsoll.capital.deferred_taxes import DeferredTaxes
from plimsoll.capital.lines import Part, lines
from plimsoll.capital.minority import recognised
from plimsoll.errors import SimulationError
from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = ["COMPUTED_LINES", "gather", "without_double"]

OCI_LINE, OCI_RULE = "cet1_transitional", "capital.temporary_oci_factor"
COMPUTED_LINES: Mapping[str, tuple[str, ...]] = {
    "own_funds_instruments": ("at1_paid_up", "at1_share_premium", "t2_paid_up", "t2_share_premium"),
    "subsidiaries": ("minority_interest", "at1_subsidiaries", "t2_subsidiaries"),
    "deferred_taxes": ("dta_future_profitability",),
    "exposures": ("npe_insufficient_coverage",),
}
"""Items that a table of the book replaces: the law's calculation instead of an amount."""

_LAYERS_OWNED = ("cet1", "tier1", "own_funds")


def gather(
    tables: Mapping[str, pd.DataFrame], taxes: DeferredTaxes, day: datetime.date, rules: RuleSet
) -> list[Part]:
    """Return the parts that items, instruments, subsidiaries and deferred taxes bring.

    Raises
    ------
    SimulationError
        An item has no line, or is not in force on the day.
    """
    parts = _of_items(tables["own_funds_items"], day, rules)
    parts += _of_instruments(tables["own_funds_instruments"], day, rules)
    parts += _of_subsidiaries(tables["subsidiaries"])
    if taxes.losses:
        about = "after the tax liabilities set off against it"
        parts.append(Part("dta_future_profitability", -taxes.losses_net, "deferred_taxes", "losses", about))
    return parts


def without_double(parts: list[Part]) -> list[Part]:
    """Return the parts, checked that no line is both given as an item and calculated from a table.

    Raises
    ------
    SimulationError
        One is.
    """
    given = {part.line for part in parts if part.origin == "own_funds_items"}
    for table, names in COMPUTED_LINES.items():
        calculated = {part.line for part in parts if part.origin == table}
        if both := sorted(given & calculated & set(names)):
            raise SimulationError(
                f"{', '.join(both)} is given in `own_funds_items` and calculated from `{table}`; leave one out"
            )
    return parts


def _of_items(items: pd.DataFrame, day: datetime.date, rules: RuleSet) -> list[Part]:
    signs = {line.line: line.sign for line in lines()}
    amounts = cents(items["amount"].to_numpy(np.float64))
    names = items["item_id"] if "item_id" in items else pd.Series([""] * len(items))
    parts = []
    for name, item, amount in zip(names, items["item"], amounts, strict=True):
        if not signs.get(item):
            raise SimulationError(f"own funds have no line for the item {item!r}; correct `own_funds_items`")
        if item == OCI_LINE and rules[OCI_RULE].number == 0:
            raise SimulationError(
                f"the temporary treatment of Article 468 CRR is not in force on {day}; take {name} out of "
                "`own_funds_items`"
            )
        parts.append(Part(item, signs[item] * int(amount), "own_funds_items", str(name), "as given"))
    return parts


def _of_instruments(instruments: pd.DataFrame, day: datetime.date, rules: RuleSet) -> list[Part]:
    maturities = [None if pd.isna(due) else pd.Timestamp(due).date() for due in instruments["maturity_date"]]
    tier2 = (instruments["layer"].astype("str") == "t2").to_numpy(np.bool_)
    shares = np.where(tier2, recognised_share(maturities, day, rules), 1.0)
    parts = []
    for column, line in (("amount", "paid_up"), ("share_premium", "share_premium")):
        amounts = cents(instruments[column].to_numpy(np.float64))
        counted = np.rint(amounts * shares).astype(np.int64)
        for name, layer, amount, share in zip(
            instruments["instrument_id"], instruments["layer"], counted, shares, strict=True
        ):
            about = "in full" if share == 1.0 else f"{share:.2%} after {rules[AMORTISATION_RULE].article}"
            if amount or column == "amount":
                parts.append(Part(f"{layer}_{line}", int(amount), "own_funds_instruments", str(name), about))
    return parts


def _of_subsidiaries(subsidiaries: pd.DataFrame) -> list[Part]:
    treatment = subsidiaries["treatment"].astype("str").to_numpy()
    counts: dict[str, np.ndarray] = {}
    for layer in _LAYERS_OWNED:
        owned, capital, alone, in_group, items = (
            subsidiaries[f"{layer}_{column}"].to_numpy(np.float64)
            for column in ("owned_by_others", "capital", "required", "required_in_group", "items")
        )
        required = np.where(np.isnan(in_group), alone, np.minimum(alone, in_group))
        counted = recognised(owned, capital, required, items)
        chosen = [treatment == "full", treatment == "none"]
        counts[layer] = np.rint(np.select(chosen, [owned, 0.0], counted) * 100).astype(np.int64)
    differences = {
        "minority_interest": counts["cet1"],
        "at1_subsidiaries": counts["tier1"] - counts["cet1"],
        "t2_subsidiaries": counts["own_funds"] - counts["tier1"],
    }
    names = subsidiaries["subsidiary_id"].astype("str")
    return [
        Part(line, int(amount), "subsidiaries", name, "what others own less their share of the surplus")
        for line, amounts in differences.items()
        for name, amount in zip(names, amounts, strict=True)
        if amount or line == "minority_interest"
    ]
