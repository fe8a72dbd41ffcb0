"""Holdings of own funds of financial sector entities: what is deducted, what stays an exposure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.capital.lines import Part
from plimsoll.capital.thresholds import LAYERS, Insignificant
from plimsoll.errors import SimulationError
from plimsoll.units import cents

__all__ = ["deducted_parts", "held_by_layer", "net_positions", "shared"]

ORIGIN = "financial_holdings"
_OUTSIDE = ("underwriting", "article_49_1", "article_49_2", "article_49_3", "waived")


def net_positions(holdings: pd.DataFrame) -> NDArray[np.int64]:
    """Return long positions less the short ones that may be set off, shape (n,), whole cents.

    Raises
    ------
    SimulationError
        A short position is larger than the holding it is set off against.
    """
    long, short = (cents(holdings[column].to_numpy(np.float64)) for column in ("amount", "short_offset"))
    over = holdings.loc[short > long, "holding_id"].astype("str")
    if len(over):
        raise SimulationError(
            f"a short position is larger than the holding it offsets in {', '.join(over[:5])}; "
            "correct `financial_holdings`"
        )
    return np.asarray(long - short)


def held_by_layer(holdings: pd.DataFrame, *, significant: bool) -> Mapping[str, int]:
    """Return net holdings under the thresholds by layer, in whole cents.

    Left out: reciprocal ones (deducted in full), underwriting positions of five working days or fewer, and what
    Articles 49 and 79 exempt.
    """
    net = net_positions(holdings)
    chosen = _counted(holdings) & (holdings["significant"].to_numpy(np.bool_) == significant)
    layer = holdings["layer"].astype("str").to_numpy()
    return {name: int(net[chosen & (layer == name)].sum()) for name in LAYERS}


def deducted_parts(
    holdings: pd.DataFrame, insignificant: Insignificant, significant_cet1: Mapping[str, int]
) -> list[Part]:
    """Return what each holding takes off own funds.

    Parameters
    ----------
    holdings
        The book's `financial_holdings`.
    insignificant
        What is above the threshold, by layer.
    significant_cet1
        Amounts in whole cents to take off under each line, for significant CET1 holdings.
    """
    net = net_positions(holdings)
    layer = holdings["layer"].astype("str").to_numpy()
    significant = holdings["significant"].to_numpy(np.bool_)
    reciprocal = holdings["reciprocal"].to_numpy(np.bool_)
    counted = _counted(holdings)
    parts: list[Part] = []
    for name in LAYERS:
        of_layer = layer == name
        wanted = [
            (f"reciprocal_{name}", of_layer & reciprocal, None, "reciprocal cross holding, in full"),
            (
                f"insignificant_{name}",
                of_layer & counted & ~significant,
                insignificant.deducted[name],
                f"share of what is above 10 % of Common Equity Tier 1, {insignificant.threshold / 100:,.2f}",
            ),
        ]
        if name == "cet1":
            wanted += [
                (line, of_layer & counted & significant, amount, "above the thresholds of Article 48")
                for line, amount in significant_cet1.items()
            ]
        else:
            wanted.append((f"significant_{name}", of_layer & counted & significant, None, "in full"))
        for line, chosen, amount, about in wanted:
            parts += _shares(holdings, line, chosen, net, amount, about)
    return parts


def _counted(holdings: pd.DataFrame) -> NDArray[np.bool_]:
    outside = holdings["treatment"].astype("str").isin(_OUTSIDE) | holdings["reciprocal"].astype("bool")
    return ~outside.to_numpy(np.bool_)


def _shares(
    holdings: pd.DataFrame,
    line: str,
    chosen: NDArray[np.bool_],
    net: NDArray[np.int64],
    amount: int | None,
    about: str,
) -> list[Part]:
    """Return an amount shared among the chosen holdings as they are large; all of each where it is None."""
    weights = net[chosen]
    whole = int(weights.sum()) if amount is None else amount
    names = holdings["holding_id"].astype("str").to_numpy()[chosen]
    given = shared(whole, weights)
    return [
        Part(line, -int(part), ORIGIN, str(name), about)
        for name, part in zip(names, given, strict=True)
        if part
    ]


def shared(amount: int, weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return an amount split in proportion, shape (n,), whole cents that sum to it exactly."""
    total = int(weights.sum())
    if total == 0:
        return np.zeros(len(weights), dtype=np.int64)
    until = np.array([round(amount * int(upto) / total) for upto in np.cumsum(weights)], dtype=np.int64)
    return np.diff(until, prepend=np.int64(0))
