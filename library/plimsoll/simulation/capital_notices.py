"""What a reader must know of own funds, their deductions and the output floor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plimsoll.capital.non_performing import classified
from plimsoll.data import Book
from plimsoll.simulation.capital_position import CapitalPosition

__all__ = ["about_deductions", "about_floor", "about_own_funds"]

_ADJUSTMENTS = "t2_general_credit_risk_adjustments"


def about_own_funds(book: Book, position: CapitalPosition) -> Iterator[str]:
    """Tell what limits took away, what was not calculated, and what was."""
    funds = position.funds
    if funds.lines.empty:
        yield "The book has no own funds items, so there are no capital ratios."
        return
    of_line = funds.parts[funds.parts["line"] == _ADJUSTMENTS]
    given = of_line.loc[of_line["origin"] != "limit", "amount"].sum()
    if (of_line["origin"] == "limit").any():
        yield (
            f"General credit risk adjustments of {given:,.2f} count as Tier 2 only up to "
            f"{of_line['amount'].sum():,.2f} (Article 62(c) CRR)."
        )
    if "minority_interest" in set(book.table("own_funds_items")["item"]):
        yield "Minority interests are taken as the book gives them: it has no `subsidiaries` (Articles 84 to 88 CRR)."
    if (funds.parts["line"] == "at1_excess_deduction").any():
        yield (
            "Deductions exceed Additional Tier 1 and are taken of Common Equity Tier 1 (Article 36(1)(j) CRR); in the "
            "17.65 % threshold they count before the items of Article 62(c) and (d)."
        )
    yield from _about_coverage(book, position)


def _about_coverage(book: Book, position: CapitalPosition) -> Iterator[str]:
    exposures = book.table("exposures")
    undated = exposures["defaulted"] & exposures["cet1_item"].isna()
    undated &= np.isnat(classified(exposures)) | exposures["start_date"].isna()
    given = "npe_insufficient_coverage" in set(book.table("own_funds_items")["item"])
    if undated.any() and not given:
        amount = exposures.loc[undated, "amount"].sum()
        yield (
            f"{int(undated.sum())} exposure(s) in default of {amount:,.2f} do not say since when "
            "(`non_performing_since` or `default_date`, with `start_date`): their coverage (Article 47c CRR) is not "
            "calculated, and nothing is deducted for them."
        )
    asked = len(position.coverage)
    lacking = position.coverage["insufficient"][position.coverage["insufficient"] > 0]
    if len(lacking):
        yield (
            f"{len(lacking)} of {asked} non-performing exposure(s) originated since 26 April 2019 lack coverage of "
            f"{lacking.sum():,.2f}, which is deducted (Article 36(1)(m) CRR)."
        )
    elif asked:
        yield (
            f"{asked} non-performing exposure(s) originated since 26 April 2019 are covered as Article 47c CRR asks: "
            "nothing is deducted for them."
        )


def about_deductions(book: Book, position: CapitalPosition) -> Iterator[str]:
    """Tell where assets carry no risk weight because they are deducted, and own funds deduct less."""
    deducted = book.table("exposures").dropna(subset="cet1_item")
    if deducted.empty or position.funds.lines.empty:
        return
    taken = position.funds.lines.set_index("line")["amount"]
    for item, amount in deducted.groupby("cet1_item")["amount"].sum().items():
        less = max(-float(taken.get(item, 0.0)), 0.0)
        if less < amount:
            yield (
                f"Assets of {amount:,.2f} carry no risk weight because they are deducted as {item}, but own "
                f"funds deduct {less:,.2f} there."
            )


def about_floor(position: CapitalPosition) -> Iterator[str]:
    """Tell what the output floor does."""
    floor = position.floor
    if floor is None:
        yield (
            "The output floor does not bind: without internal models the total risk exposure amount is the "
            "unfloored one (Article 92(3) CRR)."
        )
        return
    added = floor.adjustment / 100
    yield (
        f"The output floor is {floor.factor:.1%} of the standardised total risk exposure amount of "
        f"{floor.standardised / 100:,.2f} and adds {added:,.2f}; without its transition it would add "
        f"{floor.adjustment_fully_loaded / 100:,.2f} (Articles 92(3) and 465(1) and (2) CRR). The transitional weights "
        "of Article 465(3) to (5) are not used."
    )
