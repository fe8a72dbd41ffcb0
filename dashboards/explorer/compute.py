"""What the explorer works on: the book behind a run that the viewer may see, simulated again and again."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from dashboards.theme.books import BOOK, list_books
from dashboards.theme.summary import Summary, read_summary
from harbour import Connection
from harbour.execution.books import open_packed, open_sample
from harbour.execution.paths import SAMPLE, find_artefact
from plimsoll.data import Book
from plimsoll.scenarios import Scenario, make_scenario
from plimsoll.simulation import Movement, Progress, Result, explain_movement, simulate

__all__ = [
    "Explored",
    "NoBook",
    "Position",
    "Shelf",
    "Source",
    "explore",
    "find_source",
    "make_return",
    "open_position",
    "read_shelf",
    "save_run",
    "with_size",
]

OWN_RUNS = 50
KEPT_BOOKS, KEPT_RESULTS = 4, 24
SIMULATION = "simulation"
REPORT_OF_A_BOOK = "corep_own_funds"
"""The return made of a book on which nothing was run yet."""


class NoBook(Exception):  # a state of the page, told in words
    """The book behind a run is not one that this page can open."""


@dataclass(frozen=True)
class Source:
    """A run whose book can be explored."""

    run_id: int
    approved: bool
    template: str
    parameters: Mapping[str, Any]
    summary: Summary
    kept: bool = False
    """Whether it is a book of the organisation's shelf, and no run on one."""

    @property
    def book(self) -> str:
        """How the run asked for its book."""
        return str(self.parameters.get("book", ""))


@dataclass(frozen=True)
class Shelf:
    """Every source the viewer may see: approved ones first, then his own runs, newest first."""

    organisation: str
    sources: tuple[Source, ...]
    makes_runs: bool
    """Whether the viewer's role lets him save runs."""


@dataclass(frozen=True, eq=False)
class Position:
    """A book, opened, and its baseline."""

    source: Source
    book: Book
    baseline: Result


@dataclass(frozen=True, eq=False)
class Explored:
    """A scenario's position, and the way there from the baseline."""

    scenario: Scenario
    result: Result
    movement: Movement


Kept = TypeVar("Kept")


@dataclass
class Shelved(Generic[Kept]):
    """Things made lately, by content: who asks for one has been allowed its key first."""

    size: int
    held: OrderedDict[tuple[str, ...], Kept] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[str, ...], make: Callable[[], Kept]) -> Kept:
        """Return what is held under a key, made now if it is not."""
        with self.lock:
            if key in self.held:
                self.held.move_to_end(key)
                return self.held[key]
        made = make()
        with self.lock:
            self.held[key] = made
            while len(self.held) > self.size:
                self.held.popitem(last=False)
        return made


BASELINES: Shelved[Result] = Shelved(KEPT_BOOKS)
EXPLORED: Shelved[Explored] = Shelved(KEPT_RESULTS)


def read_shelf(connection: Connection) -> Shelf:
    """Return the runs whose books the viewer may open."""
    me = connection.me
    found: dict[int, Source] = {}
    for publication in connection.publications.list():
        run = connection.runs.get(publication.run_id)
        found[run.id] = Source(run.id, True, run.template, run.parameters, read_summary(publication.summary))
    makes_runs = "analyst" in me.roles
    for run in connection.runs.list(limit=OWN_RUNS) if makes_runs else ():
        if run.maker == me.name and run.state == "succeeded" and run.template not in (SIMULATION, BOOK):
            source = Source(run.id, False, run.template, run.parameters, read_summary(run.summary))
            found.setdefault(run.id, source)
    for kept in list_books(connection):
        summary = read_summary(kept.report)
        found[kept.id] = Source(kept.id, False, REPORT_OF_A_BOOK, kept.parameters, summary, kept=True)
    sources = (source for source in found.values() if source.summary.present)
    ordered = sorted(sources, key=lambda source: (source.approved, source.run_id), reverse=True)
    return Shelf(me.organisation_name, tuple(ordered), makes_runs)


def find_source(shelf: Shelf, run_id: int | None) -> Source | None:
    """Return a source by its run; the first one without."""
    if run_id is None:
        return shelf.sources[0] if shelf.sources else None
    return next((source for source in shelf.sources if source.run_id == run_id), None)


def open_position(connection: Connection, source: Source) -> Position:
    """Return the book behind a run and its baseline.

    The database is asked each time, as the viewer, for the run and for the stored book it names; only what
    follows from their content is remembered.

    Raises
    ------
    NotFound
        The viewer may not see the run or its book (any more).
    NoBook
        The run read its book from a folder of its maker's own.
    """
    run = connection.runs.get(source.run_id)
    asked = replace(source, parameters=run.parameters)
    entity, date = str(run.parameters.get("entity", "")), str(run.parameters["reference_date"])
    artefact = find_artefact(asked.book)
    if artefact:
        next(connection.artefacts.pieces(artefact))  # NotFound, had the viewer lost it
    elif not asked.book.startswith(SAMPLE):
        raise NoBook

    def make() -> Result:
        if not artefact:
            return simulate(open_sample(asked.book, entity=entity, reference_date=date))
        with tempfile.TemporaryDirectory() as folder:
            packed = connection.artefacts.save(artefact, Path(folder) / artefact)
            return simulate(open_packed(packed, entity=entity, reference_date=date))

    baseline = BASELINES.get((asked.book, entity, date), make)
    return Position(asked, baseline.book, baseline)


def explore(position: Position, sizes: Mapping[str, float], progress: Progress | None = None) -> Explored:
    """Return the position under the shocks of these sizes, with what each of them did."""
    scenario = make_scenario(sizes)

    def make() -> Explored:
        result = simulate(position.book, scenario=scenario, progress=progress)
        return Explored(scenario, result, explain_movement(position.baseline, result, progress=progress))

    return EXPLORED.get((position.book.digest, position.baseline.rules.digest, scenario.name), make)


def save_run(connection: Connection, explored: Explored, name: str) -> int:
    """Keep the scenario's position in the viewer's workspace and return the run's id."""
    return connection.workspace.save(explored.result, name).id


def make_return(connection: Connection, position: Position, scenario: Scenario) -> int:
    """Queue the source's report under the scenario, as the viewer, and return the run's id."""
    parameters = {**position.source.parameters, "scenario": scenario.name}
    parameters.pop("out", None)
    return connection.runs.request(position.source.template, parameters).id


def with_size(sizes: Mapping[str, float], target: str, size: float) -> dict[str, float]:
    """Return the sizes with one of them changed; none at zero."""
    changed = {**sizes, target: size}
    return {name: value for name, value in changed.items() if value}
