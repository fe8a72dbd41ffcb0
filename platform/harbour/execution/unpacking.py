"""What a member brings in files or archives, laid out in one folder: nothing leaves it, nothing grows past a limit."""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

import pyarrow as pa
import pyarrow.parquet as pq

from plimsoll.errors import BookError, Problem

__all__ = ["LIMITS", "Limits", "lay_out"]


@dataclass(frozen=True)
class Limits:
    """How much may be brought in at once."""

    sent: int = 256 << 20
    """Bytes of all files as they are sent."""
    unpacked: int = 1 << 30
    """Bytes of all files, unpacked."""
    files: int = 200
    rows: int = 5_000_000
    """Rows of one Parquet table: a few bytes of it can stand for any number."""


LIMITS = Limits()
_CLUTTER = re.compile(r"__MACOSX|\.DS_Store|\._[^/\\]*|Thumbs\.db")
"""What desktops add to a folder by themselves."""
_ENCRYPTED = 0x1
_PIECE = 1 << 20


def lay_out(files: Sequence[Path], folder: Path, limits: Limits = LIMITS) -> None:
    """Put files, and what archives among them hold, into an empty folder.

    Parameters
    ----------
    files
        As they were sent. Several, or one ZIP archive of a folder.

    Raises
    ------
    BookError
        With every file that is refused, and why; the folder is then of no use.
    """
    problems: list[Problem] = []
    left = limits.unpacked
    for file in files:
        if is_zipfile(file):
            left -= _unpack(file, folder, left, limits, problems)
        else:
            left -= file.stat().st_size
            with file.open("rb") as stream:
                _place(stream, file.name, folder, problems)
        if left < 0:
            raise _too_large(file.name, limits)
    laid = [path for path in folder.iterdir() if path.is_file()]
    if len(laid) > limits.files:
        raise BookError(None, (_problem("book", f"{len(laid)} files", f"are more than {limits.files}"),))
    problems += _check_parquet(laid, limits)
    if problems:
        raise BookError("The files cannot be taken in.", tuple(problems))


def _unpack(file: Path, folder: Path, left: int, limits: Limits, problems: list[Problem]) -> int:
    """Unpack an archive and return how many bytes it held."""
    try:
        with ZipFile(file) as archive:
            held = [entry for entry in archive.infolist() if not _is_passed_over(entry)]
            if len(held) > limits.files:
                why = f"holds {len(held)} files: a book has at most {limits.files}"
                raise BookError(None, (_problem(file.name, file.name, why),))
            size = sum(entry.file_size for entry in held)
            if size > left:
                raise _too_large(file.name, limits)
            top = _common_folder(held)
            for entry in held:
                if refused := _refusal(entry, top):
                    problems.append(_problem(file.name, entry.filename, refused))
                    continue
                with archive.open(entry) as stream:  # zipfile itself stops where the entry says it ends
                    _place(stream, PurePosixPath(entry.filename).name, folder, problems)
            return size
    except (BadZipFile, NotImplementedError, OSError, RuntimeError) as error:
        raise BookError(None, (_problem(file.name, file.name, f"cannot be unpacked: {error}"),)) from error


def _is_passed_over(entry: ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return entry.is_dir() or bool(parts and (_CLUTTER.fullmatch(parts[0]) or _CLUTTER.fullmatch(parts[-1])))


def _common_folder(entries: Iterable[ZipInfo]) -> str:
    """Return the one folder all entries stand in, or nothing: people pack a folder as often as its content."""
    tops = {
        PurePosixPath(e.filename).parts[0] if len(PurePosixPath(e.filename).parts) > 1 else ""
        for e in entries
    }
    return tops.pop() if len(tops) == 1 else ""


def _refusal(entry: ZipInfo, top: str) -> str | None:
    """Return why an entry is not unpacked, or None."""
    name = PurePosixPath(entry.filename)
    if name.is_absolute() or ".." in name.parts or "\\" in entry.filename or ":" in entry.filename:
        return "points outside its archive"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is a link and no file"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted: pack it without a password"
    if name.name.startswith("."):
        return "is a hidden file"
    if len(name.parts) > (2 if top else 1):
        return "stands in a folder of its own: a book is one folder of tables"
    return None


def _place(stream: IO[bytes], name: str, folder: Path, problems: list[Problem]) -> None:
    target = folder / name
    if target.exists():
        problems.append(_problem(name, name, "comes twice: keep one"))
        return
    with target.open("xb") as out:
        shutil.copyfileobj(stream, out, _PIECE)


def _check_parquet(files: Iterable[Path], limits: Limits) -> Iterator[Problem]:
    for file in files:
        if file.suffix != ".parquet":
            continue
        try:
            meta = pq.read_metadata(file)
        except (pa.ArrowException, OSError):
            continue  # said where the table is read
        if meta.num_rows > limits.rows:
            yield _problem(
                file.stem, file.name, f"says it has {meta.num_rows} rows: at most {limits.rows} are read"
            )
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if size > limits.unpacked:
            yield _problem(file.stem, file.name, f"unpacks to {size >> 20} MiB: {_most(limits)}")


def _too_large(name: str, limits: Limits) -> BookError:
    return BookError(None, (_problem(name, name, f"unpacks to too much: {_most(limits)}"),))


def _most(limits: Limits) -> str:
    return f"a book may have at most {limits.unpacked >> 20} MiB, unpacked"


def _problem(table: str, value: str, reason: str) -> Problem:
    return Problem(table, "-", "-", value, reason)
