"""Books that members bring: what is refused, in words, and what is said of what is taken in."""

from __future__ import annotations

import csv
import io
import shutil
import threading
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import plimsoll
from harbour.errors import BadParameters, RunStopped
from harbour.execution import Arrival, Offered
from harbour.execution.arrivals import PACKED, PROBLEMS
from harbour.execution.importing import describe, examine
from harbour.execution.unpacking import Limits, lay_out
from plimsoll.errors import BookError

FIRE = Path(__file__).parents[3] / "notebooks" / "examples" / "fire_bank"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("bank") / "book"
    plimsoll.save(plimsoll.sample_book(exposures=300), folder)
    return folder


def zipped(files: dict[str, bytes], **options: Any) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, held in files.items():
            archive.writestr(name, held)
    return content.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def arrived(files: dict[str, bytes], piece: int = 1 << 16) -> Arrival:
    arrival = Arrival([Offered(name, len(content)) for name, content in files.items()])
    names = list(files)
    while (wanted := arrival.wanted) is not None:
        number, position = wanted
        arrival.take(number, position, files[names[number]][position : position + piece])
    return arrival


def refused(tmp_path: Path, files: dict[str, bytes], limits: Limits = Limits()) -> str:  # noqa: B008  # frozen
    sent = tmp_path / "sent"
    sent.mkdir()
    for name, content in files.items():
        (sent / name).write_bytes(content)
    (tmp_path / "laid").mkdir()
    with pytest.raises(BookError) as error:
        lay_out(sorted(sent.iterdir()), tmp_path / "laid", limits)
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith("evil")], (
        "nothing left its folder"
    )
    return str(error.value)


@pytest.mark.parametrize(
    "name",
    ["../evil.csv", "/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:evil.csv", "book/../../evil.csv"],
)
def test_an_archive_that_reaches_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    assert "points outside its archive" in refused(tmp_path, {"a.zip": zipped({name: b"x", "b.csv": b"y"})})


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = zipped({"ledger.csv": b"0" * (8 << 20)})
    assert len(bomb) < 1 << 14
    assert "at most 4 MiB" in refused(tmp_path, {"bomb.zip": bomb}, Limits(unpacked=4 << 20))
    assert not list((tmp_path / "laid").iterdir())


def test_a_bomb_in_pieces_is_refused_too(tmp_path: Path) -> None:
    parts = {f"{n}.zip": zipped({f"{n}.csv": b"0" * (3 << 20)}) for n in range(3)}
    assert "at most 4 MiB" in refused(tmp_path, parts, Limits(unpacked=4 << 20))


def test_too_many_files_links_passwords_and_folders_are_refused(tmp_path: Path) -> None:
    many = zipped({f"{n}.csv": b"" for n in range(30)})
    assert "at most 20" in refused(tmp_path, {"many.zip": many}, Limits(files=20))
    link = zipfile.ZipInfo("ledger.csv")
    link.external_attr = 0o120777 << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a/b/c.csv", "x")
    shutil.rmtree(tmp_path / "sent")
    shutil.rmtree(tmp_path / "laid")
    said = refused(tmp_path, {"link.zip": content.getvalue()})
    assert "is a link" in said
    assert "folder of its own" in said


def test_a_parquet_file_that_stands_for_billions_of_rows_is_refused(tmp_path: Path) -> None:
    table = pa.table({"a": pa.array([1] * 5000, pa.int8())})
    pq.write_table(table, tmp_path / "exposures.parquet")
    held = (tmp_path / "exposures.parquet").read_bytes()
    said = refused(tmp_path, {"exposures.parquet": held}, Limits(rows=1000))
    assert "says it has 5000 rows: at most 1000" in said


@pytest.mark.parametrize(
    ("offered", "why"),
    [
        ([], "one to 200 files"),
        ([Offered("a.csv", 257 << 20)], "at most 256 MiB"),
        ([Offered("../a.csv", 1)], "no name of a file"),
        ([Offered("..", 1)], "no name of a file"),
        ([Offered("a.csv", -1)], "no name of a file"),
        ([Offered("a.csv", 1), Offered("a.csv", 1)], "same name"),
    ],
)
def test_what_is_offered_is_checked_before_a_byte_is_sent(offered: list[Offered], why: str) -> None:
    with pytest.raises(BadParameters, match=why):
        Arrival(offered)


