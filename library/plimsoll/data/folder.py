"""A book as a folder: `book.toml` beside one Parquet or CSV file per table."""

from __future__ import annotations

import csv
import datetime
import tomllib
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from plimsoll.data.book import Book, Entity
from plimsoll.data.schema import read_schema
from plimsoll.data.validation import nearest
from plimsoll.errors import BookError, Problem

__all__ = ["load_folder", "save"]

_MANIFEST = "book.toml"
_READ = (".parquet", ".csv")
_PASSED_OVER = (".md", ".txt")  # words for people


def load_folder(
    path: Path, entity: Entity | None = None, reference_date: datetime.date | None = None
) -> Book:
    """Return the book in a folder.

    Parameters
    ----------
    path
        Folder with `<table>.parquet` or `<table>.csv` files, and `book.toml` unless both facts
        below are given.
    entity, reference_date
        Who and when; what is given here goes before `book.toml`.

    Raises
    ------
    BookError
        With every problem found.
    """
    manifest = _read_manifest(path / _MANIFEST)
    entity = entity or _read_entity(manifest, path)
    reference_date = reference_date or _read_date(manifest, path)
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name, file in _find_tables(path).items():
        try:
            table = pq.read_table(file) if file.suffix == ".parquet" else _read_csv(file)
            tables[name] = table.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
        except BookError as error:
            problems += error.problems
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            problems.append(
                Problem(name, "-", "-", file.name, f"cannot be read: {' '.join(str(error).split())}")
            )
    if problems:
        raise BookError(f"The book from {path} cannot be read.", tuple(problems))
    source = str(manifest.get("source", path.name))
    notices = tuple(str(notice) for notice in manifest.get("notices", ()))  # type: ignore[attr-defined]
    return Book(entity, reference_date, source, tables, notices)


def _read_manifest(file: Path) -> dict[str, object]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BookError(None, (Problem("book", "-", "-", file.name, f"cannot be read: {error}"),)) from error


def _read_entity(manifest: dict[str, object], path: Path) -> Entity:
    facts = manifest.get("entity")
    if not isinstance(facts, dict):
        reason = f"is missing: write [entity] into {path.name}/{_MANIFEST}, or pass entity="
        raise BookError(None, (Problem("book", "-", "entity", "", reason),))
    known = ("name", "lei", "scope", "country", "currency")
    problems = [
        Problem("book", "-", f"entity.{name}", str(facts[name]), f"is unknown; {nearest(name, known)}")
        for name in facts
        if name not in known
    ]
    problems += [Problem("book", "-", f"entity.{n}", "", "is missing") for n in known[:4] if n not in facts]
    if problems:
        raise BookError(None, tuple(problems))
    return Entity(**facts)


def _read_date(manifest: dict[str, object], path: Path) -> datetime.date:
    day = manifest.get("reference_date")
    if isinstance(day, datetime.date) and not isinstance(day, datetime.datetime):
        return day
    reason = (
        f"is no date: write reference_date = 2026-06-30 into {path.name}/{_MANIFEST}, or pass reference_date="
    )
    raise BookError(None, (Problem("book", "-", "reference_date", str(day or ""), reason),))


def _find_tables(path: Path) -> dict[str, Path]:
    """Return table files by name; whatever else could hold data is refused by name."""
    found: dict[str, Path] = {}
    problems = []
    schema = read_schema()
    for file in sorted(path.iterdir()):
        if file.name == _MANIFEST or file.name.startswith(".") or file.suffix in _PASSED_OVER:
            continue
        if file.suffix not in _READ or file.is_dir():
            problems.append(Problem(file.stem, "-", "-", file.name, "is no Parquet or CSV table"))
        elif file.stem not in schema:
            reason = f"is no table of a book; {nearest(file.stem, schema)}"
            problems.append(Problem(file.stem, "-", "-", file.name, reason))
        elif file.stem in found:
            problems.append(
                Problem(file.stem, "-", "-", file.name, f"comes beside {found[file.stem].name}: keep one")
            )
        else:
            found[file.stem] = file
    if problems:
        raise BookError(f"The folder {path} is not a book.", tuple(problems))
    if not found:
        problem = Problem("book", "-", "-", path.name, f"has no table; known are {', '.join(schema)}")
        raise BookError(f"The folder {path} is not a book.", (problem,))
    return found


def _read_csv(file: Path) -> pa.Table:
    """Return every column as text: the schema, never the reader, decides what a value is."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines), [])
    table = file.stem
    problems = [
        Problem(table, "-", n, n, "stands twice in the header")
        for n in sorted({n for n in header if header.count(n) > 1})
    ]
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
    who = book.entity
    lines = [f"reference_date = {book.reference_date.isoformat()}", f"source = {_quote(book.source)}"]
    lines += [f"notices = [{', '.join(map(_quote, book.notices))}]", "", "[entity]"]
    lines += [
        f"{name} = {_quote(getattr(who, name))}" for name in ("name", "lei", "scope", "country", "currency")
    ]
    (folder / _MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, table in read_schema().items():
        frame = book.tables[name].sort_values(table.key, kind="stable")
        if len(frame):
            pq.write_table(_arrow(frame), folder / f"{name}.parquet", compression="zstd")


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def _quote(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
