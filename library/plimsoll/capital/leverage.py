"""The leverage ratio: Tier 1 capital over the total exposure measure (Articles 429 to 429g CRR)."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from plimsoll.capital.leverage_parts import leverage_parts
from plimsoll.capital.leverage_requirements import leverage_marks
from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = ["COMPONENTS", "LEVERAGE_RULES", "Leverage", "given_components", "measure_leverage"]

LEVERAGE_RULES = (
    "leverage.minimum",
    "leverage.ccf.cancellable",
    "credit.sa.ccf.bucket_1",
    "credit.sa.ccf.bucket_2",
    "credit.sa.ccf.bucket_3",
    "credit.sa.ccf.bucket_4",
)
_CENTS = 100
_NEEDED = {"derivative": "derivatives_", "sft": "sft_"}
"""Products that stand in the measure by given amounts alone, with how the names of those begin."""

_DEDUCTED_ASSETS = (
    "prudent_valuation",
    "goodwill_net",
    "other_intangibles_net",
    "dta_future_profitability",
    "irb_shortfall",
    "pension_net",
    "reciprocal_cet1",
    "qualifying_holdings_1250",
    "securitisation_1250",
    "free_deliveries_1250",
    "basket_1250",
    "insignificant_cet1",
    "dta_temporary",
    "significant_cet1",
    "above_17_65",
    "npe_insufficient_coverage",
    "fund_units_1250",
    "reciprocal_at1",
    "insignificant_at1",
    "significant_at1",
)
"""Lines of own funds that take an asset off Tier 1 capital (Article 429a(1)(a) and (b)). Own instruments, filters of
liabilities and excesses over lower tiers are deductions too, but of no asset that the measure holds."""

_TRANSITIONAL = ("cet1_transitional",)
"""Lines of own funds that transitional provisions add or take off."""


@dataclass(frozen=True)
class Component:
    """A component of the measure; `origin` is `exposures`, `excluded`, `deducted` or `given`."""

    name: str
    article: str
    sign: int
    origin: str


@cache
def _components() -> tuple[Component, ...]:
    text = files("plimsoll.capital").joinpath("leverage.toml").read_text(encoding="utf-8")
    return tuple(
        Component(entry["name"], entry["article"], entry["sign"], entry["from"])
        for entry in tomllib.loads(text)["component"]
    )


COMPONENTS: tuple[str, ...] = tuple(component.name for component in _components())
"""Names of the components, in the order of template C 47.00."""


def given_components() -> frozenset[str]:
    """Return the names of the components that another system computes."""
    return frozenset(item.name for item in _components() if item.origin == "given")


@dataclass(frozen=True, eq=False)
class Leverage:
    """The leverage ratio and what it is made of.

    Attributes
    ----------
    components
        Columns component, amount (exact to the cent; what is taken off is negative), article.
    parts
        One row a line of an exposure: columns as `leverage_parts` gives them.
    measure, measure_fully_phased_in
        Total exposure measure with the transitional and the fully phased-in definition of Tier 1 capital.
    tier1, tier1_fully_phased_in
        The capital measure; NaN where own funds are unknown.
    marks
        Columns ratio (`leverage_ratio`), mark, level (cumulative), article.
    missing
        Why there is no ratio, a sentence each; empty where there is one.
    rule_ids
        The rules that made the figures.
    """

    components: pd.DataFrame = field(repr=False)
    parts: pd.DataFrame = field(repr=False)
    measure: float
    measure_fully_phased_in: float
    tier1: float
    tier1_fully_phased_in: float
    marks: pd.DataFrame = field(repr=False)
    missing: tuple[str, ...]
    rule_ids: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """The leverage ratio as a fraction (Article 429(2)); NaN where something is missing."""
        return self._over(self.tier1, self.measure)

    @property
    def ratio_fully_phased_in(self) -> float:
        """The same without transitional provisions."""
        return self._over(self.tier1_fully_phased_in, self.measure_fully_phased_in)

    def _over(self, capital: float, measure: float) -> float:
        return math.nan if self.missing or measure <= 0 else capital / measure


def measure_leverage(
    lines: pd.DataFrame, tables: Mapping[str, pd.DataFrame], own_funds: pd.DataFrame, rules: RuleSet
) -> Leverage:
    """Return the leverage ratio of a position.

    Parameters
    ----------
    lines
        The simulation's lines: parts of exposures with amount, provision and class.
    tables
        The book's tables under the scenario: exposures, counterparties, leverage_items, requirements.
    own_funds
        Columns line, amount; empty where they are unknown.
    rules
        Those in force on the reference date.
    """
    parts = leverage_parts(lines, tables["exposures"], tables["counterparties"], rules)
    given = _given(tables["leverage_items"])
    amounts = _amounts(parts, given, own_funds)
    signed = {item.name: item.sign * amounts[item.name] for item in _components()}
    shared = sum(amount for name, amount in signed.items() if not name.startswith("deducted"))
    capital = dict(zip(own_funds["line"], own_funds["amount"], strict=True))
    tier1 = float(capital.get("tier1", math.nan))
    phased = math.fsum(float(capital.get(line, 0.0)) for line in _TRANSITIONAL)
    before = given.get("exposure_measure_with_central_bank", 0) - given.get("central_bank_average", 0)
    adjusted = given.get("exposure_measure_with_central_bank", 0) / before if before > 0 else 1.0
    marks = leverage_marks(tables["requirements"], rules, adjusted)
    return Leverage(
        components=pd.DataFrame(
            {
                "component": pd.Series(COMPONENTS, dtype="str"),
                "amount": np.array([signed[name] for name in COMPONENTS]) / _CENTS,
                "article": pd.Series([item.article for item in _components()], dtype="str"),
            }
        ),
        parts=parts,
        measure=(shared + signed["deducted"]) / _CENTS,
        measure_fully_phased_in=(shared + signed["deducted_fully_phased_in"]) / _CENTS,
        tier1=tier1,
        tier1_fully_phased_in=round(tier1 - phased, 2),
        marks=marks,
        missing=tuple(_missing(tables["exposures"], parts, given, own_funds)),
        rule_ids=_rule_ids(tables["requirements"]),
    )


def _given(items: pd.DataFrame) -> Mapping[str, int]:
    """Return what another system computed, in whole cents by name."""
    return dict(zip(items["item"], cents(items["amount"].to_numpy(np.float64)).tolist(), strict=True))


def _amounts(parts: pd.DataFrame, given: Mapping[str, int], own_funds: pd.DataFrame) -> Mapping[str, int]:
    """Return each component in whole cents, positive as the book has it."""
    computed: dict[str, int] = {}
    for place, column in (("component", "exposure"), ("exclusion", "excluded")):
        values = pd.Series(cents(parts[column].to_numpy(np.float64)))
        computed |= {
            str(name): int(total) for name, total in values.groupby(parts[place].to_numpy()).sum().items()
        }
    lines = own_funds.loc[own_funds["line"].isin(_DEDUCTED_ASSETS), "amount"].to_numpy(np.float64)
    deducted = -int(cents(lines).sum())
    computed |= {"deducted": deducted, "deducted_fully_phased_in": deducted}
    return {
        item.name: given.get(item.name, 0) if item.origin == "given" else computed.get(item.name, 0)
        for item in _components()
    }


def _missing(
    exposures: pd.DataFrame, parts: pd.DataFrame, given: Mapping[str, int], own_funds: pd.DataFrame
) -> Iterator[str]:
    if own_funds.empty:
        yield "The book has no own funds items, so there is no leverage ratio."
    for product, begins in _NEEDED.items():
        count = int((exposures["product"] == product).sum())
        if count and not any(name in COMPONENTS and name.startswith(begins) for name in given):
            yield (
                f"There is no leverage ratio: the book has {count} exposure(s) of product {product}, and "
                f"`leverage_items` no amount for them ({begins}…, Articles 429c and 429e CRR)."
            )
    excluded = bool((parts["exclusion"] == "central_bank_temporary").any())
    if excluded and not {"central_bank_average", "exposure_measure_with_central_bank"} <= given.keys():
        yield (
            "There is no leverage ratio: exposures to the central bank are left out, and `leverage_items` lacks "
            "central_bank_average or exposure_measure_with_central_bank, which adjust the requirement "
            "(Article 429a(7) CRR)."
        )


def _rule_ids(requirements: pd.DataFrame) -> tuple[str, ...]:
    buffered = (requirements["requirement"] == "g_sii_buffer").any()
    return (*LEVERAGE_RULES, *(("leverage.g_sii_share",) if buffered else ()))
