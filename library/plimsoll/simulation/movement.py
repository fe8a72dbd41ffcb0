"""What changed from one position to another and why: a waterfall that adds up exactly."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import pandas as pd

from plimsoll.capital import RATIOS
from plimsoll.data import Book
from plimsoll.errors import BookError, SimulationError
from plimsoll.rules import RuleSet
from plimsoll.scenarios import Scenario
from plimsoll.simulation.exchange import Frames, only_in_first, with_business, with_columns, with_protection
from plimsoll.simulation.result import Result
from plimsoll.simulation.simulate import Progress, simulate
from plimsoll.units import cents

__all__ = ["MOVEMENT_STEPS", "Movement", "MovementStep", "explain_movement"]

_CENTS = 100
_START, _PROGRAM = "start", "program"


@dataclass(frozen=True)
class MovementStep:
    """A kind of input, exchanged as one: its name, what it is, and the columns or tables that are its own."""

    name: str
    about: str
    columns: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


@cache
def _steps() -> tuple[MovementStep, ...]:
    text = files("plimsoll.simulation").joinpath("movement.toml").read_text(encoding="utf-8")
    return tuple(
        MovementStep(
            entry["name"], entry["about"], tuple(entry.get("columns", ())), tuple(entry.get("tables", ()))
        )
        for entry in tomllib.loads(text)["step"]
    )


MOVEMENT_STEPS: tuple[str, ...] = tuple(step.name for step in _steps())
"""Names of the steps, in the order they are taken."""


@dataclass(frozen=True, eq=False)
class Movement:
    """The way from one position to another, one kind of input at a time.

    Attributes
    ----------
    steps
        One row for the first position (`start`) and one for each input that differs, in the order taken.
        Columns step, detail (a shock's target; `a + b` where only both inputs together could be weighed; else
        empty), rwa, cet1_ratio, tier1_ratio, total_ratio: the position after the step; and rwa_change,
        cet1_ratio_change, tier1_ratio_change, total_ratio_change: what the step did. The changes of `rwa`
        add up to the cent. A last step `program` holds what the same inputs gave by another program.
    before, after
        The two positions.
    """

    steps: pd.DataFrame = field(repr=False)
    before: Result
    after: Result
    _by_step: Mapping[int, pd.DataFrame] = field(repr=False, default_factory=dict)
    _rated_by_step: Mapping[int, pd.DataFrame] = field(repr=False, default_factory=dict)

    def rated_exposures(self, row: int) -> pd.DataFrame:
        """Return the same as `exposures`, of the amounts by internal ratings alone."""
        return self._rated_by_step[row].copy()

    def exposures(self, row: int) -> pd.DataFrame:
        """Return what a step did to each exposure's credit risk, largest change first.

        Parameters
        ----------
        row
            Place of the step in `steps`.

        Returns
        -------
        Columns exposure_id, before, after, change: risk-weighted exposure amounts to the cent; empty where
        the step touched no exposure.
        """
        return self._by_step[row].copy()


@dataclass(frozen=True)
class _Inputs:
    """All that a simulation takes."""

    book: Book
    rules: RuleSet
    scenario: Scenario


def explain_movement(before: Result, after: Result, *, progress: Progress | None = None) -> Movement:
    """Return why a position changed: by which inputs, each exchanged in turn and simulated.

    Parameters
    ----------
    before, after
        Two positions of one entity: other dates, books, rules or scenarios.
    progress
        Called before each step and at the end.

    Returns
    -------
    The effect of an input depends on the ones exchanged before it; the order is that of `MOVEMENT_STEPS`,
    always, so that two readers get the same answer.

    Raises
    ------
    SimulationError
        The positions are of two entities, scopes or currencies.
    """
    _check_same_line(before.book, after.book)
    walk = _Walk(before)
    stages = list(_stages(before, after))
    for done, (name, detail, inputs) in enumerate(stages):
        if progress:
            progress(name, done, len(stages))
        walk.take(name, detail, inputs)
    walk.arrive(after)
    if progress:
        progress("done", len(stages), len(stages))
    changes, rated = (MappingProxyType(dict(enumerate(held))) for held in (walk.changes, walk.rated))
    return Movement(pd.DataFrame(walk.rows), before, after, changes, rated)


def _check_same_line(first: Book, second: Book) -> None:
    for what in ("lei", "scope", "currency"):
        one, other = getattr(first.entity, what), getattr(second.entity, what)
        if one != other:
            raise SimulationError(
                f"the two positions have not the same {what}: {one} and {other}; a movement needs one bank"
            )


class _Walk:
    """The rows so far; an input that cannot be weighed without the next one is carried over to it."""

    def __init__(self, start: Result) -> None:
        self.at = start
        self.carried: list[str] = []
        self.rows = [_row(_START, "", start, start)]
        self.changes = [_exposure_changes(start, start)]
        self.rated = [_exposure_changes(start, start, rated=True)]

    def take(self, name: str, detail: str, inputs: Callable[[], _Inputs]) -> None:
        try:
            given = inputs()
            reached = simulate(given.book, scenario=given.scenario, rules=given.rules)
        except (BookError, SimulationError):
            self.carried.append(name)
            return
        self._reach(name, detail or " + ".join([*self.carried, name] if self.carried else []), reached)

    def arrive(self, end: Result) -> None:
        name = " + ".join(self.carried) if self.carried else _PROGRAM
        if self.carried or _levels(self.at) != _levels(end):
            self._reach(name, "", end)
        self.at = end

    def _reach(self, name: str, detail: str, reached: Result) -> None:
        self.rows.append(_row(name, detail, self.at, reached))
        self.changes.append(_exposure_changes(self.at, reached))
        self.rated.append(_exposure_changes(self.at, reached, rated=True))
        self.at, self.carried = reached, []


def _stages(before: Result, after: Result) -> Iterator[tuple[str, str, Callable[[], _Inputs]]]:
    """Yield each input that differs: its step, a detail, and how to make the inputs of the step."""
    book = before.book
    if book.digest != after.book.digest:
        for name, frames in _books(before.book, after.book):
            yield name, "", _lazily(before, frames)
        book = replace(after.book, reference_date=before.book.reference_date)
    if before.book.reference_date != after.book.reference_date:
        book = after.book
        yield "time", "", _constant(_Inputs(book, before.rules, before.scenario))
    if before.rules.digest != after.rules.digest:
        yield "rules", "", _constant(_Inputs(book, after.rules, before.scenario))
    if before.scenario.shocks != after.scenario.shocks:
        for detail, scenario in _scenarios(before.scenario, after.scenario):
            yield "scenario", detail, _constant(_Inputs(book, after.rules, scenario))


def _constant(inputs: _Inputs) -> Callable[[], _Inputs]:
    return lambda: inputs


def _lazily(before: Result, frames: Frames) -> Callable[[], _Inputs]:
    return lambda: _Inputs(before.book.replace(**frames), before.rules, before.scenario)


def _books(first: Book, second: Book) -> Iterator[tuple[str, Frames]]:
    """Yield the tables after each step that changes them, from those of the first book to the second's."""
    given, wanted = dict(first.tables.items()), dict(second.tables.items())
    named = {step.name: step for step in _steps()}
    now = only_in_first(given, wanted)
    if len(now["exposures"]) < len(given["exposures"]):
        yield "matured", now
    claimed = {column for step in _steps() for column in step.columns}
    for name in ("volume", "rating", "default", "collateral", "parameters", "terms"):
        if name == "collateral":
            then = with_protection(now, wanted)
        elif name == "terms":
            then = with_columns(now, wanted, lambda column: column not in claimed)
        else:
            then = with_columns(now, wanted, named[name].columns.__contains__)
        if then is not now:
            now = then
            yield name, now
    then = with_business(now, wanted)
    if len(then["exposures"]) > len(now["exposures"]):
        yield "new", then
    own = {name: wanted[name] for name in named["own_funds"].tables}
    if any(not then[name].equals(frame) for name, frame in own.items()):
        then = {**then, **own}
        yield "own_funds", then
    if any(not then[name].equals(frame) for name, frame in wanted.items()):
        yield "other_risks", wanted


