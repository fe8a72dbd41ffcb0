"""Each of the 59 example documents of FIRE loads, or is refused for the reason that stands here."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.data import Entity, load
from plimsoll.errors import BookError

BANK = Entity("Bank of the examples", "969500DEMOPORT000140", "IND", "GB", "GBP")

DERIVATIVE = (
    "derivatives are not computed by this version: report counterparty credit risk in reported_amounts"
)
MARGIN = (
    "is margin or collateral of trades: securities financing is not computed by this "
    "version: report counterparty credit risk in reported_amounts"
)
FINANCING = (
    "securities financing is not computed by this version: report counterparty "
    "credit risk in reported_amounts"
)
TRADING = "is in the trading book: report its market risk in reported_amounts"
DEFAULT = "is missing, and default_date too: nothing says whether the obligor is in default (Article 178)"
PROFIT = "profit and loss, OCI and equity accounts have no place in the book yet: state own_funds_items"
SECTOR = "the sector decides the exposure class; this one has no place"
SIDE = "is missing: asset, liability or equity?"
SIGN = "has the wrong sign: FIRE's amounts are naturally positive, a netting entry has no place"
STRANGER = "names no customer, issuer or entity among the documents"

LOADED = {  # table and amount, in pounds
    "cash_on_hand": ("exposures", 1000.0),
    "cet_1_capital": ("own_funds_items", 1000.0),
    "current_account": ("deposits", 325.0),
    "current_account_with_guarantee": ("deposits", 325.0),
    "savings_account": ("deposits", 325.0),
    "savings_account_with_30days_notice": ("deposits", 325.0),
    "time_deposit_1year": ("deposits", 325.0),
    "time_deposit_1year_with_6_month_withdrawal_option": ("deposits", 325.0),
}
REFUSED = {  # kind, object, attribute, value, reason of the first problem; how many problems in all
    "bank_guarantee_issued": ("FIRE security", "bank_guarantee", "customer_id", "corp_123_id", STRANGER, 1),
    "bbl_loans": (
        "FIRE loan",
        "BBL_netting",
        "customer_id",
        "",
        "is missing: the exposure has no obligor",
        3,
    ),
    "bermudan_swaption": ("FIRE derivative", "usd_bermudan_swaption", "-", "", DERIVATIVE, 1),
    "bond_future": ("FIRE derivative", "Bund June IMM future", "-", "", DERIVATIVE, 1),
    "bond_future2": ("FIRE derivative", "T-Bond Mar21 future", "-", "", DERIVATIVE, 1),
    "cash_payable": (
        "FIRE security",
        "cash_payable",
        "type",
        "cash",
        "a payable in cash has no place in the book: report it in the ledger",
        1,
    ),
    "cash_receivable": ("FIRE security", "cash_receivable", "balance", "-100000", SIGN, 1),
    "cds_index": ("FIRE security", "cdx_na_ig", "asset_liability", "", SIDE, 2),
    "cds_single_name": ("FIRE security", "Corp_Jul28", "asset_liability", "", SIDE, 2),
    "collateral_independent_amount_bond_received": (
        "FIRE security",
        "independent_amount",
        "purpose",
        "independent_collateral_amount",
        MARGIN,
        2,
    ),
    "collateral_initial_margin_bond_posted": (
        "FIRE security",
        "im_posted_bond",
        "purpose",
        "independent_collateral_amount",
        MARGIN,
        3,
    ),
    "collateral_variation_margin_cash_posted": ("FIRE customer", "qccp", "type", "qccp", SECTOR, 4),
    "collateral_variation_margin_cash_received": ("FIRE customer", "qccp", "type", "qccp", SECTOR, 4),
    "commodity_asian_option": ("FIRE derivative", "1", "-", "", DERIVATIVE, 1),
    "commodity_option": ("FIRE derivative", "1", "-", "", DERIVATIVE, 1),
    "dividend_from_equity": (
        "FIRE security",
        "dividend_from_equity",
        "regulatory_book",
        "trading_book",
        TRADING,
        1,
    ),
    "encumbered_loan": ("FIRE loan", "encumbered_loan", "impairment_status", "", DEFAULT, 1),
    "encumbrance_set": (
        "FIRE security",
        "outright_debt_security",
        "regulatory_book",
        "trading_book",
        TRADING,
        8,
    ),
    "eq_index_basket_option": ("FIRE security", "my_index_basket", "asset_liability", "", SIDE, 4),
    "equity_option": ("FIRE security", "EquityABC", "asset_liability", "", SIDE, 2),
    "equity_total_return_swap": ("FIRE security", "EquityABC", "asset_liability", "", SIDE, 3),
    "fra_6x12": ("FIRE derivative", "6x12-fra", "-", "", DERIVATIVE, 1),
    "fx_forward": ("FIRE derivative", "audusd_swap:aud", "-", "", DERIVATIVE, 2),
    "fx_future": ("FIRE derivative", "eur_cad_future", "-", "", DERIVATIVE, 1),
    "fx_option": ("FIRE derivative", "USDJPY call 130", "-", "", DERIVATIVE, 1),
    "fx_option_long_call": ("FIRE derivative", "longcall", "-", "", DERIVATIVE, 1),
    "fx_option_long_put": ("FIRE derivative", "longput", "-", "", DERIVATIVE, 1),
    "fx_option_short_call": ("FIRE derivative", "shortcall", "-", "", DERIVATIVE, 1),
    "fx_option_short_put": ("FIRE derivative", "shortput", "-", "", DERIVATIVE, 1),
    "fx_spot": ("FIRE derivative", "eurcad_spot:eur", "-", "", DERIVATIVE, 2),
    "fx_swap": ("FIRE derivative", "audusd_swap:aud", "-", "", DERIVATIVE, 2),
    "interest_rate_swap": ("FIRE derivative", "eur_10y_irs_fixed", "-", "", DERIVATIVE, 2),
    "interest_rate_swap_amortising": ("FIRE derivative", "eur_10y_irs_fixed", "-", "", DERIVATIVE, 8),
    "ir_cap_floor": ("FIRE derivative", "short_eur_1y_collar:short_cap", "-", "", DERIVATIVE, 8),
    "ir_digital_floor": ("FIRE derivative", "1y digital floor:long floor", "-", "", DERIVATIVE, 8),
    "ir_future": ("FIRE derivative", "june_eurodollar_future", "-", "", DERIVATIVE, 1),
    "loan_with_2_customers": (
        "FIRE loan",
        "loan_with_2_customers",
        "customers",
        "",
        "names joint customers: the book takes one obligor, state customer_id",
        1,
    ),
    "margined_netting_agreement": ("FIRE customer", "ccp_1", "type", "ccp", SECTOR, 7),
    "outright_debt_security": (
        "FIRE security",
        "outright_debt_security",
        "regulatory_book",
        "trading_book",
        TRADING,
        1,
    ),
    "overdraft_account": (
        "FIRE account",
        "overdraft",
        "currency_code",
        "",
        "is missing: an amount without a currency says nothing",
        1,
    ),
    "pnl_interest_income": ("FIRE account", "interest_income", "asset_liability", "pnl", PROFIT, 1),
    "pnl_salary_expenses": ("FIRE account", "salary_expenses", "asset_liability", "pnl", PROFIT, 1),
    "repo": ("FIRE security", "repo_cash_leg", "sft_type", "repo", FINANCING, 2),
    "rev_repo": ("FIRE security", "rev_repo_cash_leg", "sft_type", "rev_repo", FINANCING, 2),
    "security_collateral_posted_ccp_non_deriv": ("FIRE customer", "customer_ccp", "type", "ccp", SECTOR, 3),
    "subordinated_debt": (
        "FIRE security",
        "subordinated_debt",
        "issuer_id",
        "subordinated_debt_issuer",
        "names no issuer among the documents",
        1,
    ),
    "undrawn_committed_loan": ("FIRE loan", "undrawn_committed_loan", "impairment_status", "", DEFAULT, 1),
    "unmargined_netting_agreement": ("FIRE customer", "ccp_1", "type", "ccp", SECTOR, 5),
    "usd_payer_swaption": ("FIRE derivative", "usd_payer_swaption", "-", "", DERIVATIVE, 1),
    "vostro_account": (
        "FIRE account",
        "Vostro account at your bank",
        "customer_id",
        "bank_123_id",
        STRANGER,
        1,
    ),
    "xccy_swap": ("FIRE derivative", "AUDUSD_xccy:AUD", "-", "", DERIVATIVE, 10),
}


def test_every_example_is_spoken_of(shared_data: Path) -> None:
    names = {file.stem for file in (shared_data / "fire" / "examples").glob("*.json")}
    assert len(names) == 59
    assert set(LOADED) | set(REFUSED) == names


@pytest.mark.parametrize("name", LOADED)
def test_it_loads(shared_data: Path, name: str) -> None:
    book = load(shared_data / "fire" / "examples" / f"{name}.json", entity=BANK)
    found = {table: frame for table, frame in book.tables.items() if len(frame)}
    table, amount = LOADED[name]
    assert list(found) == [table]
    assert found[table]["amount"].tolist() == [amount]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_for_its_reason(shared_data: Path, name: str) -> None:
    with pytest.raises(BookError) as refusal:
        load(shared_data / "fire" / "examples" / f"{name}.json", entity=BANK)
    kind, thing, attribute, value, reason, count = REFUSED[name]
    problems = refusal.value.problems
    first = problems[0]
    assert (first.table, first.row) == (kind, f"{thing} in {name}.json")
    assert (first.column, first.value, first.reason) == (attribute, value, reason)
    assert len(problems) == count


def test_what_the_deposits_say_is_read(shared_data: Path) -> None:
    folder = shared_data / "fire" / "examples"
    insured = load(folder / "current_account_with_guarantee.json", entity=BANK)
    assert insured.deposits[["product", "insured_amount"]].values.tolist() == [["current", 85.0]]
    assert insured.reference_date.isoformat() == "2017-06-30"
    assert any("'C123456' is described by no document" in notice for notice in insured.notices)
    term = load(folder / "time_deposit_1year.json", entity=BANK).deposits
    assert [str(day.date()) for day in term["maturity_date"]] == ["2018-06-30"]
    capital = load(folder / "cet_1_capital.json", entity=BANK).own_funds_items
    assert capital["item"].tolist() == ["cet1_paid_up_capital"]


def test_another_entitys_currency_is_not_guessed(shared_data: Path) -> None:
    euro = Entity("Bank of the examples", "969500DEMOPORT000140", "IND", "FR", "EUR")
    file = shared_data / "fire" / "examples" / "cash_on_hand.json"
    with pytest.raises(
        BookError, match="'GBP' is not EUR, the entity's currency, and no exchange rate is given"
    ):
        load(file, entity=euro)
    assert load(file, entity=euro, exchange_rates={"GBP": 1.2}).exposures["amount"].tolist() == [1200.0]
