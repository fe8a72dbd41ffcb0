"""FIRE documents load as they are, or are refused by file, object, attribute, value and reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plimsoll.data import Book, Entity, load
from plimsoll.errors import BookError

REPOSITORY = Path(__file__).resolve().parents[3]
BANK = Entity("Banque du Port", "969500DEMOPORT000140", "CON", "FR", "EUR")
DATE = "2026-06-30T00:00:00Z"
PERSON = {"id": "CU1", "date": DATE, "type": "natural_person", "country_code": "FR"}
FIRM = {"id": "CU2", "date": DATE, "type": "corporate", "country_code": "FR"}
LOAN = {
    "id": "LN1",
    "date": DATE,
    "type": "personal",
    "customer_id": "CU1",
    "balance": 1234567,
    "accrued_interest_balance": 33,
    "rate": 4.5,
    "currency_code": "EUR",
    "asset_liability": "asset",
    "on_balance_sheet": True,
    "impairment_status": "stage_2",
    "impairment_amount": 2050,
    "start_date": "2024-01-01T00:00:00Z",
    "end_date": "2029-01-01T00:00:00Z",
}
HOME = {
    "id": "PR1",
    "date": DATE,
    "type": "residential_property",
    "loan_ids": ["LN1"],
    "value": 30000000,
    "charge": 1,
    "currency_code": "EUR",
}
Read = Callable[..., Book]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that loads objects written as one FIRE document."""

    def read_document(rates: dict[str, float] | None = None, **data: list[dict[str, Any]]) -> Book:
        file = tmp_path / "set.json"
        file.write_text(json.dumps({"title": "set", "data": data}))
        return load(file, entity=BANK, exchange_rates=rates)

    return read_document


