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
from plimsoll.returns.filing import fill
from plimsoll.returns.packaging import package
from plimsoll.returns.return_ import Return, open_return
from plimsoll.scenarios import Scenario
from plimsoll.simulation import simulate

__all__ = ["Reproduction", "Step", "reproduce"]


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
    """Every step compared: book, rules, the simulation's tables, definitions, facts, package (if given)."""

    steps: tuple[Step, ...]

    @property
    def same(self) -> bool:
        """Whether every step came out the same."""
        return all(step.same for step in self.steps)

    @property
    def first_difference(self) -> Step | None:
        """The first step that differs: later ones differ because of it, or after it."""
        return next((step for step in self.steps if not step.same), None)


def reproduce(
    saved: Return | Path | str,
    book: Book | Path | str,
    *,
    package_path: Path | str | None = None,
    scenario: Scenario | None = None,
    dictionary: Dictionary | None = None,
) -> Reproduction:
    """Make a return again from its book, with the law, the definitions and the program of today.

    Parameters
    ----------
    saved
        The return; its file; or a run's folder, which holds one return (`*.return`) and maybe its package.
    book
        The book it was made from, or where it lies.
    package_path
        The package filed; the folder's own where a folder is given.
    scenario
        The scenario, where it is none of the shelf's.
    dictionary
        The supervisor's dictionary; the built one when omitted.

    Raises
    ------
    ReturnError
        The folder does not hold exactly one return.
    """
    filled, filed = _found(saved)
    filed = Path(package_path) if package_path is not None else filed
    source = book if isinstance(book, Book) else load(book)
    again = fill(
        simulate(source, scenario=scenario or filled.scenario),
        filled.module,
        dictionary,
        adjustments=filled.adjustments,
    )
    made_again = dict(_digests(again))
    steps = [Step(name, then, made_again.get(name, "")) for name, then in _digests(filled)]
    if filed is not None:
        with tempfile.TemporaryDirectory() as folder:
            made = package(again, folder, created=_moment(filed), dictionary=dictionary)
        then = hashlib.sha256(filed.read_bytes()).hexdigest()
        steps.append(Step("package", f"{filed.stem} {then}", f"{made.path.stem} {made.sha256}"))
    return Reproduction(tuple(steps))


def _found(saved: Return | Path | str) -> tuple[Return, Path | None]:
    """Return the return meant, and the package that lies beside it in a run's folder."""
    if isinstance(saved, Return):
        return saved, None
    path = Path(saved)
    if not path.is_dir():
        return open_return(path), None
    returns = sorted(path.glob("*.return"))
    if len(returns) != 1:
        raise ReturnError(f"{path} holds {len(returns)} returns (*.return); name the one to make again")
    packages = sorted(path.glob("*.zip"))
    return open_return(returns[0]), packages[0] if len(packages) == 1 else None


def _moment(filed: Path) -> datetime.datetime | None:
    """Return the moment a package's name states: the name is inside the package too."""
    try:
        return datetime.datetime.strptime(filed.stem.rpartition("_")[2] + "000", "%Y%m%d%H%M%S%f")  # noqa: DTZ007  # names state no zone
    except ValueError:
        return None


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
