"""Takes out of the exposures what own funds deduct of them; the rest keeps its risk weight (Articles 46 to 48 CRR)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from plimsoll.capital.holdings import shared
from plimsoll.capital.own_funds import OwnFundsDraft
from plimsoll.errors import SimulationError
from plimsoll.rules import Rule, RuleSet
from plimsoll.units import cents

__all__ = ["DEDUCTED_PART", "check_weights", "deducted_of_exposures", "without_deductions"]

DEDUCTED_PART = "deducted"
_AMOUNTS = (
    "original_exposure",
    "provision",
    "net_exposure",
    "ead",
    "adjusted_exposure",
    "rwa_before_factors",
    "currency_mismatch_addition",
    "sme_factor_reduction",
    "infrastructure_reduction",
    "rwa",
    "rwa_standardised",
    "ccf_transition_relief",
)
_WEIGHTED = tuple(name for name in _AMOUNTS if name not in ("original_exposure", "provision", "net_exposure"))
_CENTS = 100
_WEIGHT_RULE = "capital.threshold.risk_weight"
_EXEMPT_RULE = "credit.sa.equity.not_deducted"


def deducted_of_exposures(draft: OwnFundsDraft, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, int]:
    """Return what is taken out of each exposure, in whole cents, by exposure_id.

    Of a holding that is what own funds deduct of it. Of tax assets from temporary differences it is everything
    but the net amount below the thresholds, shared among the assets as they are large.

    Raises
    ------
    SimulationError
        A holding outside the trading book, or such a tax asset, names no exposure.
    """
    holdings, taxes = tables["financial_holdings"], tables["deferred_taxes"]
    temporary = taxes[taxes["kind"].astype("str") == "temporary"]
    loose = [*holdings.loc[~holdings["trading_book"] & holdings["exposure_id"].isna(), "holding_id"],
             *temporary.loc[temporary["exposure_id"].isna(), "tax_id"]]  # fmt: skip
    if loose:
        raise SimulationError(
            f"{', '.join(loose[:5])} names no `exposure_id`: what is not deducted of it must have a risk weight"
        )
    taken: dict[str, int] = {}
    carried = dict(zip(holdings["holding_id"], holdings["exposure_id"], strict=True))
    for part in draft.parts:
        exposure = carried.get(part.origin_id) if part.origin == "financial_holdings" else None
        if isinstance(exposure, str):
            taken[exposure] = taken.get(exposure, 0) - part.amount
    gross = cents(temporary["amount"].to_numpy(np.float64))
    kept = shared(draft.taxes.temporary_net - draft.together.dta_deducted, gross)
    for exposure, amount in zip(temporary["exposure_id"], gross - kept, strict=True):
        taken[str(exposure)] = taken.get(str(exposure), 0) + int(amount)
    return {exposure: amount for exposure, amount in taken.items() if amount}


def without_deductions(lines: pd.DataFrame, taken: Mapping[str, int]) -> pd.DataFrame:
    """Return the lines with what is taken out of an exposure on a line of its own that has no risk weight.

    Parameters
    ----------
    lines
        Weighted lines, sorted by `line_id`.
    taken
        Whole cents by exposure_id.

    Returns
    -------
    The same columns, sorted by `line_id`; sums of original exposure, provision and net exposure are unchanged.

    Raises
    ------
    SimulationError
        More is to be taken out of an exposure than it is worth, or it is cut into several lines.
    """
    places = np.flatnonzero(lines["exposure_id"].isin(list(taken)).to_numpy(np.bool_))
    if not len(places):
        return lines
    rest, out = lines.copy(), lines.iloc[places].copy()
    names = out["exposure_id"].astype("str")
    if names.duplicated().any() or out["deducted"].any():
        raise SimulationError(
            f"{', '.join(names.unique()[:5])} is deducted as a whole or cut by its collateral, and cannot carry a "
            "deduction by thresholds"
        )
    net = cents(out["net_exposure"].to_numpy(np.float64))
    part = np.array([taken[name] for name in names], dtype=np.int64)
    if (part > net).any():
        short = names[part > net]
        raise SimulationError(
            f"own funds deduct more of {', '.join(short[:5])} than it is worth after provisions: the holding or tax "
            "asset and its exposure do not agree"
        )
    share = np.divide(part, net, out=np.zeros(len(net)), where=net > 0)
    for column in [name for name in _AMOUNTS if name in lines]:
        whole = cents(out[column].to_numpy(np.float64))
        gone = np.where(part == net, whole, np.rint(whole * share).astype(np.int64))
        gone = part if column == "net_exposure" else gone
        left = rest[column].to_numpy(np.float64, copy=True)
        left[places] = (whole - gone) / _CENTS
        rest[column] = left
        out[column] = 0.0 if column in _WEIGHTED else gone / _CENTS
    return _joined(rest, out)


def _joined(rest: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    out["line_id"] = out["exposure_id"].astype("str") + "|" + DEDUCTED_PART
    out["part"], out["deducted"] = DEDUCTED_PART, True
    for column in ("rule_id", "rule_ids", "article"):
        if column in out:
            out[column] = ""
    for column in ("risk_weight", "base_weight"):
        out[column] = 0.0
    joined = pd.concat([rest, out.astype(rest.dtypes.to_dict())], ignore_index=True)
    return joined.sort_values("line_id", kind="stable").reset_index(drop=True)


def check_weights(lines: pd.DataFrame, tables: Mapping[str, pd.DataFrame], rules: RuleSet) -> None:
    """Check that what stays below the thresholds of Article 48 weighs 250 %, and what Article 49 exempts 100 %.

    Raises
    ------
    SimulationError
        An exposure weighs something else: its `equity_type` or product is wrong.
    """
    holdings, taxes = tables["financial_holdings"], tables["deferred_taxes"]
    exempt = holdings[holdings["treatment"].astype("str").isin(["article_49_2", "article_49_3"])]
    _check_weight(lines, exempt["exposure_id"], rules[_EXEMPT_RULE], "`equity_type` not_deducted")
    large = holdings[
        holdings["significant"]
        & (holdings["layer"].astype("str") == "cet1")
        & (holdings["treatment"].astype("str") == "thresholds")
    ]
    named = {*large["exposure_id"].dropna(), *taxes["exposure_id"].dropna()[taxes["kind"] == "temporary"]}
    mended = "`equity_type` significant_financial, or product deferred_tax_asset"
    _check_weight(lines, named, rules[_WEIGHT_RULE], mended)


def _check_weight(lines: pd.DataFrame, named: Iterable[str], weight: Rule, mended: str) -> None:
    kept = lines[lines["exposure_id"].isin(list(named)) & ~lines["deducted"] & (lines["ead"] > 0)]
    wrong = kept.loc[~np.isclose(kept["base_weight"], weight.number), "exposure_id"].astype("str")
    if len(wrong):
        raise SimulationError(
            f"{', '.join(wrong.unique()[:5])} is not deducted and must weigh {weight.number:.0%} ({weight.article}): "
            f"give it {mended}"
        )
