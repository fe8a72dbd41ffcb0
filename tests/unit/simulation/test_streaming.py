"""A streamed book gives the figures of the loaded one, however it is cut; what belongs together stays together."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench.copies import write_copies
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.smallbook import small_book

import plimsoll
from plimsoll.data import Book
from plimsoll.data.partition import partition
from plimsoll.errors import BookError, ScenarioError

TABLES = (
    "own_funds", "own_funds_parts", "requirements", "marks", "coverage", "countercyclical", "memorandum", "protection",
)  # fmt: skip


def saved(book: Book, folder: Path) -> Path:
    plimsoll.save(book, folder)
    return folder


@pytest.mark.parametrize("kind", ["savings_bank", "universal_bank", "corporate_lender"])
def test_a_streamed_book_gives_the_figures_of_the_loaded_one(kind: str, tmp_path: Path) -> None:
    folder = saved(plimsoll.sample_book(kind, seed=5, exposures=700), tmp_path / "book")
    whole = plimsoll.simulate(plimsoll.load(folder))

    for rows in (300, 10_000):
        part = plimsoll.simulate_stream(folder, rows=rows)

        assert dict(part.ratios) == dict(whole.ratios)
        assert (part.floor, part.cover, part.distribution) == (whole.floor, whole.cover, whole.distribution)
        assert part.notices == whole.notices
        assert part.rules_used == whole.rules_used
        pd.testing.assert_frame_equal(part.by_class, whole.by_class(), check_exact=True)
        for name in TABLES:
            pd.testing.assert_frame_equal(
                getattr(part, name), getattr(whole, name), check_exact=True, obj=name
            )


def test_a_scenario_streams_and_lines_are_written_where_asked(tmp_path: Path) -> None:
    folder = saved(plimsoll.sample_book("universal_bank", seed=6, exposures=500), tmp_path / "book")
    scenario = "house_prices_down_20"
    whole = plimsoll.simulate(plimsoll.load(folder), scenario=scenario)

    part = plimsoll.simulate_stream(folder, scenario=scenario, rows=300, lines=tmp_path / "lines")

    assert dict(part.ratios) == dict(whole.ratios)
    for kind, expected in (("lines", whole.lines), ("standardised", whole.standardised)):
        files = sorted((tmp_path / "lines" / kind).glob("*.parquet"))
        assert len(files) > 1
        written = pd.concat([pd.read_parquet(file) for file in files]).sort_values(
            "line_id", ignore_index=True
        )
        pd.testing.assert_frame_equal(written, expected, check_exact=True)


def test_deductions_by_thresholds_reach_streamed_exposures(tmp_path: Path) -> None:
    exposures = [
        {"exposure_id": f"loan {n}", "amount": 1_000_000.0, "retail_eligible": False} for n in range(20)
    ] + [
        {
            "exposure_id": "stake",
            "product": "equity",
            "equity_type": "significant_financial",
            "amount": 400_000.0,
        }
    ]
    book = small_book(
        exposures,
        own_funds_items=[{"item_id": "capital", "item": "cet1_paid_up_capital", "amount": 2_000_000.0}],
        financial_holdings=[
            {
                "holding_id": "h",
                "exposure_id": "stake",
                "entity": "Insurer",
                "layer": "cet1",
                "significant": True,
                "amount": 400_000.0,
            }
        ],
    )
    whole = plimsoll.simulate(book)

    part = plimsoll.simulate_stream(saved(book, tmp_path / "book"), rows=5)

    assert (whole.lines["part"] == "deducted").any(), "the case must reach the threshold"
    assert dict(part.ratios) == dict(whole.ratios)
    pd.testing.assert_frame_equal(part.by_class, whole.by_class(), check_exact=True)


OBLIGORS = st.lists(st.sampled_from(["", "g1", "g2", "g3"]), min_size=6, max_size=6)
LOANS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["", "house", "shop", "tower"]), st.integers(1, 30)),
    min_size=2,
    max_size=12,
)


@settings(max_examples=6, deadline=None)
@given(groups=OBLIGORS, loans=LOANS, rows=st.integers(1, 4))
def test_groups_and_shared_properties_are_never_cut(
    tmp_path_factory: pytest.TempPathFactory, groups: list[str], loans: list[tuple[int, str, int]], rows: int
) -> None:
    """Small firms: the SME factor depends on what the group owes, the secured part on who shares the property."""
    firms = [
        {"counterparty_id": f"firm {n}", "turnover": 5e6, **({"group_id": group} if group else {})}
        for n, group in enumerate(groups)
    ]
    exposures = [
        {"exposure_id": f"loan {n}", "counterparty_id": f"firm {firm}", "amount": size * 200_000.0}
        for n, (firm, _, size) in enumerate(loans)
    ]
    liens = [
        {
            "collateral_id": f"lien {n}",
            "exposure_id": f"loan {n}",
            "property_id": place,
            "property_type": "commercial",
            "property_value": 3e6,
        }
        for n, (_, place, _) in enumerate(loans)
        if place
    ]
    book = small_book(exposures, firms, liens)
    folder = saved(book, tmp_path_factory.mktemp("book") / "book")

    streamed = plimsoll.simulate_stream(folder, rows=rows, lines=tmp_path_factory.mktemp("lines"))

    assert streamed.lines is not None
    files = (streamed.lines / "lines").glob("*.parquet")
    written = pd.concat([pd.read_parquet(file) for file in files]).sort_values("line_id", ignore_index=True)
    pd.testing.assert_frame_equal(written, plimsoll.simulate(book).lines, check_exact=True)


def test_parts_hold_every_row_once(tmp_path: Path) -> None:
    book = plimsoll.sample_book("universal_bank", seed=8, exposures=600)
    folder = saved(book, tmp_path / "book")
    (tmp_path / "parts").mkdir()

    parts = partition(folder, tmp_path / "parts", 100)

    assert len(parts) > 3
    for name, key in (
        ("exposures", "exposure_id"),
        ("collateral", "collateral_id"),
        ("pledges", "pledge_id"),
    ):
        found = [
            pq.read_table(part / f"{name}.parquet")[key].to_pylist()
            for part in parts
            if (part / f"{name}.parquet").exists()
        ]
        assert sorted(itertools.chain(*found)) == sorted(book.table(name)[key])


def test_what_cannot_be_streamed_is_refused(tmp_path: Path) -> None:
    book = small_book([{"exposure_id": f"e{n}", "counterparty_id": f"o{n % 2}"} for n in range(4)],
                      [{"counterparty_id": "o0"}, {"counterparty_id": "o1"}])  # fmt: skip
    folder = saved(book, tmp_path / "book")
    losses = plimsoll.Scenario("losses", (plimsoll.scenarios.Shock("credit_losses", relative=0.01),))

    with pytest.raises(ScenarioError, match="cannot be streamed"):
        plimsoll.simulate_stream(folder, scenario=losses)
    with pytest.raises(BookError, match="not empty"):
        plimsoll.simulate_stream(folder, lines=folder)
    table = pq.read_table(folder / "exposures.parquet")
    again = table.set_column(0, "exposure_id", pa.array(["e0", "e1", "e2", "e0"]))
    pq.write_table(again, folder / "exposures.parquet")
    with pytest.raises(BookError, match="id that another row has"):
        plimsoll.simulate_stream(folder, rows=1)
    (folder / "exposures.parquet").unlink()
    (folder / "exposures.csv").write_text("exposure_id\n")
    with pytest.raises(BookError, match="no Parquet file"):
        plimsoll.simulate_stream(folder)


_MEASURED = """
import sys
import plimsoll
plimsoll.simulate_stream(sys.argv[1], rows=50_000)
with open("/proc/self/status") as file:  # getrusage would count what the parent held before this program began
    print(next(line.split()[1] for line in file if line.startswith("VmHWM")))
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_two_million_exposures(tmp_path: Path) -> None:
    book = plimsoll.sample_book("universal_bank", seed=9, exposures=20_000)
    peaks = []
    for copies in (10, 100):
        folder = write_copies(book, tmp_path / f"{copies}", copies)
        ran = subprocess.run(
            [sys.executable, "-c", _MEASURED, str(folder)], capture_output=True, text=True, check=True
        )
        peaks.append(int(ran.stdout.split()[-1]) * 1024)
    few, many = np.array(peaks) / 1e6

    loaded = sum(int(book.tables[name].memory_usage(deep=True).sum()) for name in book.tables) / 1e6 * 100
    assert many < few + 400, f"{few:.0f} MB for 200,000 exposures, {many:.0f} MB for 2,000,000"
    assert many < loaded, f"{many:.0f} MB, and the tables alone have {loaded:.0f}"