def refusals(read: Read, **data: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    with pytest.raises(BookError) as refusal:
        read(**data)
    return [(p.row, p.column, p.value, p.reason) for p in refusal.value.problems]


def test_a_loan_is_read_to_the_cent(read: Read) -> None:
    book = read(loan=[LOAN], customer=[PERSON])
    (row,) = book.exposures.to_dict("records")
    assert (row["exposure_id"], row["product"], row["counterparty_id"]) == ("LN1", "loan", "CU1")
    assert (row["amount"], row["specific_provision"], row["rate"]) == (12346.0, 20.5, 0.045)
    assert (row["stage"], row["defaulted"], row["retail_eligible"]) == (2, False, False)
    assert str(row["maturity_date"].date()) == "2029-01-01"
    assert book.reference_date.isoformat() == "2026-06-30"


def test_another_currency_needs_a_rate_and_is_converted(read: Read) -> None:
    loan = {**LOAN, "currency_code": "GBP"}
    ((row, column, value, reason),) = refusals(read, loan=[loan], customer=[PERSON])
    assert (row, column, value) == ("LN1 in set.json", "currency_code", "GBP")
    assert "is not EUR, the entity's currency, and no exchange rate is given" in reason
    assert read({"GBP": 1.15}, loan=[loan], customer=[PERSON]).exposures["amount"].tolist() == [14197.9]
    rate = {"id": "FX", "date": DATE, "base_currency_code": "EUR", "quote_currency_code": "GBP", "quote": 0.8}
    book = read(loan=[loan], customer=[PERSON], exchange_rate=[rate])
    assert book.exposures["amount"].tolist() == [15432.5]
    assert book.exposures["currency"].tolist() == ["GBP"]


def test_two_rates_for_a_currency_and_currencies_without_cents_are_refused(read: Read) -> None:
    rate = {"id": "FX", "date": DATE, "base_currency_code": "GBP", "quote_currency_code": "EUR", "quote": 1.2}
    found = refusals(read, exchange_rate=[rate, {**rate, "quote": 1.3}], customer=[PERSON])
    assert found[0][1:] == ("quote", "1.3", "differs from another exchange rate given for GBP")
    found = refusals(read, loan=[{**LOAN, "currency_code": "JPY"}], customer=[PERSON])
    assert "has no cents" in found[0][3]


SPOILT = [
    ({"impairment_status": None}, "impairment_status", "nothing says whether the obligor is in default"),
    ({"impairment_status": "watch"}, "impairment_status", "does not say whether the obligor is in default"),
    ({"customer_id": "CU9"}, "customer_id", "names no customer, issuer or entity among the documents"),
    ({"customer_id": None}, "customer_id", "is missing: the exposure has no obligor"),
    ({"customer_id": None, "customers": [{"id": "CU1"}]}, "customers", "names joint customers"),
    ({"balance": -1}, "balance", "has the wrong sign"),
    ({"balance": 10.5}, "balance", "is not a whole number of cents"),
    ({"balance": True}, "balance", "is not a whole number of cents"),
    ({"balance": None}, "balance", "is missing"),
    ({"currency_code": None}, "currency_code", "an amount without a currency says nothing"),
    ({"type": "reverse_mortgage"}, "type", "loans of this type have no place in the book"),
    ({"type": "mortgage"}, "id", "no collateral document names it in loan_ids"),
    ({"on_balance_sheet": None}, "on_balance_sheet", "drawn and undrawn are computed differently"),
    ({"on_balance_sheet": False}, "ccf", "the conversion factor says which bucket of Annex I it is"),
    ({"on_balance_sheet": False, "ccf": 0.75}, "ccf", "is the factor of no bucket of Annex I"),
    ({"asset_liability": "liability"}, "asset_liability", "a loan taken is funding"),
    ({"date": "2026-03-31"}, "date", "is not one date for all objects: pass reference_date="),
    ({"end_date": "soon"}, "end_date", "is not an ISO 8601 date"),
]


@pytest.mark.parametrize(("facts", "column", "reason"), SPOILT)
def test_a_spoilt_loan_is_refused_by_attribute(
    read: Read, facts: dict[str, Any], column: str, reason: str
) -> None:
    loan = {key: value for key, value in {**LOAN, **facts}.items() if value is not None}
    found = refusals(read, loan=[loan], customer=[PERSON])
    assert any(c == column and reason in why for _, c, _, why in found), found


def test_default_is_read_from_date_status_and_stage(read: Read) -> None:
    for facts in (
        {"default_date": "2026-01-01T00:00:00Z"},
        {"impairment_status": "stage_3"},
        {"impairment_status": "non_performing"},
        {"status": "defaulted"},
    ):
        assert read(loan=[{**LOAN, **facts}], customer=[PERSON]).exposures["defaulted"].tolist() == [True]
    later = {**LOAN, "default_date": "2026-07-01T00:00:00Z"}
    assert read(loan=[later], customer=[PERSON]).exposures["defaulted"].tolist() == [False]


@pytest.mark.parametrize(("factor", "bucket"), [(1, 1), (0.5, 2), (0.4, 3), (0.2, 4), (0.1, 5)])
def test_undrawn_amounts_take_the_bucket_of_their_factor(read: Read, factor: float, bucket: int) -> None:
    loan = {**LOAN, "on_balance_sheet": False, "ccf": factor, "asset_liability": "liability"}
    book = read(loan=[loan], customer=[PERSON])
    assert book.exposures[["product", "ccf_bucket"]].values.tolist() == [["commitment", bucket]]


def test_a_mortgage_brings_its_property(read: Read) -> None:
    loan = {**LOAN, "type": "mortgage", "purpose": "buy_to_let"}
    book = read(loan=[loan], customer=[PERSON], collateral=[HOME])
    (row,) = book.collateral.to_dict("records")
    assert (row["exposure_id"], row["property_value"], row["prior_liens"]) == ("LN1", 300000.0, 0.0)
    assert row["income_producing"] is True
    second = {**HOME, "charge": 2, "claims": 2500000}
    assert read(loan=[loan], customer=[PERSON], collateral=[second]).collateral["prior_liens"].tolist() == [
        25e3
    ]


@pytest.mark.parametrize(
    ("loan", "home", "column", "reason"),
    [
        ({"purpose": "other"}, {}, "loan_ids", "does not say whether the property's income repays it"),
        ({}, {"charge": 2}, "claims", "what ranks before is not known"),
        ({}, {"loan_ids": ["LN1", "LN2"]}, "loan_ids", "must name one loan"),
        ({}, {"loan_ids": ["LN9"]}, "loan_ids", "names no loan"),
        ({}, {"type": "car"}, "type", "only immovable property"),
    ],
)
def test_collateral_that_leaves_a_question_is_refused(
    read: Read, loan: dict[str, Any], home: dict[str, Any], column: str, reason: str
) -> None:
    mortgage = {**LOAN, "type": "mortgage", "purpose": "first_time_buyer", **loan}
    found = refusals(read, loan=[mortgage], customer=[PERSON], collateral=[{**HOME, **home}])
    assert any(c == column and reason in why for _, c, _, why in found), found


def test_parties_are_known_by_their_sector(read: Read) -> None:
    ((row, column, value, _),) = refusals(read, customer=[{**FIRM, "type": "qccp"}])
    assert (row, column, value) == ("CU2 in set.json", "type", "qccp")
    ((_, column, _, _),) = refusals(read, customer=[{k: v for k, v in FIRM.items() if k != "type"}])
    assert column == "type"
    ((_, column, _, reason),) = refusals(read, customer=[FIRM], issuer=[{**FIRM, "country_code": "DE"}])
    assert (column, reason) == ("id", "is described twice, differently")
    assert len(read(customer=[FIRM], issuer=[FIRM]).counterparties) == 1


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("{", "Expecting property name"),
        ('{"data": {"loan": [1]}}', "an entry of data"),
        ("[]", "list indices"),
    ],
)
def test_what_is_no_fire_document_is_refused(tmp_path: Path, content: str, value: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    with pytest.raises(BookError, match="is no FIRE document") as refusal:
        load(file, entity=BANK)
    assert value in refusal.value.problems[0].value


def test_attributes_nobody_reads_are_told(read: Read) -> None:
    book = read(loan=[{**LOAN, "repayment_type": "repayment"}], customer=[PERSON])
    assert book.notices[-1].endswith("reads: loan.repayment_type")


@pytest.fixture(scope="module")
def bank() -> Book:
    return load(REPOSITORY / "notebooks" / "examples" / "fire_bank")


def test_the_bank_of_fire_documents_is_complete(bank: Book) -> None:
    assert (len(bank.exposures), len(bank.deposits), len(bank.collateral), len(bank.securities)) == (
        18,
        5,
        3,
        4,
    )
    held = bank.exposures[bank.exposures["on_balance"]]
    assets = bank.ledger.loc[bank.ledger["side"] == "asset", "amount"].sum()
    assert assets == pytest.approx((held["amount"] - held["specific_provision"]).sum(), abs=0.001)
    items = bank.own_funds_items.set_index("item")["amount"].to_dict()
    assert items == {
        "goodwill": 25000.0,
        "cet1_paid_up_capital": 700000.0,
        "t2_paid_up": 80000.0,
        "retained_earnings_previous_years": 83833.0,
    }
    assert bank.exposures.set_index("exposure_id").loc["LN-102", "defaulted"]
    assert "stated for the whole set, not by FIRE: income_producing = false" in bank.notices


def test_without_what_the_folder_states_its_bank_is_refused(tmp_path: Path) -> None:
    for file in (REPOSITORY / "notebooks" / "examples" / "fire_bank").glob("*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = tmp_path / "book.toml"
    text = manifest.read_text()
    manifest.write_text(text[: text.index("\n[stated]")])
    with pytest.raises(BookError, match="does not say whether the property's income repays it"):
        load(tmp_path)
    manifest.write_text(text.replace("income_producing = false", "income = false"))
    with pytest.raises(BookError, match="is not true or false for one of defaulted, income_producing"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("treatment", "portfolio"),
    [
        ("amortised_cost", "amortised_cost"),
        ("fv_oci", "fair_value_oci"),
        ("fv_mandatorily", "mandatory_fair_value"),
        ("fv_thru_pnl_hybrid", "designated_fair_value"),
        ("held_for_trading", "trading"),
        (
            "held_to_maturity",
            None,
        ),  # IAS 39: FINREP asks for the measurement of IFRS 9 and lists what lacks it
        (None, None),
    ],
)
def test_the_accounting_treatment_is_read_and_never_guessed(
    read: Read, treatment: str | None, portfolio: str | None
) -> None:
    facts = {} if treatment is None else {"accounting_treatment": treatment}
    (row,) = read(loan=[{**LOAN, **facts}], customer=[PERSON]).exposures.to_dict("records")
    assert (
        row["accounting_portfolio"] if isinstance(row["accounting_portfolio"], str) else None
    ) == portfolio


def test_the_purpose_and_the_lease_of_a_loan_are_read_where_they_are_plain(read: Read) -> None:
    loans = [
        {**LOAN, "purpose": "first_time_buyer"},
        {**LOAN, "id": "LN2", "purpose": "debt_consolidation"},
        {**LOAN, "id": "LN3", "type": "financial_lease"},
    ]
    rows = read(loan=loans, customer=[PERSON]).exposures.set_index("exposure_id")
    assert rows["purpose"].fillna("").to_dict() == {"LN1": "house_purchase", "LN2": "", "LN3": ""}
    assert rows["finance_lease"].to_dict() == {"LN1": False, "LN2": False, "LN3": True}
