"""Pools of real banks tie to the totals the EBA published; where the file is odd, a notice says so."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plimsoll.data import Entity, load_transparency
from plimsoll.errors import BookError

LEI = "R0MUWSFPU8MPRO8K5P83"
SA, IRB = "Credit Risk_STA_a", "Credit Risk_IRB_a"
ROWS = [  # item, portfolio, country, class, amount, sheet
    (2520501, 1, 0, 0, 100.0, SA),
    (2520521, 1, 0, 0, 80.0, SA),
    (2520531, 1, 0, 0, 55.0, SA),
    (2520551, 1, 0, 0, 3.0, SA),
    (2520502, 1, 0, 103, 60.0, SA),
    (2520502, 1, 9, 103, 45.0, SA),
    (2520502, 1, 10, 103, 10.0, SA),
    (2520532, 1, 0, 103, 5.0, SA),
    (2520532, 1, 9, 103, 1.0, SA),
    (2520502, 1, 0, 303, 30.0, SA),
    (2520502, 1, 9, 303, 31.0, SA),  # more than the total: one pool
    (2520502, 1, 0, 601, 10.0, SA),
    (2520552, 1, 0, 601, 2.5, SA),
    (2520502, 2, 0, 404, 40.0, IRB),
    (2520502, 2, 9, 404, 40.0, IRB),
    (2520512, 2, 0, 404, 4.0, IRB),
    (2520512, 2, 9, 404, 4.0, IRB),
    (2520532, 2, 0, 404, 12.0, IRB),
    (2520532, 2, 9, 404, 12.0, IRB),
    (2520552, 2, 0, 404, 1.5, IRB),
    (2520552, 2, 9, 404, 1.5, IRB),
]


def write(folder: Path, rows: list, lei: str = LEI) -> Path:
    frame = pd.DataFrame(rows, columns=["Item", "Portfolio", "Country", "Exposure", "Amount", "Sheet"])
    frame = frame.assign(LEI_Code=lei, NSA="FR", Period=202506, Status=0)
    pq.write_table(pa.Table.from_pandas(frame), folder / "tr_cre.parquet")
    return folder


def test_pools_are_leaves_and_add_up(tmp_path: Path) -> None:
    book = load_transparency(write(tmp_path, ROWS), lei=LEI, period="202506")
    assert book.entity == Entity("BNP Paribas", LEI, "CON", "FR", "EUR")
    assert book.reference_date == datetime.date(2025, 6, 30)
    assert book.exposures.set_index("exposure_id")["amount"].to_dict() == {
        "SA-103-FR": 45e6,
        "SA-103-DE": 10e6,
        "SA-103-ZZ": 5e6,
        "SA-303-ZZ": 30e6,
        "SA-601-ZZ": 10e6,
        "IRB-404-FR": 36e6,
        "IRB-404-FR-default": 4e6,
    }
    flags = book.exposures.set_index("exposure_id")[["defaulted", "specific_provision"]]
    assert flags.loc["SA-601-ZZ"].tolist() == [True, 2.5e6]
    assert flags.loc["IRB-404-FR-default"].tolist() == [True, 0.0]
    published = book.benchmarks.set_index("benchmark_id")["amount"]
    assert published["SA-total-original_exposure"] == 100e6
    assert published["SA-103-ZZ-rwa"] == 4e6
    assert published["IRB-404-FR-provisions"] == 1.5e6
    assert any("exceed the published total by 1.00 million" in notice for notice in book.notices)
    assert any("Own funds are not in this file" in notice for notice in book.notices)
    assert book.own_funds_items.empty


def test_classes_that_do_not_reach_the_total_are_told(tmp_path: Path) -> None:
    rows = [(2520501, 1, 0, 0, 110.0, SA), *ROWS[1:]]
    book = load_transparency(write(tmp_path, rows), lei=LEI, period="202506")
    assert "Standardised classes add up to 100.00 million, the published total is 110.00." in book.notices


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"lei": "7LTWFZYICNSX8D621K86"}, "is no bank of the exercise"),
        ({"period": "202503"}, "is not published for this bank; known are 202506"),
        ({"period": "2025-06"}, "is no year and month"),
        ({"period": "202513"}, "is no year and month"),
    ],
)
def test_what_is_not_there_is_refused(tmp_path: Path, facts: dict[str, str], reason: str) -> None:
    with pytest.raises(BookError, match=reason):
        load_transparency(write(tmp_path, ROWS), **{"lei": LEI, "period": "202506", **facts})


def test_a_figure_published_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="published twice"):
        load_transparency(write(tmp_path, [*ROWS, ROWS[4]]), lei=LEI, period="202506")


def test_an_identifier_that_is_no_lei_needs_an_entity(tmp_path: Path) -> None:
    odd = "AT0000000000043000VB"
    folder = write(tmp_path, ROWS, odd)
    with pytest.raises(BookError, match="pass entity="):
        load_transparency(folder, lei=odd, period="202506")
    who = Entity("Volksbank", "969500DEMOPORT000140", "CON", "AT")
    assert load_transparency(folder, lei=odd, period="202506", entity=who).entity == who


REAL = [  # identifier, published standardised original exposure in millions, standardised RWA
    (LEI, 517_530.62, 287_050.16),
    ("FR969500TJ5KRTCJQWXH", None, None),
    ("FR9695005MSX1OYEMGDF", None, None),
    ("7LTWFZYICNSX8D621K86", None, None),
    ("5493006QMFDDMYWIAM13", None, None),
    ("LIU16F6VZJSD6UKHD557", None, None),
    ("549300GKFG0RYRRQ1414", None, None),
]


@pytest.mark.parametrize(("lei", "exposure", "rwa"), REAL)
def test_real_banks_tie_to_the_published_total(
    shared_data: Path, lei: str, exposure: float | None, rwa: float | None
) -> None:
    book = load_transparency(shared_data / "eba_transparency_2025", lei=lei, period="202506")
    published = book.benchmarks.set_index("benchmark_id")["amount"]
    pools = book.exposures
    mine = pools.loc[pools["exposure_id"].str.startswith("SA-"), "amount"].sum()
    assert mine == pytest.approx(published["SA-total-original_exposure"], rel=1e-6)
    weighted = published[published.index.str.fullmatch(r"SA-\d+-.*-rwa")].sum()
    assert weighted == pytest.approx(published["SA-total-rwa"], rel=1e-6)
    if exposure is not None:
        assert published["SA-total-original_exposure"] / 1e6 == pytest.approx(exposure, abs=0.02)
        assert published["SA-total-rwa"] / 1e6 == pytest.approx(rwa, abs=0.02)
    assert not any("add up to" in notice for notice in book.notices)


def test_irb_pools_tie_to_the_classes_published(shared_data: Path) -> None:
    folder = shared_data / "eba_transparency_2025"
    book = load_transparency(folder, lei=LEI, period="202506")
    raw = pq.read_table(folder / "tr_cre.parquet", filters=[("LEI_Code", "==", LEI)]).to_pandas()
    raw = raw[(raw["Period"] == 202506) & (raw["Item"] == 2520502) & (raw["Portfolio"] == 2)]
    raw = raw[(raw["Country"] == 0) & (raw["Exposure"] != 601)]
    pools = book.exposures
    mine = pools.loc[pools["exposure_id"].str.startswith("IRB-"), "amount"].sum()
    assert mine == pytest.approx(raw["Amount"].astype(float).sum() * 1e6, rel=1e-6)
