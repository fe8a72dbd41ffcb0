"""A book that cannot be weighed is refused with the exposures and the remedy."""

from __future__ import annotations

import pytest
from tests.smallbook import small_book

from plimsoll.credit import check_positions, read_positions
from plimsoll.errors import SimulationError
from plimsoll.simulation import simulate


@pytest.mark.parametrize(
    ("product", "risk"),
    [
        ("securitisation", "securitisation"),
        ("derivative", "counterparty_credit"),
        ("sft", "counterparty_credit"),
    ],
)
def test_what_is_not_computed_here_must_be_reported(product: str, risk: str) -> None:
    sentence = f"1 exposure.s. of product {product}.*: exposure. .*`reported_amounts` under {risk}"

    with pytest.raises(SimulationError, match=sentence):
        simulate(small_book([{"product": product}]))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"specific_provision": 100_000.01},
            "have specific provisions above their amount: exposure.*correct",
        ),
        ({"on_balance": False}, "without a bucket: exposure.*ccf_bucket"),
        ({"counterparty_id": None}, "have no obligor: exposure.*counterparty_id"),
        ({"product": "equity"}, "are equity of no kind: exposure.*equity_type"),
        (
            {
                "specialised_lending": "project_operational_high_quality",
                "infrastructure_eligible": True,
            },
            "high quality project finance with the infrastructure factor: exposure.*choose one",
        ),
    ],
)
def test_refused_with_rows_and_remedy(changes: dict[str, object], sentence: str) -> None:
    # The book refuses these too; the arrays must not rely on it.
    tables = dict(small_book().tables)
    tables["exposures"] = tables["exposures"].assign(**changes)

    with pytest.raises(SimulationError, match=sentence):
        check_positions(read_positions(tables))


def test_specialised_lending_is_to_a_company() -> None:
    book = small_book([{"specialised_lending": "object_finance"}], [{"counterparty_type": "natural_person"}])

    with pytest.raises(SimulationError, match=r"to no company: exposure.*counterparty_type"):
        simulate(book)


def test_many_rows_are_counted_and_the_first_are_named() -> None:
    rows = [{"exposure_id": f"e{n:02}", "product": "sft"} for n in range(30)]

    with pytest.raises(SimulationError, match=r"30 exposure\(s\).*e00, e01.* and 10 more"):
        simulate(small_book(rows))


def test_reported_exposures_are_left_to_the_system_that_reports_them() -> None:
    book = small_book(
        [{"exposure_id": "loan"}, {"exposure_id": "swap", "product": "derivative", "amount": 7.0}],
        reported_amounts=[{"risk": "counterparty_credit", "amount": 1234.56, "source": "front office"}],
    )

    result = simulate(book)

    assert result.lines["exposure_id"].tolist() == ["loan"]
    assert result.ratios["rwa"] == 101_234.56
    assert any("1 exposure(s) of 7.00 (derivative)" in notice for notice in result.notices)


def test_legislative_equity_has_a_limit() -> None:
    equity = {"product": "equity", "equity_type": "legislative_programme", "amount": 1000.01}
    items = [{"item_id": "1", "item": "cet1_paid_up_capital", "amount": 10_000.0}]

    with pytest.raises(SimulationError, match="another `equity_type`"):
        simulate(small_book([equity], own_funds_items=items))
    assert simulate(small_book([{**equity, "amount": 1000.0}], own_funds_items=items)).ratios["rwa"] == 1000.0
