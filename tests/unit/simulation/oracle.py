"""A second reading of the law, one exposure at a time, in decimals: slow, sharing nothing with the engine.

It knows 30 June 2026 only. Numbers are typed from the articles, not taken from the rule files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pandas as pd

EURO = {
    "AT",
    "BE",
    "BG",
    "CY",
    "DE",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PT",
    "SI",
    "SK",
}
OWN = {"CZ": "CZK", "DK": "DKK", "HU": "HUF", "PL": "PLN", "RO": "RON", "SE": "SEK"}
ABROAD = {"CH": "CHF", "GB": "GBP", "IS": "ISK", "LI": "CHF", "NO": "NOK", "US": "USD"}
STATE = ("0", "0.2", "0.5", "1", "1", "1.5")
REGION = ("0.2", "0.5", "0.5", "1", "1", "1.5")
BY_STATE = ("0.2", "0.5", "1", "1", "1", "1.5")
BANK = ("0.2", "0.3", "0.5", "1", "1", "1.5")
SHORT = ("0.2", "0.2", "0.2", "0.5", "0.5", "1.5")
FIRM = ("0.2", "0.5", "0.75", "1", "1.5", "1.5")
COVERED = {"0.2": "0.1", "0.3": "0.15", "0.4": "0.2", "0.5": "0.25", "0.75": "0.35", "1": "0.5", "1.5": "1"}
OTHER = {
    "cash": "0",
    "cash_in_collection": "0.2",
    "tangible_asset": "1",
    "other_asset": "1",
    "intangible_software": "1",
    "deferred_tax_asset": "2.5",
}
EQUITY = {
    "speculative_unlisted": "1.6",
    "significant_financial": "2.5",
    "legislative_programme": "1",
    "central_bank": "0",
}
LISTED = {"european investment bank", "nordic investment bank", "council of europe development bank"}

Row = Mapping[str, Any]


def cent(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def money(value: Any) -> Decimal:
    return cent(Decimal(repr(float(value))))


def given(value: Any) -> bool:
    return not pd.isna(value)


def step_of(row: Row) -> int:
    return int(row["credit_quality_step"]) if given(row["credit_quality_step"]) else 0


def own_currency(country: str) -> str | None:
    return "EUR" if country in EURO else OWN.get(country)


def state_weight(step: int, country: str, currency: str) -> Decimal:
    if own_currency(country) == currency:
        return Decimal(0)
    if not step:
        return Decimal(1)
    weight = Decimal(STATE[step - 1])
    member = own_currency(country) is not None and currency in {"EUR", *OWN.values()}
    return weight / 2 if member else weight


def bank_weight(exposure: Row, obligor: Row, state_step: int) -> Decimal:
    days = int(exposure["original_maturity_days"]) if given(exposure["original_maturity_days"]) else 10**6
    trade = exposure["product"] == "trade_finance"
    short = days <= 90 or (trade and days <= 180)
    if step := step_of(obligor):
        return Decimal((SHORT if short else BANK)[step - 1])
    grade = obligor["scra_grade"] if given(obligor["scra_grade"]) else "c"
    long_weights = {"a_plus": "0.3", "a": "0.4", "b": "0.75", "c": "1.5"}
    short_weights = {"a_plus": "0.2", "a": "0.2", "b": "0.5", "c": "1.5"}
    weight = Decimal((short_weights if short else long_weights)[grade])
    country, currency = obligor["country"], exposure["currency"]
    if currency not in (own_currency(country), ABROAD.get(country)) and not (trade and days <= 365):
        weight = max(weight, state_weight(state_step, country, currency))
    return weight


def obligor_weight(exposure: Row, obligor: Row, state_step: int) -> Decimal:  # noqa: C901, PLR0911  # as the articles go
    kind, step, country = obligor["counterparty_type"], step_of(obligor), obligor["country"]
    by_state = Decimal(BY_STATE[state_step - 1]) if state_step else Decimal(1)
    if kind in ("central_government", "central_bank"):
        return state_weight(step, country, exposure["currency"])
    if kind == "regional_government":
        if own_currency(country) == exposure["currency"]:
            return Decimal("0.2")
        return Decimal(REGION[step - 1]) if step else by_state
    if kind == "public_sector_entity":
        if given(exposure["original_maturity_days"]) and exposure["original_maturity_days"] <= 90:
            return Decimal("0.2")
        return Decimal(REGION[step - 1]) if step else by_state
    if kind == "multilateral_development_bank":
        if obligor["zero_weight_body"] or (given(obligor["name"]) and obligor["name"].lower() in LISTED):
            return Decimal(0)
        return Decimal(BANK[step - 1]) if step else Decimal("0.5")
    if kind == "international_organisation":
        return Decimal(0)
    if kind in ("credit_institution", "investment_firm"):
        return bank_weight(exposure, obligor, state_step)
    security = exposure["product"] in ("bond", "covered_bond")
    retail = kind in ("natural_person", "corporate") and exposure["retail_eligible"] and not security
    if retail:
        return Decimal("0.45") if exposure["transactor"] else Decimal("0.75")
    return Decimal(FIRM[step - 1]) if step else Decimal(1)


def band(ratio: Decimal, kind: str) -> tuple[Decimal, bool]:
    """Return the weight of the band, and whether it is the lowest."""
    homes = (("0.5", "0.3"), ("0.6", "0.35"), ("0.8", "0.45"), ("0.9", "0.6"), ("1", "0.75"))
    shops = (("0.6", "0.7"), ("0.8", "0.9"))
    table, above = (homes, "1.05") if kind == "residential" else (shops, "1.1")
    for place, (edge, weight) in enumerate(table):
        if ratio <= Decimal(edge):
            return Decimal(weight), place == 0
    return Decimal(above), False


def property_parts(
    net: Decimal, amount: Decimal, lien: Row, weight: Decimal
) -> list[tuple[Decimal, Decimal]]:
    """Return the parts of a performing exposure with property behind it: net amount and weight of each."""
    kind, value, prior = lien["property_type"], money(lien["property_value"]), money(lien["prior_liens"])
    if kind == "adc":
        return [(net, Decimal(1) if lien["presold"] else Decimal("1.5"))]
    if not lien["eligible"]:
        return [(net, Decimal("1.5") if lien["income_producing"] else weight)]
    within = min(net, money(lien["lien_amount"])) if given(lien["lien_amount"]) else net
    exempt = lien["ipre_exempt"] and kind == "residential"
    if lien["income_producing"] and not exempt:
        ratio = (amount + prior) / value if value else Decimal("Infinity")
        first, lowest = band(ratio, kind)
        if prior > 0 and not lowest:
            first = min(first * Decimal("1.25"), Decimal("1.5"))
        return [(within, first), (net - within, Decimal("1.5"))]
    secured = min(within, max(cent(value * Decimal("0.55")) - prior, Decimal(0)))
    return [(secured, Decimal("0.2") if kind == "residential" else Decimal("0.6")), (net - secured, weight)]


def parts_of(  # noqa: PLR0911  # one return for each article
    exposure: Row, obligor: Row | None, lien: Row | None, state_step: int, factor: Decimal
) -> list[tuple[Decimal, Decimal]]:
    amount = money(exposure["amount"])
    net = amount - money(exposure["specific_provision"])
    product = exposure["product"]
    if given(exposure["cet1_item"]):
        return [(net, Decimal(0))]
    if product in OTHER:
        return [(net, Decimal(OTHER[product]))]
    if product == "fund":
        return [(net, Decimal("12.5"))]
    if product == "equity":
        return [(net, Decimal(EQUITY.get(exposure["equity_type"], "1.3")))]
    assert obligor is not None
    if exposure["defaulted"]:
        covered = money(exposure["specific_provision"]) >= cent(cent(amount * factor) * Decimal("0.2"))
        bare = Decimal(1) if covered else Decimal("1.5")
        if lien is None or lien["property_type"] == "adc" or not lien["eligible"]:
            return [(net, bare)]
        if lien["income_producing"] and not (lien["ipre_exempt"] and lien["property_type"] == "residential"):
            return [(net, bare)]
        within = min(net, money(lien["lien_amount"])) if given(lien["lien_amount"]) else net
        return [(within, Decimal(1)), (net - within, bare)]
    if exposure["subordinated"]:
        return [(net, Decimal("1.5"))]
    weight = obligor_weight(exposure, obligor, state_step)
    if product == "covered_bond":
        return [(net, Decimal(COVERED[str(weight.normalize() if weight != 1 else Decimal(1))]))]
    return property_parts(net, amount, lien, weight) if lien is not None else [(net, weight)]


def factor_of(exposure: Row) -> Decimal:
    if exposure["on_balance"]:
        return Decimal(1)
    if exposure["ccf_bucket"] == 5 and exposure["product"] not in ("guarantee_issued", "trade_finance"):
        return Decimal(0)
    return Decimal({1: "1", 2: "0.5", 3: "0.4", 4: "0.2", 5: "0.1"}[int(exposure["ccf_bucket"])])


def sme_factors(
    exposures: list[Row], obligors: Mapping[str, Row], liens: Mapping[str, Row]
) -> dict[str, Decimal]:
    """Return the factor of each group of connected clients."""
    other: dict[str, Decimal] = defaultdict(Decimal)
    homes: dict[str, Decimal] = defaultdict(Decimal)
    for exposure in exposures:
        if not given(exposure["counterparty_id"]):
            continue
        lien = liens.get(exposure["exposure_id"])
        secured = lien is not None and lien["property_type"] == "residential"
        if secured or exposure["on_balance"]:  # of claims on homes, contingent ones count too
            (homes if secured else other)[group_of(obligors[exposure["counterparty_id"]])] += money(
                exposure["amount"]
            )
    factors = {}
    for group in {group_of(obligor) for obligor in obligors.values()}:
        owed, limit = other[group] or homes[group], Decimal(2_500_000)
        mixed = min(owed, limit) * Decimal("0.7619") + max(owed - limit, Decimal(0)) * Decimal("0.85")
        factors[group] = mixed / owed if owed else Decimal("0.7619")
    return factors


def group_of(obligor: Row) -> str:
    return f"g {obligor['group_id']}" if given(obligor["group_id"]) else f"o {obligor['counterparty_id']}"


def rwa_by_exposure(tables: Mapping[str, pd.DataFrame]) -> dict[str, Decimal]:
    """Return the risk-weighted exposure amount of every exposure of a book in euro, on 30 June 2026."""
    exposures = tables["exposures"].to_dict("records")
    obligors = {row["counterparty_id"]: row for row in tables["counterparties"].to_dict("records")}
    liens = {row["exposure_id"]: row for row in tables["collateral"].to_dict("records")}
    steps: dict[str, int] = defaultdict(int)
    for obligor in obligors.values():
        if obligor["counterparty_type"] == "central_government":
            steps[obligor["country"]] = max(steps[obligor["country"]], step_of(obligor))
    factors = sme_factors(exposures, obligors, liens)
    result = {}
    for exposure in exposures:
        obligor = obligors.get(exposure["counterparty_id"]) if given(exposure["counterparty_id"]) else None
        lien, factor = liens.get(exposure["exposure_id"]), factor_of(exposure)
        parts = parts_of(exposure, obligor, lien, steps[obligor["country"]] if obligor else 0, factor)
        result[exposure["exposure_id"]] = sum(
            (_rwa(exposure, obligor, lien, net * factor, weight, factors) for net, weight in parts),
            Decimal(0),
        )
    return result


def _rwa(
    exposure: Row,
    obligor: Row | None,
    lien: Row | None,
    value: Decimal,
    weight: Decimal,
    factors: Mapping[str, Decimal],
) -> Decimal:
    plain = not exposure["defaulted"] and not exposure["subordinated"] and exposure["product"] not in (
        *OTHER, "equity", "fund", "covered_bond",
    )  # fmt: skip
    if obligor is None or not plain:
        return value * weight
    kind = obligor["counterparty_type"]
    if kind == "natural_person" and exposure["income_currency_mismatch"]:
        retail = lien is None and exposure["product"] != "bond"
        if retail or (lien is not None and lien["property_type"] == "residential"):
            weight = max(weight, min(weight * Decimal("1.5"), Decimal("1.5")))
    small = kind == "corporate" and given(obligor["turnover"]) and obligor["turnover"] <= 50_000_000
    if small and not (lien is not None and lien["property_type"] == "adc"):
        return value * weight * factors[group_of(obligor)]
    return value * weight
