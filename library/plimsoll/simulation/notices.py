"""What a reader of a result must know: what the book leaves out, and what was assumed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from plimsoll.capital.requirements import NOT_REPORTED
from plimsoll.credit.supervision import supervised_as_in_union, within_union
from plimsoll.data import Book
from plimsoll.errors import SimulationError
from plimsoll.rules import RuleSet
from plimsoll.simulation.capital_notices import about_deductions, about_floor, about_own_funds
from plimsoll.simulation.capital_position import CapitalPosition
from plimsoll.simulation.rating_notices import Facts, about_protection, about_ratings

__all__ = ["SUPERVISED", "about_third_countries", "check_legislative_equity", "notices_of"]

SUPERVISED = ("credit_institution", "investment_firm", "public_sector_entity")
"""Types of obligors whose weight depends on supervision abroad."""


_READ = (
    "deducted", "original_exposure", "country", "rule_id", "sa_class", "irb_class", "ccf_bucket", "ccf_in_transition",
    "currency_mismatch_addition",
)  # fmt: skip
_ABROAD_SHARE = 0.10  # ITS (EU) 2024/3117, Article 5(2)


def check_legislative_equity(lines: pd.DataFrame, funds: pd.DataFrame, rules: RuleSet) -> None:
    """Check that equity under legislative programmes stays within its share of own funds (Article 133(5)).

    Raises
    ------
    SimulationError
        It does not: the excess has the weight of other equity.
    """
    held = lines.loc[lines["rule_id"] == "credit.sa.equity.legislative_programme", "ead"].sum()
    if held <= 0 or funds.empty:
        return
    total = float(funds.loc[funds["line"] == "own_funds", "amount"].iloc[0])
    limit = rules["credit.sa.equity.legislative_programme_limit"].number * total
    if held > limit:
        raise SimulationError(
            f"equity under legislative programmes is {held:,.2f}, above the {limit:,.2f} that may weigh "
            "100 % (Article 133(5) CRR): give the excess another `equity_type`"
        )


def about_third_countries(book: Book, rules: RuleSet) -> tuple[str, ...]:
    """Return the notice whose supervision outside the Union counts as equivalent, where the book does not say."""
    parties = book.table("counterparties")
    supervised = parties["counterparty_type"].isin(SUPERVISED) & parties["equivalent_supervision"].isna()
    abroad = supervised & ~parties["country"].isin(sorted(within_union(rules)))
    if not abroad.any():
        return ()
    unlisted = int((abroad.to_numpy(np.bool_) & ~supervised_as_in_union(parties, rules)).sum())
    others = (
        f"{unlisted} of other countries weigh as corporates where that is more, public sector entities 100 % "
        "(Article 116(5) CRR)"
        if unlisted
        else "all are of such countries"
    )
    return (
        f"{int(abroad.sum())} institution(s) and public sector entities outside the Union do not say "
        "`equivalent_supervision`: institutions of countries listed as equivalent count as institutions (Article "
        f"107(3) CRR, Implementing Decision (EU) 2021/1753); {others}.",
    )


def notices_of(
    book: Book,
    facts: Facts,
    position: CapitalPosition,
    elsewhere: pd.DataFrame,
    protection: pd.DataFrame,
) -> tuple[str, ...]:
    """Return the notices of a result, in a fixed order."""
    lines, amounts = position.lines.some(*_READ), position.requirements
    return (
        *book.notices,
        *_about_entity(book),
        *_about_countries(book, lines),
        *about_own_funds(book, position),
        *_about_risks(amounts, elsewhere),
        *about_deductions(book, position),
        *_about_weights(book, facts, lines),
        *about_ratings(facts, lines),
        *about_protection(protection),
        *about_floor(position),
    )


def _about_entity(book: Book) -> Iterator[str]:
    if book.entity.accounting is None:
        yield (
            "The entity's accounting standard is not stated (`accounting`, ifrs or gaap): template C 00.01, "
            "the nature of the report, stays out of a return."
        )


def _about_countries(book: Book, lines: pd.DataFrame) -> Iterator[str]:
    counted = lines.loc[~lines["deducted"], ["original_exposure", "country"]]
    amounts, countries = counted["original_exposure"], counted["country"]
    total = amounts.sum()
    abroad = amounts[(countries != "") & (countries != book.entity.country)].sum()
    if total > 0 and abroad >= _ABROAD_SHARE * total:
        yield (
            f"Exposures to obligors abroad are {abroad / total:.1%} of the original exposures: from 10 % the "
            "geographical breakdown, C 09.01 and C 09.02, is owed (ITS (EU) 2024/3117 Article 5(2)), and filled."
        )


def _about_risks(amounts: pd.DataFrame, elsewhere: pd.DataFrame) -> Iterator[str]:
    missing = [str(row.risk) for row in amounts.itertuples(index=False) if row.source == NOT_REPORTED]
    if missing:
        yield f"No amount is reported for {', '.join(missing)}: counted as zero."
    if not elsewhere.empty:
        products = ", ".join(sorted(elsewhere["product"].unique()))
        yield (
            f"{len(elsewhere)} exposure(s) of {elsewhere['amount'].sum():,.2f} ({products}) are not weighed "
            "here: their risk exposure amount is the one reported."
        )


def _about_weights(book: Book, facts: Facts, lines: pd.DataFrame) -> Iterator[str]:
    if book.entity.currency != "EUR":
        yield (
            f"Amounts are in {book.entity.currency} and the thresholds of the SME factor in euro: no "
            "exposure is treated as one to an SME (Articles 5(9) and 501 CRR)."
        )
    rule = lines["rule_id"]
    public = lines["sa_class"].isin(["regional_governments", "public_sector_entities"])
    if public.any() and not rule[public].str.endswith(".as_government").any():
        yield (
            "No region or public sector entity is treated as its central government (Articles 115(2) and "
            "116(4) CRR): mark those on the supervisor's list as `treated_as_government`."
        )
    if lines["sa_class"].str.endswith("_ipre").any():
        yield (
            "No national derogation from the bands of income-producing property is applied (Articles 125(2) "
            "and 126(2) CRR), and a ratio of exposure to value adds undrawn parts and further loans only where "
            "the book places them on the same property (`property_id`; Article 124(6) CRR)."
        )
    if rule.isin(["credit.sa.sovereign.member_state_own_currency"]).any():
        yield "Exposures to Member States in their own currency count as funded in it (Article 114(4) CRR)."
    unrated = (".government_unrated", "institution.government_floor")
    if rule.str.endswith(unrated).any():
        yield (
            "Some obligors weigh as their central government does, which this book rates only where it holds "
            "a rated exposure to it; without one the government counts as unrated."
        )
    if facts.income_unsaid and (lines["currency_mismatch_addition"] > 0).any():
        yield (
            f"{facts.income_unsaid} exposure(s) to natural persons do not say `income_currency_mismatch`: those in "
            "another currency than that of the person's country count as unhedged mismatches (Article 123a(1) CRR)."
        )
    if facts.ungraded:
        yield "Unrated institutions without a grade are in grade C (Article 121(1)(c) CRR)."
    if (lines["ccf_bucket"] == 5).any():
        yield (
            "Commitments in bucket 5 are taken as unconditionally cancellable: Article 495d CRR multiplies "
            "their percentage by 0 % until 31 December 2029."
        )
