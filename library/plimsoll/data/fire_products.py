"""Where FIRE loans, accounts and collateral go in the book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from plimsoll.data.fire_object import FireObject, Refused
from plimsoll.data.fire_placing import Placing, bucket, common_facts
from plimsoll.data.fire_securities import place_security

__all__ = ["PLACES"]


def _place_loan(thing: FireObject, placing: Placing) -> None:
    if thing.get("customer_id") is None and thing.get("customers"):
        raise Refused("customers", "", "names joint customers: the book takes one obligor, state customer_id")
    kind = thing.text("type", "the product is needed")
    currency, price = thing.price(placing.rates, placing.entity.currency)
    on_balance = thing.flag("on_balance_sheet", "drawn and undrawn are computed differently")
    if on_balance and thing.text("asset_liability", "asset or liability?") != "asset":
        raise Refused(
            "asset_liability", thing.get("asset_liability"), "a loan taken is funding: report it as account"
        )
    product = thing.term(
        "type", placing.terms["loan_product"], "loans of this type have no place in the book"
    )
    if not on_balance:
        product = placing.terms["undrawn_product"].get(kind, "commitment")
    party = placing.obligor(thing, "customer_id")
    cents = thing.natural("balance") + thing.find_natural("accrued_interest_balance")
    _note_guarantee(thing, placing)
    purpose = thing.find_text("purpose")
    placing.purposes[thing.text("id")] = purpose
    placing.add(
        "exposures",
        **common_facts(thing, placing),
        counterparty_id=party,
        product=product,
        on_balance=on_balance,
        amount=thing.amount(cents, price),
        specific_provision=thing.amount(thing.find_natural("impairment_amount"), price),
        currency=currency,
        ccf_bucket=None if on_balance else bucket(thing),
        retail_eligible=placing.retail(party),
    )


def _note_guarantee(thing: FireObject, placing: Placing) -> None:
    if thing.get("guarantor_id") is not None:
        placing.notices.append(
            "guarantees received (guarantor_id) are not recognised by this version: no relief is taken"
        )


def _place_account(thing: FireObject, placing: Placing) -> None:
    side = thing.text("asset_liability", "asset or liability?")
    if side == "asset":
        _place_asset_account(thing, placing)
    elif side == "liability":
        _place_deposit(thing, placing)
    else:
        why = "profit and loss, OCI and equity accounts have no place in the book yet: state own_funds_items"
        raise Refused("asset_liability", side, why)


def _place_deposit(thing: FireObject, placing: Placing) -> None:
    if thing.get("on_balance_sheet") is False:
        raise Refused("on_balance_sheet", False, "what the bank owes stands on its balance sheet")
    product = thing.term(
        "type", placing.terms["deposit_product"], "liability accounts of this type have no place in the book"
    )
    currency, price = thing.price(placing.rates, placing.entity.currency)
    party = thing.find_text("customer_id")
    if party is not None and party not in placing.parties:
        placing.notices.append(
            f"the creditor {party!r} is described by no document: the deposit stands without him"
        )
        party = None
    cents = thing.natural("balance")
    accrued = thing.find_natural("accrued_interest")
    placing.add(
        "deposits",
        deposit_id=thing.text("id"),
        counterparty_id=party,
        product=product,
        amount=thing.amount(cents + accrued, price),
        currency=currency,
        insured_amount=thing.amount(thing.find_natural("guarantee_amount"), price),
        maturity_date=thing.find_date("end_date"),
        rate=thing.find_rate(),
    )


def _place_asset_account(thing: FireObject, placing: Placing) -> None:
    """Add an overdraft, a card, an account with a bank, or one of the bank's own assets."""
    kind = thing.text("type", "the product is needed")
    currency, price = thing.price(placing.rates, placing.entity.currency)
    if kind == "intangible":
        _place_intangible(thing, placing)
        return
    product = thing.term(
        "type", placing.terms["account_product"], "asset accounts of this type have no place in the book"
    )
    if not thing.flag("on_balance_sheet", "drawn and undrawn are computed differently"):
        raise Refused("on_balance_sheet", False, "undrawn limits are reported as loans off balance sheet")
    # FIRE: an overdraft keeps the account's sign, negative, though it is an asset
    sign = -1 if product == "current_account" and thing.cents("balance") < 0 else 1
    cents = thing.natural("balance", sign) + thing.find_natural("accrued_interest", sign)
    own = product == "tangible_asset"
    party = None if own else placing.obligor(thing, "customer_id")
    placing.add(
        "exposures",
        **({"exposure_id": thing.text("id"), "defaulted": False} if own else common_facts(thing, placing)),
        counterparty_id=party,
        product=product,
        on_balance=True,
        retail_eligible=party is not None and placing.retail(party),
        amount=thing.amount(cents, price),
        specific_provision=thing.amount(thing.find_natural("impairment_amount"), price),
        currency=currency,
    )


def _place_intangible(thing: FireObject, placing: Placing) -> None:
    """Add an intangible asset and its deduction from own funds (Article 36(1), point (b))."""
    currency, price = thing.price(placing.rates, placing.entity.currency)
    purpose = thing.text("purpose", "goodwill and other intangibles are deducted on different lines")
    item = "goodwill" if purpose == "goodwill" else "other_intangibles"
    amount = thing.amount(thing.natural("balance"), price)
    name = thing.text("id")
    placing.add(
        "exposures",
        exposure_id=name,
        product="other_asset",
        on_balance=True,
        amount=amount,
        currency=currency,
        defaulted=False,
        cet1_item=item,
    )
    placing.add("own_funds_items", item_id=name, item=item, amount=amount, about=f"FIRE account {name}")


def _place_collateral(thing: FireObject, placing: Placing) -> None:
    kind = thing.term(
        "type", placing.terms["property_type"], "only immovable property has a place in the book yet"
    )
    _, price = thing.price(placing.rates, placing.entity.currency)
    loans = thing.get("loan_ids")
    if not isinstance(loans, list) or len(loans) != 1:
        raise Refused("loan_ids", loans, "must name one loan: several loans on one property are later work")
    if loans[0] not in placing.purposes:
        raise Refused("loan_ids", loans[0], "names no loan among the documents")
    if thing.get("claims") is None and thing.get("charge") != 1:
        why = "is missing and charge is not 1 (first charge): what ranks before is not known (Article 125)"
        raise Refused("claims", None, why)
    placing.add(
        "collateral",
        collateral_id=thing.text("id"),
        exposure_id=loans[0],
        property_type=kind,
        property_value=thing.amount(thing.natural("value"), price),
        prior_liens=thing.amount(thing.find_natural("claims"), price),
        income_producing=_income_producing(thing, placing, placing.purposes[loans[0]]),
        country=thing.find_text("country_code"),
    )


def _income_producing(thing: FireObject, placing: Placing, purpose: str | None) -> bool:
    known = placing.terms["income_producing"]
    if purpose is not None and purpose in known:
        return bool(known[purpose])
    if "income_producing" in placing.stated:
        return placing.stated["income_producing"]
    why = (
        f"the loan's purpose ({purpose or 'missing'}) does not say whether the property's income repays it "
        "(Article 4(1), point (75b)): state income_producing"
    )
    raise Refused("loan_ids", thing.facts["loan_ids"][0], why)


PLACES: Mapping[str, Callable[[FireObject, Placing], None]] = MappingProxyType(
    {
        "loan": _place_loan,
        "account": _place_account,
        "security": place_security,
        "collateral": _place_collateral,
    }
)
