"""What a bank has at risk with each client: exposures as Article 389 CRR counts them, and what reduces them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.rules import RuleSet
from plimsoll.units import round_to_cent

__all__ = ["AMOUNTS", "client_exposures"]

AMOUNTS = (
    "original",
    "provision",
    "deducted",
    "substituted",
    "funded_protection",
    "property",
    "exempted",
)
"""Columns of amounts. Those after the first are positive, and taken off it in this order."""

_KINDS = {
    "equity": "equity",
    "commitment": "loan_commitment",
    "credit_card": "loan_commitment",
    "current_account": "loan_commitment",
    "loan": "loan_commitment",
    "mortgage": "loan_commitment",
    "guarantee_issued": "financial_guarantee",
}
"""Kinds of what stands off the balance sheet (equity on it); the rest is another commitment, or a debt instrument."""

_SOVEREIGN = (
    "central_governments",
    "public_sector_entities",
    "multilateral_development_banks",
    "international_organisations",
    "regional_governments",
)
"""Classes whose exposures are exempt where they weigh nothing (Article 400(1), points (a), (b), (d) and (e))."""

_SECURED = ("real_estate_residential_non_ipre_secured", "real_estate_commercial_non_ipre_secured")
"""Parts of loans that property secures under Articles 125(1) and 126(1): up to 55 % of its value already."""

_UNDERLYING = ("securitisation", "fund")
_AS_GIVEN = ("derivative", "sft")
_ELSEWHERE = ("securitisation", *_AS_GIVEN)
"""Products whose weight another system computes: no line holds them."""


def client_exposures(standardised: pd.DataFrame, exposures: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Return a row for each line with a client, and one more for what a third party takes over of it.

    Parameters
    ----------
    standardised
        Every exposure by the standardised approach (Article 389: without risk weights or degrees of risk, so off
        the balance sheet at its whole nominal amount). A line that a third party covers names it; one that
        financial collateral covers says by how much (Articles 399, 401 and 403: protection that only internal
        ratings know does not count).
    exposures
        The book's table: exemptions, the trading book, and exposures that lines do not hold.
    rules
        Those in force on the reference date.

    Returns
    -------
    Columns exposure_id, counterparty_id, kind (debt, equity, derivative, loan_commitment, financial_guarantee,
    other_commitment), indirect, underlying, defaulted, trading_book, exemption (point of Article 400; empty without
    one) and `AMOUNTS`, to the cent. Exposures without a client are left out.
    """
    held = _with_elsewhere(standardised, exposures)
    flags = exposures.set_index("exposure_id")[["trading_book", "large_exposure_exemption"]]
    flags = flags.reindex(held["exposure_id"])
    products = held["product"].to_numpy(dtype=object)
    original = held["original_exposure"].to_numpy(np.float64)
    provision = held["provision"].to_numpy(np.float64)
    left = round_to_cent(original - provision)
    deducted = np.where(held["deducted"].to_numpy(np.bool_), left, 0.0)
    left = left - deducted
    providers = held["provider_id"].fillna("").to_numpy(dtype=object)
    covered = np.minimum(held["covered_amount"].to_numpy(np.float64), left)
    substituted = round_to_cent(np.where(providers != "", covered, 0.0))
    funded = round_to_cent(np.where(providers == "", covered, 0.0))
    pledged = np.minimum(held["collateral_adjusted"].to_numpy(np.float64), left - substituted - funded)
    funded = round_to_cent(funded + pledged)
    left = round_to_cent(left - substituted - funded)
    secured = held["sa_class"].isin(_SECURED).to_numpy(np.bool_)
    reduced = np.where(secured, left, 0.0)
    exemption, share = _exemptions(held, flags["large_exposure_exemption"].fillna("").to_numpy(object), rules)
    own = pd.DataFrame(
        {
            "exposure_id": held["exposure_id"].to_numpy(dtype=object),
            "counterparty_id": held["counterparty_id"].fillna("").to_numpy(dtype=object),
            "kind": _kinds(products, held["on_balance"].to_numpy(np.bool_)),
            "indirect": False,
            "underlying": np.isin(products, _UNDERLYING),
            "defaulted": held["defaulted"].to_numpy(np.bool_),
            "trading_book": flags["trading_book"].fillna(False).to_numpy(np.bool_),
            "exemption": np.where(substituted > 0, "", exemption),
            "original": original,
            "provision": provision,
            "deducted": deducted,
            "substituted": substituted,
            "funded_protection": funded,
            "property": reduced,
            "exempted": round_to_cent((left - reduced) * share),
        }
    )
    whole = pd.concat([own, _gained(own, providers, exemption)], ignore_index=True)
    return whole.loc[whole["counterparty_id"] != ""].reset_index(drop=True)


