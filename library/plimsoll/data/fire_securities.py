"""Where FIRE securities go: holdings, guarantees issued, debt issued and capital."""

from __future__ import annotations

from plimsoll.data.fire_object import FireObject, Refused
from plimsoll.data.fire_placing import SUBORDINATED, Placing, bucket, common_facts

__all__ = ["place_security"]

_FINANCING = (
    "securities financing is not computed by this version: "
    "report counterparty credit risk in reported_amounts"
)
_TRADING = "is in the trading book: report its market risk in reported_amounts"


def place_security(thing: FireObject, placing: Placing) -> None:
    """Put a security where it belongs: off balance sheet, capital, debt or holding."""
    if thing.get("sft_type") is not None:
        raise Refused("sft_type", thing.get("sft_type"), _FINANCING)
    if thing.get("mna_id") is not None or thing.get("purpose") in (
        "variation_margin",
        "independent_collateral_amount",
    ):
        raise Refused("purpose", thing.get("purpose"), f"is margin or collateral of trades: {_FINANCING}")
    side = thing.text("asset_liability", "asset, liability or equity?")
    if thing.facts.get("on_balance_sheet") is False:
        _place_guarantee(thing, placing)
    elif side == "equity":
        _place_capital(thing, placing)
    elif side == "liability":
        _place_debt(thing, placing)
    elif side == "asset":
        _place_holding(thing, placing)
    else:
        raise Refused("asset_liability", side, "has no place in the book")


def _place_guarantee(thing: FireObject, placing: Placing) -> None:
    thing.flag("on_balance_sheet")
    currency, price = thing.price(placing.rates, placing.entity.currency)
    placing.add(
        "exposures",
        counterparty_id=placing.obligor(thing, "customer_id"),
        product=thing.term(
            "type", placing.terms["issued_product"], "off balance sheet this type has no place in the book"
        ),
        on_balance=False,
        amount=thing.amount(thing.natural("balance"), price),
        specific_provision=thing.amount(thing.find_natural("impairment_amount"), price),
        currency=currency,
        ccf_bucket=bucket(thing),
        **common_facts(thing, placing),
    )


def _place_capital(thing: FireObject, placing: Placing) -> None:
    _, price = thing.price(placing.rates, placing.entity.currency)
    tier = thing.text("capital_tier", "nothing says which tier of own funds it is")
    lines = {
        ("ce_tier_1", "share_capital"): "cet1_paid_up_capital",
        ("add_tier_1", "share_capital"): "at1_paid_up",
    }
    purpose = thing.text("purpose", "nothing says which line of own funds it is")
    if (tier, purpose) not in lines:
        raise Refused(
            "capital_tier", tier, f"with purpose {purpose!r} has no line of own funds: state own_funds_items"
        )
    if thing.text("status", "own funds must be paid up (Article 28)") != "paid_up":
        raise Refused("status", thing.get("status"), "is not paid_up: it is no own-funds item (Article 28)")
    amount = thing.amount(thing.natural("balance"), price)
    name = thing.text("id")
    placing.add(
        "own_funds_items",
        item_id=name,
        item=lines[tier, purpose],
        amount=amount,
        about=f"FIRE security {name}",
    )


def _place_debt(thing: FireObject, placing: Placing) -> None:
    """Add debt the bank issued; subordinated debt that counts as Tier 2 goes to own funds too."""
    kind = thing.text("type", "the product is needed")
    if kind == "cash":
        raise Refused("type", kind, "a payable in cash has no place in the book: report it in the ledger")
    issuer = thing.find_text("issuer_id")
    if issuer is not None and issuer not in placing.parties:
        raise Refused("issuer_id", issuer, "names no issuer among the documents")
    currency, price = thing.price(placing.rates, placing.entity.currency)
    tier = thing.find_text("capital_tier")
    if tier not in (None, "tier_2"):
        raise Refused(
            "capital_tier", tier, "of a liability has no line of own funds here: state own_funds_items"
        )
    ranks_after = tier is not None or thing.find_text("seniority") in SUBORDINATED
    amount = thing.amount(thing.natural("balance"), price)
    name, end = thing.text("id"), thing.find_date("end_date") or thing.find_date("maturity_date")
    if tier == "tier_2":
        if end is not None and (end - placing.day).days <= 5 * 366:
            why = (
                "lies within five years: the amortised amount (Article 64) must be stated in own_funds_items"
            )
            raise Refused("end_date", end, why)
        placing.add(
            "own_funds_items", item_id=name, item="t2_paid_up", amount=amount, about=f"FIRE security {name}"
        )
    placing.add(
        "deposits",
        deposit_id=name,
        product="subordinated_debt" if ranks_after else "debt_issued",
        amount=amount,
        currency=currency,
        maturity_date=end,
        rate=thing.find_rate(),
    )


def _place_holding(thing: FireObject, placing: Placing) -> None:
    """Add cash, a reserve, a debt security or a share that the bank holds."""
    if thing.get("regulatory_book") == "trading_book":
        raise Refused("regulatory_book", "trading_book", _TRADING)
    kind = thing.text("type", "the product is needed")
    product = thing.term(
        "type", placing.terms["security_product"], "securities of this type have no place in the book yet"
    )
    currency, price = thing.price(placing.rates, placing.entity.currency)
    if product not in ("cash", "central_bank_balance"):
        thing.text("regulatory_book", "the trading book is computed differently")
    own = product == "cash"
    cents = thing.natural("balance")
    party = None if own else placing.obligor(thing, "issuer_id")
    if (
        party is not None
        and thing.get("cqs_standardised") is not None
        and placing.parties[party]["credit_quality_step"] is None
    ):
        why = "rates the issue: the book reads the step of the issuer (cqs_standardised of the issuer)"
        raise Refused("cqs_standardised", thing.get("cqs_standardised"), why)
    facts = {"exposure_id": thing.text("id"), "defaulted": False} if own else common_facts(thing, placing)
    placing.add(
        "exposures",
        **facts,
        counterparty_id=party,
        product=product,
        on_balance=True,
        amount=thing.amount(cents, price),
        specific_provision=thing.amount(thing.find_natural("impairment_amount"), price),
        currency=currency,
        equity_type=placing.terms["equity_type"].get(kind),
    )
    if thing.get("hqla_class") is not None:
        _place_liquidity(thing, placing, product, cents)


def _place_liquidity(thing: FireObject, placing: Placing, product: str, cents: int) -> None:
    _, price = thing.price(placing.rates, placing.entity.currency)
    hqla = thing.term("hqla_class", placing.terms["hqla_class"], "is no class of liquid assets")
    if product == "covered_bond" and hqla == "level_1":
        hqla = "level_1_covered_bond"
    name = "mtm_clean" if thing.get("mtm_clean") is not None else "mtm_dirty"
    if thing.get(name) is None and product not in ("cash", "central_bank_balance"):
        raise Refused(
            "mtm_clean", None, "is missing, and mtm_dirty too: a liquid asset counts at market value"
        )
    value = cents if thing.get(name) is None else thing.natural(name)
    placing.add(
        "securities",
        security_id=thing.text("id"),
        exposure_id=thing.text("id"),
        hqla_class=hqla,
        market_value=thing.amount(value, price),
        encumbered_amount=thing.amount(thing.find_natural("encumbrance_amount"), price),
    )
