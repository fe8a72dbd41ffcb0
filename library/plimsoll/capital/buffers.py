"""The institution-specific countercyclical buffer rate (Articles 130 and 140 of Directive 2013/36/EU)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = ["RELEVANT", "countercyclical_exposures", "countercyclical_rate", "is_relevant"]

_OUTSIDE_SA = (
    "central_governments",
    "regional_governments",
    "public_sector_entities",
    "multilateral_development_banks",
    "international_organisations",
    "institutions",
)
_OUTSIDE_IRB = ("sovereign", "regional_government", "public_sector", "institution")
RELEVANT = ("deducted", "sa_class", "irb_class", "country", "ead", "rwa")
"""Columns of the lines that `countercyclical_exposures` reads."""

_CENTS = 100
_MINIMUM = "capital.minimum.total"


def is_relevant(lines: pd.DataFrame) -> pd.Series:
    """Return which lines are relevant credit exposures, shape (lines,).

    Article 140(4) leaves out governments, public bodies, development banks and institutions: the classes of
    Article 112, points (a) to (f), and theirs under internal ratings. What own funds deduct counts nowhere.
    """
    outside = lines["sa_class"].isin(_OUTSIDE_SA)
    if "irb_class" in lines:
        outside |= lines["irb_class"].isin(_OUTSIDE_IRB)
    return ~outside & ~lines["deducted"].astype("bool")


def countercyclical_exposures(
    lines: pd.DataFrame, rates: pd.DataFrame, home: str, rules: RuleSet
) -> pd.DataFrame:
    """Return the relevant credit exposures by country with the buffer rate of each.

    Parameters
    ----------
    lines
        Weighted lines: columns deducted, sa_class, country, ead, rwa and, with internal ratings, irb_class.
    rates
        The book's `countercyclical_rates`.
    home
        Where the institution is: an exposure without an obligor's country counts there.
    rules
        Those in force on the reference date.

    Returns
    -------
    Columns country, exposure_value, rwa, requirement (8 % of it), weight (share of all requirements), rate; in
    the alphabetical order of countries.
    """
    kept = lines.loc[is_relevant(lines), ["country", "ead", "rwa"]]
    in_cents = pd.DataFrame(
        {
            "exposure_value": cents(kept["ead"].to_numpy(np.float64)),
            "rwa": cents(kept["rwa"].to_numpy(np.float64)),
            "country": kept["country"].array,
        }
    )
    found = in_cents.groupby("country", sort=True).sum()
    found.index = found.index.astype("str").map(lambda country: country or home).rename("country")
    found = found.groupby(level=0, sort=True).sum()
    share = rules[_MINIMUM].number
    total = int(found["rwa"].sum())
    weight = found["rwa"] / total if total else found["rwa"] * 0.0
    known = rates.set_index("country")["rate"]
    return pd.DataFrame(
        {
            "country": found.index.astype("str"),
            "exposure_value": found["exposure_value"].to_numpy() / _CENTS,
            "rwa": found["rwa"].to_numpy() / _CENTS,
            "requirement": np.rint(found["rwa"].to_numpy() * share) / _CENTS,
            "weight": weight.to_numpy(np.float64),
            "rate": known.reindex(found.index).fillna(0.0).to_numpy(np.float64),
        }
    ).reset_index(drop=True)


def countercyclical_rate(exposures: pd.DataFrame) -> float:
    """Return the weighted average of the rates, a fraction: what `countercyclical_exposures` gives, summed."""
    return float((exposures["weight"] * exposures["rate"]).sum())
