"""How far internal ratings reach (C 08.07), and what the countercyclical buffer looks at (C 09.04)."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.errors import MissingInputs
from plimsoll.returns import Return, explain, fill, find_gaps
from plimsoll.simulation import Result, simulate

ALL = "eba_GA:qx2014"
OUTSIDE = {
    *("central_governments", "regional_governments", "public_sector_entities"),
    *("multilateral_development_banks", "international_organisations", "institutions"),
}
RATED_OUTSIDE = {"sovereign", "regional_government", "public_sector", "institution"}


@pytest.fixture(scope="module")
def rated() -> Result:
    return simulate(sample_book("universal_bank", seed=5, exposures=600))


@pytest.fixture(scope="module")
def rated_return(rated: Result, dictionary: Dictionary) -> Return:
    return fill(rated, "corep_of", dictionary)


def value(filled: Return, *cell: str) -> Decimal:
    fact = filled.fact(*cell)
    assert fact is not None, cell
    assert isinstance(fact.value, Decimal)
    return fact.value


def test_ratings_reach_what_the_lines_say(rated: Result, rated_return: Return) -> None:
    lines = rated.lines[~rated.lines["deducted"]]
    internal = lines["original_class"].str.startswith("irb_")
    gross = (lines["original_exposure"] * lines["ccf"].where(~lines["on_balance"], 1.0))[internal]
    assert float(value(rated_return, "C_08.07", "0170", "0010")) == pytest.approx(gross.sum(), abs=5.0)
    parts = rated.leverage.parts[~rated.lines["deducted"].to_numpy()]
    total = parts["exposure"].sum()
    assert float(value(rated_return, "C_08.07", "0170", "0020")) == pytest.approx(total, abs=0.01)
    share = parts.loc[internal.to_numpy(), "exposure"].sum() / total
    assert float(value(rated_return, "C_08.07", "0170", "0050")) == pytest.approx(share, abs=1e-6)


def test_the_shares_of_every_class_come_to_all_of_it(rated_return: Return) -> None:
    shares = [fact for fact in rated_return.facts if fact.table == "C_08.07" and fact.data_type == "p"]
    rows = {fact.row for fact in shares}
    assert len(rows) > 12
    for row in rows:
        total = sum((fact.value for fact in shares if fact.row == row), Decimal(0))  # type: ignore[misc]
        assert abs(total - 1) <= Decimal("0.000002"), row


def test_the_standardised_approach_is_told_apart_by_its_reason(rated: Result, rated_return: Return) -> None:
    lines = rated.lines
    parts = rated.leverage.parts["exposure"]
    internal = lines["original_class"].str.startswith("irb_")
    waiting = parts[((lines["sa_use"] == "roll_out") & ~internal & ~lines["deducted"]).to_numpy()].sum()
    total = value(rated_return, "C_08.07", "0170", "0020")
    share = value(rated_return, "C_08.07", "0170", "0040")
    assert waiting > 0
    assert float(share * total) == pytest.approx(waiting, rel=1e-3)


@pytest.mark.parametrize(("row", "use"), [("0050", "permanent_partial_use"), ("0060", "roll_out")])
def test_template_7_says_why_too(row: str, use: str, rated: Result, rated_return: Return) -> None:
    lines = rated.lines
    chosen = lines[(lines["approach"] == "standardised") & (lines["sa_use"] == use) & ~lines["deducted"]]
    held = value(rated_return, "C_07.00.a", row, "0200", "eba_qEC:qx01")
    assert float(held) == pytest.approx(chosen["ead"].sum(), abs=0.01)


def test_a_bank_without_ratings_has_no_scope(filled: Return) -> None:
    assert not any(fact.table == "C_08.07" for fact in filled.facts)
    assert filled.indicators["C_08.07"] is False


def test_an_unexplained_use_of_the_standardised_approach_is_named(dictionary: Dictionary) -> None:
    book = sample_book("universal_bank", seed=5, exposures=600)
    exposures = book.tables["exposures"].copy()
    named = exposures.index[exposures["sa_use"] == "roll_out"][0]
    exposures.loc[named, "sa_use"] = None
    result = simulate(book.replace(exposures=exposures))
    (gap,) = [gap for gap in find_gaps(result, "corep_of", dictionary) if "C 08.07" in gap.cells]
    assert gap.column == "exposures.sa_use"
    assert exposures.loc[named, "exposure_id"] in gap.examples
    with pytest.raises(MissingInputs, match="Article 150"):
        fill(result, "corep_of", dictionary)


@pytest.mark.parametrize("bank", ["standardised", "rated"])
def test_the_buffer_looks_at_private_obligors(
    bank: str, result: Result, rated: Result, filled: Return, rated_return: Return
) -> None:
    of, held = (result, filled) if bank == "standardised" else (rated, rated_return)
    lines = of.lines
    kept = lines[
        ~lines["sa_class"].isin(OUTSIDE) & ~lines["irb_class"].isin(RATED_OUTSIDE) & ~lines["deducted"]
    ]
    home = of.book.entity.country
    countries = kept["country"].replace("", home)
    ratings = kept["approach"] != "standardised"
    for country, rows in kept.groupby(countries):
        sheet = f"eba_GA:{country}"
        for row, chosen in (("0010", ~ratings), ("0020", ratings)):
            expected = rows.loc[chosen.loc[rows.index], "ead"]
            if len(expected):
                assert float(value(held, "C_09.04", row, "0010", sheet)) == pytest.approx(
                    expected.sum(), abs=0.01
                )
        requirement = float(value(held, "C_09.04", "0070", "0010", sheet))
        assert requirement == pytest.approx(rows["rwa"].sum() * 0.08, abs=0.006)
        share = value(held, "C_09.04", "0110", "0020", sheet)
        assert float(share) == pytest.approx(rows["rwa"].sum() / kept["rwa"].sum(), abs=1e-6)


def test_the_rate_is_the_one_the_buffer_is_made_of(result: Result, filled: Return) -> None:
    rate = value(filled, "C_09.04", "0140", "0020", ALL)
    total = value(filled, "C_02.00.a", "0010", "0010")
    assert float(rate * total) == pytest.approx(float(value(filled, "C_04.00", "0770", "0010")), rel=2e-4)
    rates = result.book.tables["countercyclical_rates"].set_index("country")["rate"]
    assert float(value(filled, "C_09.04", "0120", "0020", "eba_GA:FR")) == rates["FR"]
    assert filled.fact("C_09.04", "0120", "0020", "eba_GA:US") is None  # none is set there
    assert filled.fact("C_09.04", "0140", "0020", "eba_GA:FR") is None
    fact = filled.fact("C_09.04", "0150", "0030", "eba_GA:FR")
    assert fact is not None
    assert fact.value == "false"


def test_a_rate_set_at_home_for_another_country_has_a_row_of_its_own(dictionary: Dictionary) -> None:
    book = sample_book("savings_bank", seed=11, exposures=600)
    rates = book.table("countercyclical_rates")
    rates["set_by"] = rates["country"].map({"BE": "home"}).fillna("own")
    held = fill(simulate(book.replace(countercyclical_rates=rates)), "corep_of", dictionary)
    assert held.fact("C_09.04", "0120", "0020", "eba_GA:BE") is None
    assert value(held, "C_09.04", "0130", "0020", "eba_GA:BE") == Decimal("0.01")


def test_without_rates_the_exposures_stand_and_the_given_rate_with_them(dictionary: Dictionary) -> None:
    book = sample_book("savings_bank", seed=11, exposures=600)
    given = pd.concat(
        [
            book.table("requirements"),
            pd.DataFrame({"requirement": ["countercyclical_buffer"], "ratio": [0.0042], "source": ["given"]}),
        ],
        ignore_index=True,
    )
    without = book.table("countercyclical_rates").iloc[:0]
    held = fill(
        simulate(book.replace(requirements=given, countercyclical_rates=without)), "corep_of", dictionary
    )
    assert value(held, "C_09.04", "0140", "0020", ALL) == Decimal("0.0042")
    assert held.fact("C_09.04", "0120", "0020", "eba_GA:FR") is None
    assert value(held, "C_09.04", "0070", "0010", ALL) > 0


def test_a_requirement_leads_to_its_exposures(filled: Return) -> None:
    told = explain(filled, "C_09.04", row="0080", column="0010", sheet="eba_GA:FR")
    assert told.total == told.value
    assert told.lines["exposure_id"].is_unique or len(told.lines) > 10
