"""A bank that owes nearly every row of the capital templates: filled, explained, judged by the EBA's rules."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.smallbook import small_book

from plimsoll.data import Book, Entity, sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns import Return, explain, fill, package
from plimsoll.returns.verdict import validate
from plimsoll.simulation import simulate

TABLES = (
    "C_01.00", "C_04.00", "C_11.00", "C_16.01.a", "C_16.02", "C_16.03", "C_35.01", "C_35.02", "C_35.03",
)  # fmt: skip
DATES = (datetime.date(2026, 6, 30), datetime.date(2025, 12, 31))
ITEMS = {
    "cet1_paid_up_capital": 50_000, "cet1_public_authority_capital": 900, "cet1_not_eligible": 40,
    "cet1_share_premium": 4_000, "own_cet1_direct": 30, "own_cet1_indirect": 20, "own_cet1_synthetic": 10,
    "own_cet1_obligations": 5, "retained_earnings_previous_years": 9_000, "profit_attributable": 1_200,
    "profit_not_eligible": 500, "accumulated_oci": -300, "other_reserves": 700, "general_banking_risk_funds": 250,
    "securitised_assets_gain": 15, "cash_flow_hedge_reserve": -25, "own_credit_liabilities": 12,
    "own_credit_derivatives": 8, "prudent_valuation": 60, "goodwill": 800, "goodwill_significant": 90,
    "goodwill_dtl": 70, "goodwill_minority_revaluation": 35, "other_intangibles": 420, "software_intangibles": 130,
    "other_intangibles_dtl": 44, "software_dtl": 13, "intangibles_minority_revaluation": 17, "pension_assets": 260,
    "pension_dtl": 65, "pension_unrestricted": 40, "qualifying_holdings_1250": 21, "securitisation_1250": 22,
    "free_deliveries_1250": 23, "basket_1250": 24, "minimum_value_commitments": 26, "foreseeable_tax": 27,
    "cet1_article_3": 28, "cet1_other": -29, "fund_units_1250": 31, "at1_not_eligible": 33, "own_at1_direct": 6,
    "own_at1_indirect": 7, "own_at1_synthetic": 8, "own_at1_obligations": 9, "at1_article_3": 11,
    "at1_other_elements": 3, "at1_foreseeable_tax": 2, "t2_not_eligible": 14, "own_t2_direct": 12,
    "own_t2_indirect": 13, "own_t2_synthetic": 14, "own_t2_obligations": 15,
    "t2_general_credit_risk_adjustments": 5_000, "eligible_liabilities_excess": 16, "t2_article_3": 17, "t2_other": -4,
}  # fmt: skip


def holding(
    place: int, layer: str, significant: bool, form: str, amount: float, **more: Any
) -> dict[str, Any]:
    row = {"holding_id": f"H{place}", "exposure_id": f"H{place}", "layer": layer, "significant": significant}
    return {**row, "form": form, "amount": amount, "short_offset": round(amount * 0.1, 2), **more}


HOLDINGS = [
    holding(place, layer, significant, form, amount)
    for place, (layer, significant, form, amount) in enumerate(
        [
            (layer, significant, form, amount)
            for layer, significant, amount in (
                ("cet1", False, 2_500.0), ("at1", False, 700.0), ("t2", False, 500.0),
                ("cet1", True, 3_100.0), ("at1", True, 60.0), ("t2", True, 50.0),
            )
            for form in ("direct", "indirect", "synthetic")
        ]
    )
]  # fmt: skip
RECIPROCAL = [
    {**holding(place, layer, False, "direct", 10.0), "short_offset": 0.0, "reciprocal": True}
    for place, layer in ((20, "cet1"), (21, "at1"), (22, "t2"))
]


def carried(row: dict[str, Any]) -> dict[str, Any]:
    shares = {"product": "equity", "equity_type": "significant_financial" if row["significant"] else "listed"}
    kind = shares if row["layer"] == "cet1" else {"subordinated": True}
    return {"exposure_id": row["exposure_id"], "counterparty_id": "bank", "amount": row["amount"], **kind}


def indicator() -> list[dict[str, Any]]:
    items = {
        "interest_income": 900, "lease_income": 80, "lease_profit": 10, "interest_expense": 300, "lease_expense": 20,
        "lease_loss": 5, "cash_balances": 4_000, "debt_securities": 6_000, "loans": 30_000, "trading_derivatives": 500,
        "hedging_derivatives": 200, "leased_assets": 900, "dividend_income": 15, "other_operating_income_scheme": 6,
        "held_for_sale_profit": 7, "other_operating_income": 30, "other_operating_expense_scheme": 4,
        "held_for_sale_loss": 3, "other_operating_expense": 50, "fee_income": 200, "fee_expense": 60,
        "trading_result": -40, "trading_hedge_result": 5, "trading_exchange_result": 6, "derecognition_result": 20,
        "mandatory_fair_value_result": -7, "designated_fair_value_result": 2, "banking_hedge_result": 3,
        "banking_exchange_result": -4,
    }  # fmt: skip
    rows = []
    for year in (2022, 2023, 2024):
        end = datetime.date(year, 12, 31)
        for item, amount in items.items():
            rows.append(
                {
                    "entry_id": f"{item} {year}",
                    "year_end": end,
                    "item": item,
                    "amount": amount * (year - 2012.0),
                }
            )
        for where in ("interest_expense", "other_operating_expense", "administrative_expense", "depreciation",
                      "provisions", "impairment", "other"):  # fmt: skip
            loss = {"item": "operational_risk_loss", "amount": 10.0, "booked_in": where}
            rows.append({"entry_id": f"loss {where} {year}", "year_end": end, **loss})
    return rows


def worse() -> list[dict[str, Any]]:
    """Return defaults of every age, with every kind of protection, forborne at every age or not."""
    rows = []
    kinds = (None, "other_protection", "residential_guarantee", "zero_weight_guarantor",
             "zero_weight_guarantor_paying", "export_credit_agency")  # fmt: skip
    for place, (age, kind, forborne) in enumerate(
        (years, by, grant) for years in range(7) for by in kinds for grant in (None, *range(years))
    ):
        since = datetime.date(2025 - age, 6, 1)
        rows.append(
            {
                "exposure_id": f"npe {place}",
                "amount": 20.0 + place,
                "defaulted": True,
                "start_date": datetime.date(2019, 4, 26) if since.year > 2018 else datetime.date(2018, 1, 1),
                "exposure_increased_on": datetime.date(2019, 5, 1) if since.year < 2020 else None,
                "default_date": since,
                "specific_provision": 5.0,
                "protected_amount": 10.0 if kind else 0.0,
                "protected_by": kind,
                "first_forbearance_on": None
                if forborne is None
                else since.replace(year=since.year + forborne, month=9),
            }
        )
    return rows


def whole_bank(day: datetime.date) -> Book:
    npe = {
        "defaulted": True,
        "start_date": datetime.date(2020, 1, 1),
        "non_performing_since": datetime.date(2021, 1, 1),
    }
    exposures = [
        {"exposure_id": "loan", "amount": 300_000.0},
        {
            "exposure_id": "bad",
            "amount": 1_000.0,
            "written_off_since": 50.0,
            "purchase_discount": 20.0,
            **npe,
        },
        *worse(),
        {"exposure_id": "abroad", "counterparty_id": "stranger", "amount": 5_000.0},
        {
            "exposure_id": "software",
            "counterparty_id": None,
            "product": "intangible_software",
            "amount": 77.0,
        },
        {"exposure_id": "tax", "counterparty_id": None, "product": "deferred_tax_asset", "amount": 8_000.0},
        *(carried(row) for row in [*HOLDINGS, *RECIPROCAL]),
    ]
    return small_book(
        exposures,
        [{}, {"counterparty_id": "bank", "counterparty_type": "credit_institution"},
         {"counterparty_id": "stranger", "country": "US"}],
        date=day,
        entity=Entity("Whole bank", "529900T8BM49AURSDO55", "CON", "DE", "EUR", "ifrs"),
        own_funds_items=[{"item_id": item, "item": item, "amount": float(amount)} for item, amount in ITEMS.items()],
        own_funds_instruments=[
            {"instrument_id": "A1", "layer": "at1", "amount": 2_000.0, "share_premium": 50.0,
             "classification": "equity"},
            {"instrument_id": "A2", "layer": "at1", "amount": 900.0, "classification": "liability"},
            {"instrument_id": "T", "layer": "t2", "amount": 3_000.0, "share_premium": 30.0,
             "maturity_date": datetime.date(2029, 3, 31)},
        ],
        financial_holdings=[*HOLDINGS, *RECIPROCAL],
        deferred_taxes=[
            {"tax_id": "1", "kind": "losses", "amount": 300.0},
            {"tax_id": "2", "kind": "temporary", "amount": 8_000.0, "exposure_id": "tax"},
            {"tax_id": "3", "kind": "liability", "amount": 90.0, "offset": "offsettable"},
            {"tax_id": "4", "kind": "liability", "amount": 20.0, "offset": "intangibles"},
            {"tax_id": "5", "kind": "not_future_profitability", "amount": 110.0},
            {"tax_id": "6", "kind": "overpayment", "amount": 35.0},
        ],
        subsidiaries=[
            {"subsidiary_id": "S", "cet1_capital": 2_000.0, "tier1_capital": 2_200.0, "own_funds_capital": 2_500.0,
             "cet1_required": 700.0, "tier1_required": 850.0, "own_funds_required": 1_050.0,
             "cet1_owned_by_others": 800.0, "tier1_owned_by_others": 1_000.0, "own_funds_owned_by_others": 1_300.0,
             "cet1_items": 2_000.0, "tier1_items": 2_200.0, "own_funds_items": 2_500.0},
        ],
        business_indicator=indicator(),
        unsettled_transactions=[
            {"transaction_id": f"{days} {book}", "trading_book": book, "settlement_price": 1_000.0,
             "price_difference": 40.0, "working_days_late": days}
            for days in (1, 7, 20, 40, 60) for book in (True, False)
        ],
        countercyclical_rates=[{"country": "DE", "rate": 0.0075, "source": "test"}],
        requirements=[
            {"requirement": name, "ratio": ratio, "source": "test"}
            for name, ratio in (("pillar_2_requirement", 0.02), ("pillar_2_guidance", 0.01), ("o_sii_buffer", 0.01),
                                ("g_sii_buffer", 0.015), ("systemic_risk_buffer", 0.005))
        ],
        reported_amounts=[{"risk": "market", "amount": 500.0, "source": "test", "approach": "foreign_exchange"}],
    )  # fmt: skip


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture(scope="module", params=DATES, ids=str)
def filled(request: pytest.FixtureRequest, dictionary: Dictionary) -> Return:
    return fill(simulate(whole_bank(request.param)), "corep_of", dictionary)


def test_the_eba_s_rules_find_nothing(filled: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    made = package(filled, tmp_path, dictionary=dictionary)
    verdict = validate(made.path, dictionary=dictionary, layers=("structure", "eba_rules"))

    assert [(found.rule, found.sentence) for found in verdict.findings] == []
    assert verdict.layer("eba_rules").evaluated >= (230 if filled.version == "4.0.0" else 260)


def test_nearly_every_row_is_filled(filled: Return) -> None:
    rows = {(fact.table, fact.row) for fact in filled.facts}
    for table in TABLES:
        if table not in filled.definitions.tables:
            continue
        empty = {row for row in filled.definitions.tables[table].rows if (table, row) not in rows}
        assert empty <= EMPTY.get(table, set()), table


EMPTY = {
    "C_01.00": {"0380", "0440", "0520", "0720", "0740", "0910", "0970"},  # internal ratings; nothing spills over
    "C_04.00": {"0100", "0110", "0130", "0140", "0145", "0150", "0155", "0160", "0680", "0690", "0700", "0710", "0720",
                "0730", "0900"},
    "C_16.02": {"0330", "0360"},
    "C_35.02": {"0045", "0110"},  # nothing is older than seven years
}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "row", "origin"),
    [
        ("C_01.00", "0480", "financial_holdings"),
        ("C_01.00", "0513", "exposures"),
        ("C_01.00", "0771", "own_funds_instruments"),
        ("C_01.00", "0230", "subsidiaries"),
        ("C_01.00", "0370", "deferred_taxes"),
        ("C_01.00", "0920", "limit"),
    ],
)
def test_a_cell_leads_to_the_rows_of_the_book_behind_it(
    filled: Return, table: str, row: str, origin: str
) -> None:
    told = explain(filled, table, row=row, column="0010")

    assert told.total == told.value != Decimal(0)
    assert origin in set(told.lines["origin"])
    assert told.article.startswith("CRR Article")


def test_every_reported_cell_of_own_funds_can_be_explained(filled: Return) -> None:
    for fact in filled.facts:
        if fact.table in TABLES:
            told = explain(filled, fact.table, row=fact.row, column=fact.column)
            assert told.value == fact.value
            assert not told.is_sum or told.total == fact.value, fact.cell


CLASSES_OF_THE_FLOOR = (
    "0040", "0050", "0060", "0070", "0080", "0090", "0100", "0120", "0130", "0150", "0180", "0190", "0200", "0210",
    "0220", "0230", "0240",
)  # fmt: skip


@pytest.mark.parametrize("day", DATES, ids=str)
def test_the_output_floor_stands_beside_what_is_applied(day: datetime.date, dictionary: Dictionary) -> None:
    result = simulate(sample_book("universal_bank", exposures=400, reference_date=day))
    filled = fill(result, "corep_of", dictionary)
    floor = result.floor
    assert floor is not None

    def value(table: str, row: str, column: str = "0010") -> Decimal:
        fact = filled.fact(table, row, column)
        assert fact is not None
        return Decimal(fact.value)

    totals = "C_02.00.a" if day.year == 2025 else "C_02.00.b"
    assert value(totals, "0010", "0020") == Decimal(floor.standardised) / 100
    assert value("C_02.00.a", "0010") == Decimal(floor.floored) / 100
    assert value("C_04.00", "0890") == Decimal(floor.adjustment_fully_loaded) / 100 > 0
    assert value("C_04.00", "0900") == Decimal(str(floor.factor))
    rated = value("C_10.00", "0010", "0060")
    assert rated == value(totals, "0240", "0020")
    parts = [filled.fact("C_10.00", row, "0060") for row in CLASSES_OF_THE_FLOOR]
    assert rated == sum(Decimal(part.value) for part in parts if part is not None)
    assert value("C_03.00", "0330") < value("C_03.00", "0010") == value("C_03.00", "0070")
