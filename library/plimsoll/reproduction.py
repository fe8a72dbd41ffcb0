"""Makes a return again from its book and says, step by step, whether it comes out the same."""

from __future__ import annotations

import datetime
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from plimsoll.data import Book, load
from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.exports import read_standing, write_workbook
from plimsoll.returns import Return, fill, open_return, package
from plimsoll.scenarios import Scenario
from plimsoll.simulation import Result, simulate

__all__ = ["Reproduction", "Step", "compare_steps", "reproduce"]


@dataclass(frozen=True)
class Step:
    """One step of a run: the SHA-256 it had then and the one it has now."""

    name: str
    then: str
    now: str

    @property
    def same(self) -> bool:
        """Whether the step came out the same."""
        return self.then == self.now


@dataclass(frozen=True)
class Reproduction:
    """Every step of a return or of a run, compared.

    Attributes
    ----------
    steps
        In the order they are made: book, rules, the simulation's tables, definitions, adjustments, facts, package
        and workbook (where there is one); of a run also its other files, its notebook and its page.
    surroundings
        What was around a run, `code` and `environment`: told, because it may explain a drift, and no drift by itself.
    """

    steps: tuple[Step, ...]
    surroundings: tuple[Step, ...] = ()

    @property
    def same(self) -> bool:
        """Whether every step came out the same."""
        return all(step.same for step in self.steps)

    @property
    def first_difference(self) -> Step | None:
        """The first step that differs: later ones differ because of it, or after it."""
        return next((step for step in self.steps if not step.same), None)

    def __str__(self) -> str:
        """Return a sentence for a person."""
        changed = " and ".join(step.name for step in self.surroundings if not step.same)
        since = f"; {changed} changed since" if changed else ""
        first = self.first_difference
        if first is None:
            return f"the same bytes again in all {len(self.steps)} steps{since}"
        after = sum(not step.same for step in self.steps) - 1
        return f"the first step that differs is {first.name} ({after} more after it){since}"


def reproduce(  # noqa: PLR0913  # two things to say, and five that a caller may leave unsaid
    saved: Return | Path | str,
    book: Book | Path | str,
    *,
    package_path: Path | str | None = None,
    workbook_path: Path | str | None = None,
    scenario: Scenario | None = None,
    dictionary: Dictionary | None = None,
    earlier: Result | None = None,
) -> Reproduction:
    """Make a return again from its book, with the law, the definitions and the program of today.

    Parameters
    ----------
    saved
        The return; its file; or a run's folder, which holds one return (`*.return`) and maybe its package and
        its workbook.
    book
        The book it was made from, or where it lies.
    package_path
        The package filed; the folder's own where a folder is given.
    workbook_path
        A workbook written of the return, draft or approved; the folder's own where a folder is given.
    scenario
        The scenario, where it is none of the shelf's.
    dictionary
        The supervisor's dictionary; the built one when omitted.
    earlier
        The position of the quarter before, where the return was filled with one.

    Raises
    ------
    ReturnError
        The folder does not hold exactly one return, or the workbook is none of a return.
    """
    filled, found = _found(saved)
    files = found | {
        ending: Path(path) for ending, path in ((".zip", package_path), (".xlsx", workbook_path)) if path
    }
    source = book if isinstance(book, Book) else load(book)
    again = fill(
        simulate(source, scenario=scenario or filled.scenario),
        filled.module,
        dictionary,
        adjustments=filled.adjustments,
        earlier=earlier,
    )
    return Reproduction((*compare_steps(filled, again), *_written(again, files, dictionary)))


def compare_steps(then: Return, now: Return) -> tuple[Step, ...]:
    """Return the steps of two returns, by the names of the first."""
    made_again = dict(_digests(now))
    return tuple(Step(name, digest, made_again.get(name, "")) for name, digest in _digests(then))


def _written(again: Return, files: dict[str, Path], dictionary: Dictionary | None) -> Iterator[Step]:
    """Yield package and workbook, written again where a file of then is known."""
    with tempfile.TemporaryDirectory() as folder:
        if filed := files.get(".zip"):
            made = package(again, folder, created=_moment(filed), dictionary=dictionary)
            yield Step("package", f"{filed.stem} {_digest_file(filed)}", f"{made.path.stem} {made.sha256}")
        if kept := files.get(".xlsx"):
            written = write_workbook(
                again, Path(folder) / kept.name, standing=read_standing(kept), dictionary=dictionary
            )
            yield Step("workbook", _digest_file(kept), _digest_file(written))


def _found(saved: Return | Path | str) -> tuple[Return, dict[str, Path]]:
    """Return the return meant, and the package and workbook that lie beside it in a run's folder, by their ending."""
    if isinstance(saved, Return):
        return saved, {}
    path = Path(saved)
    if not path.is_dir():
        return open_return(path), {}
    returns = sorted(path.glob("*.return"))
    if len(returns) != 1:
        raise ReturnError(f"{path} holds {len(returns)} returns (*.return); name the one to make again")
    beside = {ending: sorted(path.glob(f"*{ending}")) for ending in (".zip", ".xlsx")}
    return open_return(returns[0]), {ending: held[0] for ending, held in beside.items() if len(held) == 1}


def _moment(filed: Path) -> datetime.datetime | None:
    """Return the moment a package's name states: the name is inside the package too."""
    try:
        return datetime.datetime.strptime(filed.stem.rpartition("_")[2] + "000", "%Y%m%d%H%M%S%f")  # noqa: DTZ007  # names state no zone
    except ValueError:
        return None


def _digest_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digests(filled: Return) -> Iterator[tuple[str, str]]:
    yield "book", filled.book_digest
    yield "rules", filled.rules_digest
    for source, table in filled.position.tables.items():
        yield source, _digest_table(table)
    yield "definitions", filled.definitions.digest
    moved = "\n".join(str(sorted(adjustment.document().items())) for adjustment in filled.adjustments)
    yield "adjustments", hashlib.sha256(moved.encode()).hexdigest()
    held = [f"{fact.cell}|{fact.value}|{fact.data_type}|{fact.datapoint}" for fact in filled.facts]
    told = [f"{code}|{reported}" for code, reported in sorted(filled.indicators.items())]
    yield (
        "facts",
        hashlib.sha256(
            "\n".join((*held, *told, *map(str, sorted(filled.decimals.items())))).encode()
        ).hexdigest(),
    )


def _digest_table(table: pd.DataFrame) -> str:
    """Return a SHA-256 over names and values in fixed types, whatever pandas holds them in."""
    whole = hashlib.sha256()
    for name in sorted(table.columns):
        values = table[name]
        whole.update(f"{name}\0{len(values)}\0".encode())
        if pd.api.types.is_bool_dtype(values.dtype):
            whole.update(values.to_numpy(dtype=np.uint8).tobytes())
        elif pd.api.types.is_numeric_dtype(values.dtype):
            whole.update((values.to_numpy(dtype=np.float64) + 0.0).astype("<f8").tobytes())
        else:
            texts = values.astype(object).where(values.notna(), "\1")
            whole.update("\0".join(str(text) for text in texts).encode())
    return whole.hexdigest()