def test_a_piece_that_was_not_asked_for_is_refused() -> None:
    arrival = Arrival([Offered("a.csv", 10)])
    for piece in ((0, 5, b"x"), (1, 0, b"x"), (0, 0, b""), (0, 0, b"x" * 11)):
        with pytest.raises(BadParameters):
            arrival.take(*piece)
    arrival.take(0, 0, b"0123456789")
    assert arrival.wanted is None
    arrival.close()
    assert not arrival.folder.exists()


@pytest.fixture
def told() -> list[str]:
    return []


def test_a_book_arrives_in_pieces_and_says_all_about_itself(bank: Path, told: list[str]) -> None:
    arrival = arrived({"book.zip": zipped({f"book/{name}": held for name, held in contents(bank).items()})})
    report = arrival.examine({}, told.append)
    book = plimsoll.load(bank)
    assert told == ["turn", "unpack", "read", "compute", "gaps", "reconcile", "pack"]
    assert report["book_digest"] == book.digest
    assert report["tables"]["exposures"]["rows"] == len(book.exposures)
    assert report["tables"]["exposures"]["amounts"]["amount"] == pytest.approx(book.exposures["amount"].sum())
    assert report["ratios"]["cet1_ratio"] == pytest.approx(plimsoll.simulate(book).ratios["cet1_ratio"])
    assert report["reconciliation"]["differences"] == []
    assert {gap["column"] for gap in report["gaps"]["finrep9"]} >= {"pledges"}
    with zipfile.ZipFile(arrival.packed) as packed:
        assert "book.toml" in packed.namelist()
    arrival.close()


def examined(folder: Path, files: dict[str, bytes], **stated: str) -> Any:
    """Examine in this process: another one takes seconds to start."""
    (folder / "sent").mkdir(parents=True)
    for name, content in files.items():
        (folder / "sent" / name).write_bytes(content)
    return examine(sorted((folder / "sent").iterdir()), folder, stated, lambda _: None)


def test_every_bad_row_is_named_and_none_is_kept(bank: Path, tmp_path: Path) -> None:
    files = contents(bank)
    frame = plimsoll.load(bank).ledger
    lines = frame.astype(object).where(frame.notna(), "").replace({True: "true", False: "false"})
    lines["amount"] = [f"{amount:.2f}" for amount in frame["amount"]]
    lines.loc[3, "amount"] = "10.001"
    lines.loc[7, "amount"] = "=HYPERLINK(1)"
    files.pop("ledger.parquet")
    files["ledger.csv"] = lines.to_csv(index=False).encode()
    report = examined(tmp_path / "a", files)
    assert report["problems"] == 2
    written = list(csv.reader(io.StringIO((tmp_path / "a" / PROBLEMS).read_text(encoding="utf-8-sig"))))
    assert written[0] == ["table", "row", "column", "value", "reason"]
    rows = {str(lines.loc[n, "account"]) for n in (3, 7)}
    assert {(row[0], row[2], row[3]) for row in written[1:]} == {
        ("ledger", "amount", "10.001"),
        ("ledger", "amount", "'=HYPERLINK(1)"),
    }
    assert all(any(account in row[1] for account in rows) for row in written[1:]), written
    assert not (tmp_path / "a" / PACKED).exists()


def test_fire_documents_and_a_lone_table_say_what_they_lack(tmp_path: Path) -> None:
    assert examined(tmp_path / "a", contents(FIRE))["tables"]["exposures"]["rows"] > 0
    ledger = {"ledger.csv": (FIRE / "ledger.csv").read_bytes()}
    assert "entity" in str(examined(tmp_path / "b", ledger)["shown"])
    stated = {"lei": "969500DEMOPORT000140", "name": "Port", "scope": "CON", "country": "FR"}
    said = examined(tmp_path / "c", ledger, **stated, reference_date="30/06/2026")
    assert "30/06/2026" in str(said["shown"])
    assert "problems" in examined(tmp_path / "d", ledger, **stated | {"scope": "BOTH"})


def test_an_import_can_be_stopped(bank: Path) -> None:
    arrival = arrived(contents(bank))
    begun = threading.Event()

    def tell(step: str) -> None:
        if step == "read":
            begun.set()
            arrival.stop()

    with pytest.raises(RunStopped):
        arrival.examine({}, tell)
    assert begun.is_set()
    arrival.close()


def test_a_book_that_cannot_be_computed_still_says_what_it_holds(bank: Path) -> None:
    whole = plimsoll.load(bank)
    lone = plimsoll.Book(whole.entity, whole.reference_date, "ledger", {"ledger": whole.ledger})
    report = describe(lone, lambda _: None)
    assert report["tables"].keys() == {"ledger"}
    assert "not_computed" in report or "ratios" in report
