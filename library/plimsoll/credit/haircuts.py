"""Volatility adjustments of financial collateral and what a maturity mismatch leaves (Articles 224 to 239 CRR)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plimsoll.credit.portions import weight_rounded
from plimsoll.credit.reading import Bools, Codes, Floats
from plimsoll.rules import RuleSet

__all__ = ["debt_haircut", "debt_rules", "maturity_factor", "scaled"]

_GOVERNMENT_STEPS = ("step_1", "step_2_to_3", "step_2_to_3", "step_4")
_OTHER_STEPS = ("step_1", "step_2_to_3", "step_2_to_3")


def debt_haircut(step: Codes, years: Floats, government: Bools, rules: RuleSet) -> Floats:
    """Return the volatility adjustment of debt securities with daily revaluation (Article 224(1), Table 1).

    Parameters
    ----------
    step
        Shape (n,), credit quality step of the security, 0 where it has none.
    years
        Shape (n,), residual maturity of the security.
    government
        Shape (n,), whether the issuer is one of Article 197(1)(b), or treated as one (paragraph 2).
    rules
        Those in force on the reference date.

    Returns
    -------
    Shape (n,), shares of the value for a liquidation period of 20 business days; NaN where the security is not
    eligible: governments up to step 4, others up to step 3 (Article 197(1)(b) to (d)).
    """
    edges = np.array(rules["credit.crm.haircut.maturity_edges"].numbers)
    bucket = np.searchsorted(edges, years, side="left")
    found = np.full(len(step), np.nan)
    names = debt_rules(step, government)
    for name in sorted(set(names.tolist()) - {""}):
        row = names == name
        found[row] = np.array(rules[name].numbers)[bucket[row]]
    return found


def debt_rules(step: Codes, government: Bools) -> NDArray[np.object_]:
    """Return the id of the rule with the volatility adjustment of each security, empty where it is not eligible."""
    names = np.full(len(step), "", dtype=object)
    for kind, steps, where in (
        ("government", _GOVERNMENT_STEPS, government),
        ("other", _OTHER_STEPS, ~government),
    ):
        for place, name in enumerate(steps, 1):
            names[where & (step == place)] = f"credit.crm.haircut.{kind}.{name}"
    return names


def scaled(haircut: ArrayLike, revaluation_days: ArrayLike, rules: RuleSet) -> Floats:
    """Return volatility adjustments scaled up for revaluation less often than daily (Article 226).

    Parameters
    ----------
    haircut
        Any shape, H_M, shares of the value.
    revaluation_days
        Broadcasts, N_R, business days between revaluations; 1 is daily.
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape, H = H_M · √((N_R + T_M − 1) / T_M), with T_M the liquidation period of secured lending.
    """
    period = rules["credit.crm.liquidation_days"].number
    days = np.asarray(revaluation_days, dtype=np.float64)
    return weight_rounded(np.asarray(haircut) * np.sqrt((days + period - 1) / period))


def maturity_factor(
    protection_years: Floats, exposure_years: Floats, original_years: Floats, rules: RuleSet
) -> Floats:
    """Return the share of protection that a maturity mismatch leaves (Articles 237 to 239).

    Parameters
    ----------
    protection_years, exposure_years
        Shape (n,), years left of each; NaN for protection that does not end before its exposure, and for an
        exposure without an end.
    original_years
        Shape (n,), original maturity of the protection; NaN counts as long enough.
    rules
        Those in force on the reference date.

    Returns
    -------
    Shape (n,), 1 without a mismatch, 0 where the protection does not count, else (t − t*) / (T − t*).
    """
    shortest, original, longest, subtracted = (
        rules[f"credit.crm.maturity.{name}_years"].number
        for name in ("shortest", "original", "longest", "subtracted")
    )
    endless = np.nan_to_num(exposure_years, nan=np.inf)
    lasting = np.nan_to_num(protection_years, nan=np.inf)
    mismatch = lasting < endless
    whole = np.minimum(endless, longest)
    part = np.minimum(lasting, whole)
    share = np.zeros(len(whole))
    np.divide(part - subtracted, whole - subtracted, out=share, where=whole > subtracted)
    fails = (lasting < shortest) | (np.nan_to_num(original_years, nan=np.inf) < original)
    return np.where(mismatch, np.where(fails, 0.0, weight_rounded(np.clip(share, 0.0, 1.0))), 1.0)