def _scenarios(first: Scenario, second: Scenario) -> Iterator[tuple[str, Scenario]]:
    kept = len(first.shocks)
    if second.shocks[:kept] != first.shocks:
        yield second.name, second
        return
    for upto in range(kept + 1, len(second.shocks) + 1):
        yield second.shocks[upto - 1].target, replace(second, shocks=second.shocks[:upto])


def _levels(result: Result) -> dict[str, float]:
    return {"rwa": result.ratios["rwa"], **{ratio: result.ratios[ratio] for ratio in RATIOS}}


def _row(name: str, detail: str, at: Result, reached: Result) -> dict[str, object]:
    old, new = _levels(at), _levels(reached)
    changes = {f"{level}_change": new[level] - old[level] for level in new}
    changes["rwa_change"] = (round(new["rwa"] * _CENTS) - round(old["rwa"] * _CENTS)) / _CENTS
    return {"step": name, "detail": detail, **new, **changes}


def _exposure_changes(at: Result, reached: Result, *, rated: bool = False) -> pd.DataFrame:
    if at is reached:
        old = new = pd.Series(dtype=np.int64)
    else:
        old, new = _by_exposure(at, rated), _by_exposure(reached, rated)
    both = pd.DataFrame({"before": old, "after": new}).fillna(0)
    changed = both.loc[both["before"] != both["after"]]
    changed = changed.assign(change=changed["after"] - changed["before"])
    order = changed["change"].abs().sort_values(ascending=False, kind="stable").index
    return changed.loc[order].div(_CENTS).rename_axis("exposure_id").reset_index()


def _by_exposure(result: Result, rated: bool) -> pd.Series:
    lines = result.lines[["exposure_id", "rwa", "approach"]]
    if rated:
        lines = lines[lines["approach"] != "standardised"]
    return (
        pd.Series(cents(lines["rwa"].to_numpy(np.float64)), index=lines["exposure_id"]).groupby(level=0).sum()
    )
