"""What a simulation gives: every line kept, and views of them for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from plimsoll.capital import RATIOS
from plimsoll.capital.distribution import Distribution
from plimsoll.capital.large_exposures import LargeExposures, Reporter, find_large_exposures
from plimsoll.capital.leverage import Leverage, measure_leverage
from plimsoll.capital.operational_risk import OperationalRisk
from plimsoll.capital.output_floor import OutputFloor
from plimsoll.credit.irb import Cover
from plimsoll.data import Book
from plimsoll.rules import RuleSet, RuleUse
from plimsoll.scenarios import Scenario
from plimsoll.simulation.credit_lines import Table
from plimsoll.units import cents

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Result", "class_table"]

_CENTS = 100


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """The position of a book under a scenario.

    Attributes
    ----------
    book, scenario, rules
        What it was computed from.
    lines
        One row for each part of an exposure by its own approach, sorted by `line_id`; columns
        `plimsoll.credit.COLUMNS`.
    standardised
        The same of every exposure by the standardised approach, whatever its own: what S-TREA counts
        (Article 92(5) CRR). The same object as `lines` where no exposure has an internal rating.
    own_funds
        Columns line, amount, article (template C 01.00); deductions negative; empty where the book has none.
    requirements
        Columns risk, amount, source: risk exposure amount of each risk.
    ratios
        Capital ratios as fractions, and the amounts they are made of.
    marks
        Columns ratio, mark, level, article: what the ratios are held against.
    notices
        Sentences a reader must know: what was assumed, what is missing.
    rules_used
        The rules that made the figures.
    cover
        Expected loss of rated exposures against their specific credit risk adjustments (Article 159 CRR); None
        where no exposure is rated.
    own_funds_parts
        What each line of own funds is made of: columns line, amount, article, origin (table of the book),
        origin_id (its row), about.
    floor
        The output floor (Articles 92(3) and 465 CRR); None where no exposure has an internal rating.
    coverage
        Coverage of non-performing exposures (Article 47c CRR), as `plimsoll.capital.non_performing` gives it.
    operational
        Operational risk from the business indicator; None where its amount is reported instead.
    settlement
        Requirement of each unsettled transaction (Article 378 CRR).
    countercyclical
        Relevant credit exposures and buffer rate by country; empty where the buffer is given as a requirement.
    distribution
        Distance to limits on distributions (Article 141 CRD); None where ratios are unknown.
    memorandum
        Columns item, amount: thresholds, deferred taxes, buffers and the floor (template C 04.00).
    protection
        The account of pledges and guarantees: what each is worth, how much of it counts, and why no more; columns
        `plimsoll.credit.REPORT_COLUMNS`, sorted by id.
    """

    book: Book
    scenario: Scenario
    rules: RuleSet = field(repr=False)
    lines: Table = field(repr=False, default=Table())
    standardised: Table = field(repr=False, default=Table())
    own_funds: pd.DataFrame = field(repr=False)
    requirements: pd.DataFrame = field(repr=False)
    ratios: Mapping[str, float]
    marks: pd.DataFrame = field(repr=False)
    notices: tuple[str, ...] = ()
    rules_used: tuple[RuleUse, ...] = field(default=(), repr=False)
    cover: Cover | None = None
    protection: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    own_funds_parts: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    floor: OutputFloor | None = None
    coverage: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    operational: OperationalRisk | None = field(default=None, repr=False)
    settlement: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    countercyclical: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    distribution: Distribution | None = None
    memorandum: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The book's tables under the scenario."""
        return self.scenario.apply(self.book.tables)

    @cached_property
    def leverage(self) -> Leverage:
        """The leverage ratio (Article 429 CRR), computed when first asked for."""
        return measure_leverage(self.lines, self.tables, self.own_funds, self.rules)

    @cached_property
    def all_ratios(self) -> Mapping[str, float]:
        """The capital ratios, and the leverage ratio (`leverage_ratio`) with its measure (`leverage_exposure`)."""
        leverage = {"leverage_ratio": self.leverage.ratio, "leverage_exposure": self.leverage.measure}
        return MappingProxyType({**self.ratios, **leverage})

    @cached_property
    def all_marks(self) -> pd.DataFrame:
        """What the capital ratios and the leverage ratio are held against: columns of `marks`."""
        return pd.concat([self.marks, self.leverage.marks], ignore_index=True)

    @cached_property
    def large_exposures(self) -> LargeExposures:
        """Exposures by client and group against their limits (Articles 387 to 403 CRR), when first asked for."""
        facts = self.tables["institution_facts"].set_index("fact")["value"]
        reporter = Reporter(
            tier1=float(self.ratios["tier1"]),
            consolidated=self.book.entity.scope == "CON",
            rated=bool((self.lines["irb_class"] != "").any()),
            in_euro=self.book.entity.currency == "EUR",
            g_sii=facts.get("g_sii") == "yes",
        )
        return find_large_exposures(self.standardised, self.tables, reporter, self.rules)

    @property
    def expected_loss_shortfall(self) -> float:
        """What expected losses exceed credit risk adjustments by: a deduction from CET1 (Article 36(1)(d) CRR)."""
        return 0.0 if self.cover is None else self.cover.shortfall

    @property
    def excess_provisions(self) -> float:
        """What adjustments exceed expected losses by, before the limit of Article 62(d) CRR."""
        return 0.0 if self.cover is None else self.cover.excess

    def by_class(self) -> pd.DataFrame:
        """Return exposure value and risk-weighted amount of each class with exposures, exact to the cent.

        Returns
        -------
        Columns class, original_exposure, exposure_value, rwa, in the alphabetical order of the classes; those of
        internal ratings begin with irb_.
        """
        return class_table(self.lines)

    def view(self) -> xr.Dataset:
        """Return the position as labelled arrays: amounts by scenario and class, ratios by scenario."""
        import xarray as xr  # noqa: PLC0415  # a second of import, only for those who look at the view

        table = self.by_class()
        dims = ("scenario", "exposure_class")
        return xr.Dataset(
            {
                **{
                    name: (dims, table[name].to_numpy()[np.newaxis, :], {"unit": self.book.entity.currency})
                    for name in ("original_exposure", "exposure_value", "rwa")
                },
                **{
                    ratio: (("scenario",), [self.ratios[ratio]], {"unit": "share of total risk exposure"})
                    for ratio in RATIOS
                },
            },
            coords={
                "scenario": [self.scenario.name],
                "exposure_class": table["class"].to_numpy(dtype=object),
                "reference_date": str(self.book.reference_date),
            },
            attrs={"entity": self.book.entity.name, "book": self.book.digest, "rules": self.rules.digest},
        )


def class_table(lines: pd.DataFrame) -> pd.DataFrame:
    """Return exposure value and risk-weighted amount of each class, as `Result.by_class`.

    Parameters
    ----------
    lines
        Columns deducted, irb_class, sa_class, original_exposure, ead, rwa.
    """
    counted = lines.loc[~lines["deducted"].to_numpy(np.bool_)]
    rated = counted["irb_class"].to_numpy() != ""
    columns = {"original_exposure": "original_exposure", "exposure_value": "ead", "rwa": "rwa"}
    in_cents = pd.DataFrame({name: cents(counted[column]) for name, column in columns.items()})
    in_cents["class"] = np.where(rated, "irb_" + counted["irb_class"], counted["sa_class"])
    sums = in_cents.groupby("class", sort=True).sum() / _CENTS
    return sums.reset_index()
