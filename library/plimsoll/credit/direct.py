"""Direct exposures to issuers and guarantors: what substitution weighs instead of the obligor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from plimsoll.credit.positions import Positions, read_positions
from plimsoll.credit.reading import Codes, Floats, Ints, text
from plimsoll.credit.weights import weight_of_obligor
from plimsoll.data.schema import read_schema
from plimsoll.rules import RuleSet

__all__ = ["direct_positions", "direct_weights"]

_STATED = {"product": "loan", "on_balance": True, "amount": 0.0, "defaulted": False}


def direct_positions(
    tables: Mapping[str, pd.DataFrame], parties: Ints, currencies: Sequence[str]
) -> Positions:
    """Return an ordinary long-term loan to each of k counterparties, in the currency given.

    Parameters
    ----------
    tables
        Of the book.
    parties
        Shape (k,), rows of the table of counterparties.
    currencies
        k ISO 4217 codes.
    """
    like, size = tables["exposures"], len(parties)
    columns: dict[str, pd.Series] = {}
    for name, column in read_schema()["exposures"].columns.items():
        value = _STATED.get(name, column.default)
        columns[name] = pd.Series([value] * size, dtype=like[name].dtype)
    columns["exposure_id"] = pd.Series([str(i) for i in range(size)], dtype="str")
    columns["currency"] = pd.Series(list(currencies), dtype="str")
    known = tables["counterparties"]
    columns["counterparty_id"] = known["counterparty_id"].iloc[parties].reset_index(drop=True)
    # Beside the parties themselves only governments matter: some parties weigh as theirs do.
    states = (known["counterparty_type"] == "central_government").to_numpy(np.bool_)
    few = known.iloc[np.union1d(np.flatnonzero(states), parties)].reset_index(drop=True)
    none = {name: tables[name].iloc[:0] for name in ("collateral", "pledges", "guarantees")}
    given = {**tables, **none, "counterparties": few, "exposures": pd.DataFrame(columns)}
    names = text(known["name"])
    return replace(read_positions(given), obligor=parties.astype(np.int64), obligor_name=names)


def direct_weights(direct: Sequence[Positions], rules: RuleSet) -> tuple[Codes, Floats, Codes]:
    """Return class, weight and rule of direct exposures, the heaviest of several readings of each.

    Parameters
    ----------
    direct
        The same k counterparties, once in the currency of the exposure, once in that of the protection: a
        government's own currency helps only where both are in it (Articles 114(4) and 235(3)).
    rules
        Those in force on the reference date.
    """
    found = [weight_of_obligor(positions, rules) for positions in direct]
    values = np.stack([np.nan_to_num(weights.value, nan=np.inf) for _, weights in found])
    heaviest = np.argmax(values, axis=0)
    pick = (heaviest, np.arange(values.shape[1]))
    classes = np.stack([classes for classes, _ in found])[pick]
    rule = np.stack([weights.rule for _, weights in found])[pick]
    return classes, values[pick], rule
