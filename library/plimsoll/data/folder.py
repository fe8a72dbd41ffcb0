"""A book as a folder: `book.toml` beside one Parquet or CSV file per table."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from plimsoll.data.book import Book, Entity
from plimsoll.data.manifest import MANIFEST, Manifest, write_manifest
from plimsoll.data.schema import read_schema
from plimsoll.data.validation import nearest
from plimsoll.errors import BookError, Problem

__all__ = ["load_folder", "read_tables", "save"]

_READ = (".parquet", ".csv")
_PASSED_OVER = (".md", ".txt")  # words for people


def load_folder(
    path: Path, entity: Entity | None = None, reference_date: datetime.date | None = None
) -> Book:
    """Return the book in a folder.

    Parameters
    ----------
    path
        Folder with `<table>.parquet` or `<table>.csv` files, and `book.toml` unless entity and date
        are given.
    entity, reference_date
        Who and when; what is given here goes before `book.toml`.

    Raises
    ------
    BookError
        With every problem found.
    """
    manifest = Manifest.read(path / MANIFEST)
    tables = read_tables(path)
    if not tables:
        problem = Problem("book", "-", "-", path.name, f"has no table; known are {', '.join(read_schema())}")
        raise BookError(f"The folder {path} is not a book.", (problem,))
    return Book(
        entity or manifest.entity(path),
        reference_date or manifest.date(path),
        manifest.source(path),
        tables,
        manifest.notices(),
    )


def read_tables(path: Path, *, without: Collection[str] = ()) -> dict[str, pd.DataFrame]:
    """Return the Parquet and CSV tables of a folder, not yet validated; CSV values are still text."""
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name, file in _find_tables(path).items():
        if name in without:
            continue
        try:
            table = pq.read_table(file) if file.suffix == ".parquet" else _read_csv(file)
            tables[name] = table.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
        except BookError as error:
            problems += error.problems
        except (pa.ArrowException, OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(
                Problem(name, "-", "-", file.name, f"cannot be read: {' '.join(str(error).split())}")
            )
    if problems:
        raise BookError(f"The book from {path} cannot be read.", tuple(problems))
    return tables


def _find_tables(path: Path) -> dict[str, Path]:
    """Return table files by name; whatever else could hold data is refused by name."""
    found: dict[str, Path] = {}
    problems = []
    schema = read_schema()
    for file in sorted(path.iterdir()):
        if file.name == MANIFEST or file.name.startswith(".") or file.suffix in (*_PASSED_OVER, ".json"):
            continue
        if file.suffix not in _READ or file.is_dir():
            problems.append(Problem(file.stem, "-", "-", file.name, "is no Parquet or CSV table"))
        elif file.stem not in schema:
            reason = f"is no table of a book; {nearest(file.stem, schema)}"
            problems.append(Problem(file.stem, "-", "-", file.name, reason))
        elif file.stem in found:
            reason = f"comes beside {found[file.stem].name}: keep one"
            problems.append(Problem(file.stem, "-", "-", file.name, reason))
        else:
            found[file.stem] = file
    if problems:
        raise BookError(f"The folder {path} is not a book.", tuple(problems))
    return found


def _read_csv(file: Path) -> pa.Table:
    """Return every column as text: the schema, never the reader, decides what a value is."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines), [])
    table = file.stem
    twice = sorted({name for name in header if header.count(name) > 1})
    problems = [Problem(table, "-", name, name, "stands twice in the header") for name in twice]
    if not header:
        problems = [Problem(table, "-", "-", file.name, "is empty: not even a header")]
    if problems:
        raise BookError(None, tuple(problems))
    return pacsv.read_csv(
        file,
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def save(book: Book, path: str | Path) -> None:
    """Write a book as a Parquet folder, which `load` reads back with the same digest.

    Raises
    ------
    BookError
        The folder exists and is not empty.
    """
    folder = Path(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        problem = Problem("book", "-", "-", str(folder), "exists and is not empty: name a new folder")
        raise BookError("The book was not saved.", (problem,))
    folder.mkdir(parents=True, exist_ok=True)
    write_manifest(book, folder / MANIFEST)
    for name, table in read_schema().items():
        frame = book.tables[name].sort_values(table.key, kind="stable")
        if len(frame):
            content = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
            pq.write_table(content, folder / f"{name}.parquet", compression="zstd")
