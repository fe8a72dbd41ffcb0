"""Every bank of the transparency exercise on every date of it: loads, runs, and loses no cent on the way."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest

import plimsoll
from plimsoll.data import load_transparency
from plimsoll.errors import BookError

FIRST_DAY = datetime.date(2025, 1, 1)
PERIODS = ("202409", "202412", "202503", "202506")


@pytest.mark.slow
@pytest.mark.parametrize("period", PERIODS)
def test_every_bank_runs(shared_data: Path, period: str) -> None:
    folder = shared_data / "eba_transparency_2025"
    known = pd.read_parquet(folder / "tr_cre.parquet", columns=["LEI_Code", "Period", "Sheet"])
    weighed = known["Sheet"].astype(str).str.startswith("Credit Risk")
    leis = known.loc[weighed & (known["Period"].astype(str) == period), "LEI_Code"].drop_duplicates()
    run, refused = 0, []
    for lei in leis:
        try:
            book = load_transparency(folder, lei=lei, period=period)
        except BookError as error:
            refused.append((lei, str(error)))
            continue
        rules = plimsoll.rules.on(max(book.reference_date, FIRST_DAY))
        lines = plimsoll.simulate(book, rules=rules).lines
        assert lines["original_exposure"].sum() == pytest.approx(book.exposures["amount"].sum(), abs=0.01)
        assert lines["exposure_id"].nunique() == len(book.exposures)
        run += 1
    assert run + len(refused) == len(leis) > 100
    assert len(refused) <= 2
    assert all("is no LEI" in why or "is no bank" in why for _, why in refused)
