"""Portfolios that no sample bank has: trading, designated, hedges, loans at fair value; the EBA's rules hold."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from plimsoll import reconcile
from plimsoll.data import Book, sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns import Return, fill, package
from plimsoll.returns.verdict import validate
from plimsoll.simulation import simulate

FAIR = {
    "trading": "trading_debt_securities",
    "designated_fair_value": "designated_fair_value_debt_securities",
    "mandatory_fair_value": "mandatory_fair_value_debt_securities",
}


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


def moved(ledger: pd.DataFrame, item: str, amount: float, *, allowance: bool = False) -> None:
    """Book an amount on the first account of an item, in place."""
    rows = ledger.index[(ledger["item"] == item) & (ledger["allowance"] == allowance)]
    ledger.loc[rows[0], "amount"] = round(float(ledger.loc[rows[0], "amount"]) + amount, 2)


def opened(side: str, item: str, amount: float) -> dict[str, object]:
    account = {"account": f"9-{item}", "name": item, "side": side, "amount": round(amount, 2), "item": item}
    return {**account, "allowance": False}


@pytest.fixture(scope="module")
def rare() -> Book:
    """A bank some of whose bonds, deposits and debt are at fair value through profit or loss, with hedges."""
    book = sample_book(seed=6, exposures=800)
    exposures, ledger, deposits = book.exposures, book.ledger, book.deposits
    ours = (exposures["product"] == "bond") & (exposures["accounting_portfolio"] == "amortised_cost")
    extra = []
    for (portfolio, item), place in zip(FAIR.items(), exposures.index[ours], strict=False):
        row = exposures.loc[place]
        exposures.loc[place, "accounting_portfolio"] = portfolio
        moved(ledger, "amortised_cost_debt_securities", -row["amount"])
        moved(ledger, "amortised_cost_debt_securities", row["specific_provision"], allowance=True)
        extra.append(opened("asset", item, row["amount"] - row["specific_provision"]))
    chosen = {
        "debt_issued": ("debt_issued", "designated_fair_value"),
        "time_deposit": ("deposits", "trading"),
    }
    for product, (kind, portfolio) in chosen.items():
        place = deposits.index[deposits["product"] == product][0]
        deposits.loc[place, "accounting_portfolio"] = portfolio
        account = ledger.index[(ledger["item"] == kind) & ledger["name"].str.startswith(("Debt", "Time"))][0]
        ledger.loc[account, "amount"] = round(
            ledger.loc[account, "amount"] - deposits.loc[place, "amount"], 2
        )
        prefix = portfolio.partition("_")[0]
        extra.append(opened("liability", f"{prefix}_{kind}", float(deposits.loc[place, "amount"])))
    extra += [
        opened("asset", "hedging_derivatives", 5e6),
        opened("liability", "hedging_derivative_liabilities", 4e6),
        opened("liability", "portfolio_hedge_adjustment_liabilities", 1e6),
    ]
    whole = pd.concat([ledger, pd.DataFrame(extra)], ignore_index=True)
    return book.replace(exposures=exposures, deposits=deposits, ledger=whole)


@pytest.fixture(scope="module")
def filled(rare: Book, dictionary: Dictionary) -> Return:
    return fill(simulate(rare), "finrep9", dictionary)


def test_only_what_no_contract_shows_differs(rare: Book) -> None:
    assert reconcile(rare).differences["line"].tolist() == ["hedging_derivatives"]


def test_the_rules_hold_for_every_portfolio(filled: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    for table in ("F_04.01", "F_04.02.1", "F_04.02.2", "F_04.03.1", "F_04.04.1", "F_08.01"):
        assert filled.indicators[table]
    made = package(filled, tmp_path, dictionary=dictionary)
    verdict = validate(made.path, dictionary=dictionary, layers=("structure", "eba_rules"))
    assert [found.sentence for found in verdict.findings] == []
    assert verdict.layer("eba_rules").failed == 0


@pytest.mark.parametrize(
    ("table", "row", "column", "item"),
    [
        ("F_04.01", "0060", "0010", "trading_debt_securities"),
        ("F_04.02.1", "0050", "0010", "mandatory_fair_value_debt_securities"),
        ("F_04.02.2", "0060", "0010", "designated_fair_value_debt_securities"),
        ("F_08.01.a", "0360", "0020", "designated_debt_issued"),
        ("F_08.01.a", "0050", "0010", "trading_deposits"),
        ("F_08.01.a", "0010", "0037", "hedging_derivative_liabilities"),
    ],
)
def test_contracts_and_accounts_come_to_the_same(
    filled: Return, rare: Book, table: str, row: str, column: str, item: str
) -> None:
    fact = filled.fact(table, row, column)
    assert fact is not None
    assert fact.value == Decimal(str(rare.ledger.set_index("item").loc[item, "amount"])).quantize(
        Decimal("0.01")
    )


def test_the_one_rule_that_does_not_hold_for_loans_at_fair_value_is_known(
    rare: Book, dictionary: Dictionary, tmp_path: Path
) -> None:
    """v4975 sets the carrying amount, which is fair value, beside gross carrying amount and impairment."""
    exposures, ledger = rare.exposures, rare.ledger
    firms = rare.counterparties.set_index("counterparty_id")["counterparty_type"]
    mine = (exposures["product"] == "loan") & (
        firms.reindex(exposures["counterparty_id"]).to_numpy() == "corporate"
    )
    place = exposures.index[mine & (exposures["amount"] > 1e6)][0]
    row = exposures.loc[place]
    exposures.loc[place, "accounting_portfolio"] = "fair_value_oci"
    exposures.loc[place, "gross_carrying_amount"] = row["amount"] + 250_000.0
    moved(ledger, "amortised_cost_loans", -row["amount"])
    moved(ledger, "amortised_cost_loans", row["specific_provision"], allowance=True)
    carrying = row["amount"] - row["specific_provision"]
    account = pd.DataFrame([opened("asset", "fair_value_oci_loans", carrying)])
    book = rare.replace(exposures=exposures, ledger=pd.concat([ledger, account], ignore_index=True))
    report = fill(simulate(book), "finrep9", dictionary)
    made = package(report, tmp_path, dictionary=dictionary)
    verdict = validate(made.path, dictionary=dictionary, layers=("structure", "eba_rules"))
    assert {(found.rule, found.severity) for found in verdict.findings} == {("v4975_m", "warning")}
    assert report.fact("F_04.03.1", "0160", "0010").value == Decimal(str(carrying)).quantize(Decimal("0.01"))  # type: ignore[union-attr]  # reported
