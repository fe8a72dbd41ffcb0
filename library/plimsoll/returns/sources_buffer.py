"""Exposures that the countercyclical buffer looks at, by country, as template C 09.04 asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.capital.buffers import is_relevant
from plimsoll.returns.sources_geography import named_countries
from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["BUFFER_SOURCES"]

_SHARE = "capital.minimum.total"
_RATE = "countercyclical_buffer"


def _exposures(result: Result) -> pd.DataFrame:
    """Return the relevant credit exposures (Article 140(4) of Directive 2013/36/EU), a row for each line.

    Columns line_id, exposure_id, country (that of the sheet), internal (by internal ratings), ead, rwa, requirement:
    8 % of it, so rounded that those of a country come to 8 % of their sum, to the cent.
    """
    lines = result.lines[is_relevant(result.lines)].reset_index(drop=True)
    lines["country"] = named_countries(lines, result.book.entity.country)
    lines["internal"] = lines["approach"].ne("standardised")
    lines["requirement"] = _requirements(lines, result.rules[_SHARE].number)
    return lines[["line_id", "exposure_id", "country", "internal", "ead", "rwa", "requirement"]]


def _requirements(lines: pd.DataFrame, share: float) -> NDArray[np.float64]:
    """Return the share of each line's amount: what it moves its country's running total by, in whole cents."""
    amounts = pd.Series(cents(lines["rwa"].to_numpy(np.float64)))
    running = np.rint(amounts.groupby(lines["country"]).cumsum() * share)
    before = running.groupby(lines["country"]).shift(fill_value=0.0)
    moved: NDArray[np.float64] = (running - before).to_numpy(np.float64) / 100
    return moved


def _rates(result: Result) -> pd.DataFrame:
    """Return what each country weighs and asks: country, weight, rate and who set it.

    `weight` is its share of all requirements and missing in a country without exposures; `rate` is missing where
    none was set; `set_by` is the authority, `own` or `home`.
    """
    held = _exposures(result)
    in_cents = pd.Series(cents(held["requirement"].to_numpy(np.float64))).groupby(held["country"]).sum()
    total = int(in_cents.sum())
    weight = in_cents / total if total else in_cents * 0.0
    rates = result.tables["countercyclical_rates"].set_index("country")
    countries = weight.index.astype("str")
    return pd.DataFrame(
        {
            "country": countries,
            "weight": weight.to_numpy(np.float64),
            "rate": rates["rate"].reindex(countries).to_numpy(np.float64),
            "set_by": rates["set_by"].reindex(countries).fillna("own").astype("str").to_numpy(),
        }
    )


def _institution(result: Result) -> pd.DataFrame:
    """Return the institution's own rate, where it has one, and its country: one row.

    `home_threshold` is whether it allots exposures abroad of up to 2 % to its home (Delegated Regulation (EU)
    No 1152/2014, Article 2(5), point (b)): the calculation never does.
    """
    given = result.tables["requirements"].set_index("requirement")["ratio"]
    rate = given.get(_RATE, np.nan)
    if len(result.countercyclical):
        rate = float((result.countercyclical["weight"] * result.countercyclical["rate"]).sum())
    home = result.book.entity.country
    return pd.DataFrame({"country": [home], "rate": [float(rate)], "home_threshold": [False]})


BUFFER_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {
    "buffer_exposures": _exposures,
    "buffer_rates": _rates,
    "buffer_institution": _institution,
}
"""What makes each table."""
