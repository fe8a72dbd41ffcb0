"""Due dates as a person would read them off a wall calendar."""

from __future__ import annotations

import datetime

import pytest

from plimsoll.errors import ReturnError
from plimsoll.returns.calendar import due_date, due_dates, frequency_of, reference_dates

D = datetime.date


@pytest.mark.parametrize(
    ("module", "reference", "country", "due", "moved_by"),
    [
        ("COREP_OF", D(2026, 3, 31), "DE", D(2026, 5, 12), ()),
        ("COREP_OF", D(2026, 6, 30), "DE", D(2026, 8, 11), ()),
        ("COREP_OF", D(2025, 12, 31), "DE", D(2026, 2, 11), ()),
        # 11 November 2026 is a Wednesday: a holiday in France, Belgium and Poland, a working day in Germany.
        ("FINREP9", D(2026, 9, 30), "DE", D(2026, 11, 11), ()),
        ("FINREP9", D(2026, 9, 30), "FR", D(2026, 11, 12), ("Armistice Day",)),
        ("COREP_LR", D(2025, 3, 31), "DE", D(2025, 6, 30), ()),
        ("FINREP9", D(2025, 3, 31), "DE", D(2025, 5, 12), ()),
        # 15 August 2026 is a Saturday, and Assumption Day in Italy.
        ("COREP_LCR_DA", D(2026, 7, 31), "IT", D(2026, 8, 17), ("Saturday", "Sunday")),
        # 15 August 2025 is a Friday.
        (
            "COREP_LCR_DA",
            D(2025, 7, 31),
            "IT",
            D(2025, 8, 18),
            ("Assumption of Mary Day", "Saturday", "Sunday"),
        ),
        ("COREP_LCR_DA", D(2025, 7, 31), "DE", D(2025, 8, 15), ()),
    ],
)
def test_a_report_is_due_on_the_next_working_day(
    module: str, reference: D, country: str, due: D, moved_by: tuple[str, ...]
) -> None:
    found = due_date(module, reference, country)
    assert found.due == due
    assert tuple(word.casefold() for word in found.moved_by) == tuple(word.casefold() for word in moved_by)
    assert found.nominal == due - datetime.timedelta(days=len(moved_by))
    assert "2024/3117 Art. " in found.article


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    plain = due_date("COREP_LCR_DA", D(2025, 7, 31), "DE")
    saarland = due_date("COREP_LCR_DA", D(2025, 7, 31), "DE", subdivision="SL")
    assert (plain.due, saarland.due) == (D(2025, 8, 15), D(2025, 8, 18))


def test_every_member_state_has_holidays() -> None:
    from plimsoll import rules

    for country in rules.on(D(2026, 6, 30))["union.domestic_currency"].names:
        assert due_date("COREP_OF", D(2026, 6, 30), country).due >= D(2026, 8, 11), country


def test_a_year_of_filings_is_listed_in_order() -> None:
    found = due_dates(["COREP_OF", "COREP_LCR_DA"], D(2026, 1, 1), D(2026, 12, 31), "DE")
    assert list(found) == sorted(found, key=lambda filing: filing.due)
    quarters = [filing.reference_date for filing in found if filing.module == "COREP_OF"]
    assert quarters == [D(2025, 12, 31), D(2026, 3, 31), D(2026, 6, 30), D(2026, 9, 30)]
    assert sum(filing.module == "COREP_LCR_DA" for filing in found) == 12


def test_small_institutions_report_liquidity_metrics_by_quarter() -> None:
    assert frequency_of("COREP_ALM", D(2026, 6, 30)) == "monthly"
    assert frequency_of("corep_alm", D(2026, 6, 30), small=True) == "quarterly"
    assert len(reference_dates("COREP_ALM", D(2026, 1, 1), D(2026, 12, 31))) == 12
    assert len(reference_dates("COREP_ALM", D(2026, 1, 1), D(2026, 12, 31), small=True)) == 4


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(ReturnError, match="2026-05-31 is no reference date"):
        due_date("COREP_OF", D(2026, 5, 31), "DE")
    with pytest.raises(ReturnError, match="2026-06-29 is no reference date"):
        due_date("COREP_LCR_DA", D(2026, 6, 29), "DE")
    with pytest.raises(ReturnError, match="how often FC is reported"):
        due_date("FC", D(2026, 6, 30), "DE")
    with pytest.raises(ReturnError, match="holidays of XX"):
        due_date("COREP_OF", D(2026, 6, 30), "XX")
