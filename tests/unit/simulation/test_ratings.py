"""Internal ratings in a simulation: what is refused, what is said, and how both approaches stand side by side."""

from __future__ import annotations

from typing import Any

import pytest
from tests.smallbook import small_book

import plimsoll
from plimsoll.errors import SimulationError
from plimsoll.simulation import Result, simulate
from plimsoll.units import cents

OWN = {"approach": "advanced", "irb_class": "corporate", "pd": 0.01, "lgd": 0.4}
BASE = {"approach": "foundation", "irb_class": "corporate", "pd": 0.01}


@pytest.fixture(scope="module")
def result() -> Result:
    return plimsoll.simulate(plimsoll.sample_book("universal_bank", exposures=1_000))


@pytest.mark.parametrize(
    ("exposure", "obligor", "reason"),
    [
        (
            {**OWN, "irb_class": "institution"},
            {"counterparty_type": "credit_institution"},
            r"Article 151\(8\)",
        ),
        (OWN, {"counterparty_type": "financial_corporate"}, r"Article 151\(8\)"),
        (OWN, {"turnover": 500_000_000.01}, r"Article 151\(8\)"),
        (OWN, {"turnover": 1.0, "group_turnover": 600_000_000.0}, r"Article 151\(8\)"),
        ({**BASE, "irb_class": "retail_other"}, {"counterparty_type": "natural_person"}, r"Article 151\(7\)"),
        ({**BASE, "product": "equity", "equity_type": "listed"}, {}, r"Article 150\(1\)\(a\)"),
        ({**BASE, "irb_class": None}, {}, r"set `irb_class`"),
        ({**BASE, "irb_class": "sovereign"}, {}, r"correct `irb_class`"),
        (
            {**BASE, "irb_class": "sovereign"},
            {"counterparty_type": "regional_government"},
            r"correct `irb_class`",
        ),
        ({**BASE, "specialised_lending": "object_finance"}, {}, r"Article 147\(8\)"),
        ({**BASE, "pd": None}, {}, r"set `pd`"),
        ({**BASE, "pd": 1.0}, {}, r"set `pd`, or `defaulted`"),
        ({**OWN, "lgd": None}, {}, r"set `lgd`"),
        ({**OWN, "defaulted": True}, {}, r"set `elbe`"),
        ({**OWN, "own_ccf": 0.5}, {}, r"Article 166\(8b\)"),
        ({"approach": "slotting", "irb_class": "specialised_lending"}, {}, r"set `slotting_category`"),
    ],
)
def test_what_the_law_does_not_allow_is_refused(
    exposure: dict[str, Any], obligor: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SimulationError, match=r"exposure.*" + reason):
        simulate(small_book([exposure], [obligor]))


def test_at_500_million_of_sales_own_estimates_are_allowed() -> None:
    simulate(small_book([OWN], [{"turnover": 500_000_000.0}]))


def test_each_rated_exposure_shows_its_standardised_amount(result: Result) -> None:
    rated = result.lines[result.lines["approach"] != "standardised"]
    rated = rated[rated["protection_id"] == ""].set_index("exposure_id")["rwa_standardised"]
    standard = (
        result.standardised.assign(rwa=cents(result.standardised["rwa"])).groupby("exposure_id")["rwa"].sum()
    )

    assert (cents(rated) == standard[rated.index]).all()
    assert result.ratios["rwa_credit_standardised"] == cents(result.standardised["rwa"]).sum() / 100


def test_amounts_by_approach_add_up(result: Result) -> None:
    amounts = result.requirements.set_index("risk")["amount"]
    total = cents(result.lines["rwa"]).sum()
    both = cents(amounts[["credit_sa", "credit_irb"]]).sum()

    assert abs(int(both) - int(total)) == 0
    assert (result.lines.loc[result.lines["irb_class"] != "", "sa_class"] == "").all()
    assert (result.lines["rule_ids"] != "").sum() >= (~result.lines["deducted"]).sum()


def test_expected_losses_meet_provisions(result: Result) -> None:
    rated = result.lines[result.lines["irb_class"] != ""]
    short = cents(rated["el"]).sum() - cents(rated["provision"]).sum()

    assert result.cover is not None
    gap = cents([result.expected_loss_shortfall, result.excess_provisions])
    assert gap[0] - gap[1] == short
    assert any("Article 159" in notice for notice in result.notices)
    assert any("pieces of credit protection" in notice for notice in result.notices)


def test_amounts_by_approach_are_those_of_the_lines() -> None:
    """What a guarantor covers whom the standardised approach weighs is standardised (Article 235a CRR)."""
    firm = {"counterparty_id": "firm", "counterparty_type": "corporate"}
    bank = {"counterparty_id": "bank", "counterparty_type": "credit_institution", "credit_quality_step": 1}
    loan = {"counterparty_id": "firm", "approach": "foundation", "irb_class": "corporate", "pd": 0.02}
    pledge = {
        "guarantee_id": "g",
        "exposure_id": "exposure",
        "provider_id": "bank",
        "guarantee_type": "guarantee",
        "amount": 60_000.0,
        "currency": "EUR",
    }
    result = simulate(small_book([loan], [firm, bank], guarantees=[pledge]))

    amounts = result.requirements.set_index("risk")["amount"]
    of_lines = result.lines.groupby("approach")["rwa"].sum()

    assert of_lines["standardised"] == 60_000 * 0.20
    assert amounts["credit_sa"] == of_lines["standardised"]
    assert amounts["credit_irb"] == of_lines["foundation"]