def _with_elsewhere(lines: pd.DataFrame, exposures: pd.DataFrame) -> pd.DataFrame:
    """Return the lines, and what they do not hold: securitisation positions, derivatives and securities financing."""
    missing = exposures.loc[exposures["product"].isin(_ELSEWHERE)]
    if missing.empty:
        return lines
    missing = missing.loc[~missing["exposure_id"].isin(lines["exposure_id"])]  # one deducted has a line
    given = missing["product"].isin(_AS_GIVEN)
    added = pd.DataFrame(
        {
            "exposure_id": missing["exposure_id"],
            "counterparty_id": missing["counterparty_id"],
            "product": missing["product"],
            "on_balance": missing["on_balance"],
            "original_exposure": missing["amount"]
            .where(~given, missing["counterparty_credit_exposure"])
            .fillna(0.0),
            "provision": missing["specific_provision"].where(~given, 0.0),
            "sa_class": "",
            "country": "",
            "base_weight": np.nan,
            "deducted": False,
            "provider_id": "",
            "covered_amount": 0.0,
            "collateral_adjusted": 0.0,
            "defaulted": missing["defaulted"],
        }
    )
    return pd.concat([lines[list(added.columns)], added], ignore_index=True)


def _kinds(products: NDArray[np.object_], on_balance: NDArray[np.bool_]) -> NDArray[np.object_]:
    away = pd.Series(products).map(_KINDS).fillna("other_commitment").to_numpy(dtype=object)
    kinds = np.where(on_balance, np.where(products == "equity", "equity", "debt"), away)
    return np.asarray(np.where(np.isin(products, _AS_GIVEN), "derivative", kinds), dtype=object)


def _exemptions(
    held: pd.DataFrame, named: NDArray[np.object_], rules: RuleSet
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return the point of Article 400 that exempts each line and the share it exempts, both of shape (lines,)."""
    nothing = held["base_weight"].to_numpy(np.float64) == 0.0
    classes = held["sa_class"]
    points = np.select(
        [
            (classes == "regional_governments").to_numpy(),
            classes.isin(["multilateral_development_banks", "international_organisations"]).to_numpy(),
        ],
        ["1e", "1b"],
        "1a",
    ).astype(object)
    told = nothing & classes.isin(_SOVEREIGN).to_numpy(np.bool_)
    abroad = ~held["country"].isin(list(rules["union.domestic_currency"].names)).to_numpy(np.bool_)
    told &= ~(
        abroad & (classes == "regional_governments").to_numpy()
    )  # point (e) is for Member States' regions
    points = np.where(told, points, named)
    half = rules["large_exposures.half_exempt"].number
    return points, np.where(points == "", 0.0, np.where(points == "2i", half, 1.0))


def _gained(
    own: pd.DataFrame, providers: NDArray[np.object_], exemption: NDArray[np.object_]
) -> pd.DataFrame:
    """Return what providers of protection take over from clients, as indirect exposures to them (Article 401(4)).

    The class of a covered line is its provider's: what is exempt for it is exempt for the provider (400(1)(c), (d)).
    """
    taken = own["substituted"].to_numpy(np.float64) > 0
    rows = own.loc[taken]
    exempt = np.isin(exemption[taken], ["1a", "1b", "1e"])
    return rows.assign(
        counterparty_id=providers[taken],
        indirect=True,
        underlying=False,
        exemption=np.where(exempt, "1c", ""),
        original=rows["substituted"],
        exempted=np.where(exempt, rows["substituted"], 0.0),
        **dict.fromkeys(AMOUNTS[1:-1], 0.0),
    )
