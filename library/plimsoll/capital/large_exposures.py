"""Large exposures: by client and group of connected clients, what is reported, the limits (Articles 387 to 403 CRR)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.capital.client_exposures import client_exposures
from plimsoll.capital.client_groups import client_groups
from plimsoll.credit.supervision import supervised_as_in_union
from plimsoll.rules import RuleSet
from plimsoll.units import cents, round_to_cent

__all__ = ["LARGE_EXPOSURE_RULES", "LargeExposures", "Reporter", "find_large_exposures"]

LARGE_EXPOSURE_RULES = (
    "large_exposures.threshold",
    "large_exposures.limit",
    "large_exposures.limit_institutions",
    "large_exposures.limit_institutions_cap",
    "large_exposures.limit_g_sii",
    "large_exposures.reported_amount",
    "large_exposures.largest_of_rated",
    "large_exposures.largest_institutions",
    "large_exposures.half_exempt",
)
_CENTS = 100


@dataclass(frozen=True)
class Reporter:
    """What of the reporting institution matters: its Tier 1 capital (NaN where unknown), and how it reports.

    `consolidated` is on a consolidated basis; `rated` with internal ratings; `in_euro` with the euro as reporting
    currency, without which thresholds in euro cannot be applied; `g_sii` a globally systemic institution.
    """

    tier1: float
    consolidated: bool
    rated: bool
    in_euro: bool
    g_sii: bool


@dataclass(frozen=True, eq=False)
class LargeExposures:
    """Exposures by client and by group, the limits, and what is reported.

    Attributes
    ----------
    exposures
        A row a line and client, with `group_id` (the client's own identifier where it has no group).
    groups
        A row for each group or individual client: group_id, head_id (the client that stands for it), connected
        (several clients), institution, before and after (exposure value before and after exemptions and credit risk
        mitigation), share_before, share_after (of Tier 1 capital), others_after (of connected clients that are no
        institutions), limit, excess (over the limit), large, reported and why.
    limits
        Columns limit (non_institutions, institutions, g_sii), amount, share, article.
    missing
        Why there is nothing to report, a sentence each; empty where there is.
    unnamed
        A sentence where clients that are reported have neither an LEI nor a national code; empty otherwise.
    """

    exposures: pd.DataFrame = field(repr=False)
    groups: pd.DataFrame = field(repr=False)
    limits: pd.DataFrame = field(repr=False)
    tier1: float
    missing: tuple[str, ...]
    unnamed: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = LARGE_EXPOSURE_RULES

    @property
    def breaches(self) -> pd.DataFrame:
        """The groups and clients above their limit, the largest excess first (Article 395(1))."""
        above = self.groups.loc[self.groups["excess"] > 0]
        return above.sort_values(["excess", "group_id"], ascending=[False, True]).reset_index(drop=True)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader must know: what is missing, each breach, and how clients without a code are named."""
        above = zip(*(self.breaches[name] for name in ("group_id", "after", "limit")), strict=True)
        return (
            *self.missing,
            *(
                f"The exposure to {group} is {after:,.2f}, above the limit of {limit:,.2f} (Article 395(1) CRR)."
                for group, after, limit in above
            ),
            *self.unnamed,
        )


def find_large_exposures(
    standardised: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    reporter: Reporter,
    rules: RuleSet,
) -> LargeExposures:
    """Return the exposures to every client and group, which of them are large, and which break a limit.

    Parameters
    ----------
    standardised
        Every exposure by the standardised approach.
    tables
        The book's tables under the scenario: exposures and counterparties.
    reporter
        The reporting institution.
    rules
        Those in force on the reference date.
    """
    exposures = client_exposures(standardised, tables["exposures"], rules)
    clients = tables["counterparties"].set_index("counterparty_id", drop=False)
    clients["as_in_union"] = supervised_as_in_union(clients, rules)
    exposures["group_id"] = _group_of(exposures["counterparty_id"], clients)
    groups = client_groups(exposures, clients)
    limits = _limits(reporter, rules)
    groups = _against_limits(groups, limits, reporter)
    groups = _reported(groups, reporter, rules)
    missing = tuple(_missing(tables["exposures"], reporter))
    unnamed = tuple(_unnamed(exposures, groups, clients))
    return LargeExposures(exposures, groups, limits, reporter.tier1, missing, unnamed)


def _group_of(clients: pd.Series, known: pd.DataFrame) -> pd.Series:
    """Return the group of each client, its own identifier where it has none."""
    return clients.map(known["group_id"]).astype(object).fillna(clients)


def _limits(reporter: Reporter, rules: RuleSet) -> pd.DataFrame:
    """Return the limits of Article 395(1) as amounts to the cent and as shares of Tier 1 capital."""
    tier1 = max(reporter.tier1, 0.0)
    share = rules["large_exposures.limit"]
    whole = rules["large_exposures.limit_institutions"]
    cap = rules["large_exposures.limit_institutions_cap"].number * tier1
    amounts = {"non_institutions": (share.number * tier1, share.article)}
    euro = min(whole.number, cap) if reporter.in_euro else 0.0
    amounts["institutions"] = (max(share.number * tier1, euro), whole.article)
    if reporter.g_sii:
        narrow = rules["large_exposures.limit_g_sii"]
        amounts["g_sii"] = (narrow.number * tier1, narrow.article)
    known = not math.isnan(reporter.tier1)
    rows = [
        (
            name,
            math.floor(round(amount * _CENTS, 4)) / _CENTS,
            amount / tier1 if tier1 > 0 else math.nan,
            article,
        )
        for name, (amount, article) in amounts.items()
        if known
    ]
    frame = pd.DataFrame(rows, columns=["limit", "amount", "share", "article"])
    return frame.astype({"limit": "str", "amount": float, "share": float, "article": "str"})


def _against_limits(groups: pd.DataFrame, limits: pd.DataFrame, reporter: Reporter) -> pd.DataFrame:
    """Return the groups with limit and excess: of the whole, and of connected clients that are no institutions."""
    amounts = dict(zip(limits["limit"], limits["amount"], strict=True))
    nan = float("nan")
    bank = groups["institution"].to_numpy(np.bool_)
    own, others_own = amounts.get("institutions", nan), amounts.get("non_institutions", nan)
    limit = np.full(len(groups), others_own)
    limit[bank] = own
    if reporter.g_sii:
        narrow = np.minimum(limit, amounts.get("g_sii", nan))
        limit = np.where(groups["g_sii"].to_numpy(np.bool_), narrow, limit)
    over = np.maximum(groups["after"].to_numpy(np.float64) - limit, 0.0)
    others = groups["others_after"].to_numpy(np.float64) - others_own
    excess = np.where(bank, np.maximum(over, others), over)
    tier1 = reporter.tier1 if reporter.tier1 > 0 else nan
    return groups.assign(
        share_before=groups["before"] / tier1,
        share_after=groups["after"] / tier1,
        limit=limit,
        excess=round_to_cent(np.nan_to_num(np.maximum(excess, 0.0))),
    )


def _reported(groups: pd.DataFrame, reporter: Reporter, rules: RuleSet) -> pd.DataFrame:
    """Return the groups with `large`, `reported` and `why` (Articles 392 and 394)."""
    floor = rules["large_exposures.threshold"].number * max(reporter.tier1, 0.0)
    before = groups["before"].to_numpy(np.float64)
    large = (before >= floor) & (before > 0) & (reporter.tier1 > 0)
    reasons = {"CRR Art. 392": large}
    if reporter.consolidated:
        amount = rules["large_exposures.reported_amount"].number
        reasons["CRR Art. 394(1), third subparagraph"] = (before >= amount) & reporter.in_euro
        most = int(rules["large_exposures.largest_institutions"].number)
        for flag in ("institution", "shadow_banking"):
            reasons[f"CRR Art. 394(2), {flag}"] = _largest(
                groups, before, groups[flag].to_numpy(np.bool_), most
            )
        if reporter.rated:
            most = int(rules["large_exposures.largest_of_rated"].number)
            left = before - groups["exempted"].to_numpy(np.float64)
            chosen = _largest(groups, left, left > 0, most)
            reasons["CRR Art. 394(1), second subparagraph"] = chosen
    reported = np.logical_or.reduce(list(reasons.values()))
    why = np.full(len(groups), "", dtype=object)
    for place in np.flatnonzero(reported):
        why[place] = "; ".join(name.split(", ")[0] for name, held in reasons.items() if held[place])
    return groups.assign(large=large, reported=reported, why=pd.array(why, dtype="str"))


def _largest(
    groups: pd.DataFrame, amounts: NDArray[np.float64], among: NDArray[np.bool_], most: int
) -> NDArray[np.bool_]:
    """Return which groups are the largest, shape (groups,); of equal ones the first by name."""
    order = np.lexsort((groups["group_id"].to_numpy(dtype=str), -cents(amounts)))
    chosen = np.zeros(len(groups), dtype=np.bool_)
    chosen[[place for place in order if among[place] and amounts[place] > 0][:most]] = True
    return chosen


def _missing(exposures: pd.DataFrame, reporter: Reporter) -> Iterator[str]:
    if math.isnan(reporter.tier1):
        yield "The book has no own funds items, so there are no large exposures."
    given = exposures["product"].isin(["derivative", "sft"])
    silent = int((given & exposures["counterparty_credit_exposure"].isna()).sum())
    if silent:
        yield (
            f"There are no large exposures: {silent} derivative(s) or securities financing transaction(s) lack "
            "`counterparty_credit_exposure`, their exposure value (Article 390(4) CRR)."
        )


def _unnamed(exposures: pd.DataFrame, groups: pd.DataFrame, clients: pd.DataFrame) -> Iterator[str]:
    reported = exposures["group_id"].isin(groups.loc[groups["reported"], "group_id"])
    facts = clients.reindex(exposures.loc[reported, "counterparty_id"].unique())
    count = int((facts["lei"].isna() & facts["national_code"].isna()).sum())
    if count:
        yield (
            f"{count} client(s) in the returns on large exposures have neither an LEI nor a national code: templates "
            "C 27.00 to C 29.00 name them by the book's identifier."
        )
