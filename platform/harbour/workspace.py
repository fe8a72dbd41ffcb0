"""The analyst's workspace: save what he made, look back, compare, take back, hand on, submit.

What is saved is the organisation's: everyone in it who sees work reads it, compares it and carries on from it under the
same name. Nothing is ever overwritten: the same name again is the next version.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harbour.artefacts import Artefacts, Run, RunRecord, Runs
from harbour.db import Session
from harbour.errors import BadParameters, HarbourError
from harbour.publication import Publication, Publications
from harbour.submissions import Submission, SubmissionStore

if TYPE_CHECKING:
    from harbour.execution import RunManifest
    from plimsoll.data import Book
    from plimsoll.reproduction import Reproduction
    from plimsoll.simulation import Result

__all__ = ["Difference", "Workspace"]

SIMULATION = "simulation"
CONFIGURATION = "configuration"
FORM = "plimsoll configuration 1"
RATIOS = ("cet1_ratio", "tier1_ratio", "total_ratio", "leverage_ratio")
AMOUNTS = ("cet1", "tier1", "own_funds", "rwa")


@dataclass(frozen=True)
class Difference:
    """What two versions say differently: by dotted path, what the first says and what the second says.

    None stands for what one of them does not say at all. `parts` are the digests that differ (`code`, `data`, ...),
    `files` the files that are not the same or not in both.
    """

    first: Run
    second: Run
    parameters: Mapping[str, tuple[Any, Any]]
    figures: Mapping[str, tuple[Any, Any]]
    parts: tuple[str, ...]
    files: tuple[str, ...]


class Workspace:
    """What one saves and submits."""

    def __init__(self, session: Session) -> None:
        self._runs = Runs(session)
        self._artefacts = Artefacts(session)
        self._submissions = SubmissionStore(session)
        self._publications = Publications(session)

    def save(self, made: RunRecord | RunManifest | Result, name: str | None = None) -> Run:
        """Keep a run or a simulation; the same name again is a new version, and nothing is overwritten.

        Parameters
        ----------
        made : RunManifest, RunRecord or Result
            What `harbour.execute` returned, a record of one's own, or a simulation. A simulation is kept to
            look at and compare: it has no package and no verdict, so it cannot be submitted.
        name : str, optional
            Default: the record's own, or the template's.
        """
        if isinstance(made, RunRecord):
            return self._runs.record(made if name is None else replace(made, name=name))
        # The notebook machinery is for who has executed something; a dashboard never loads it.
        from harbour.execution import RunManifest  # noqa: PLC0415  # see above
        from harbour.execution.records import record_of  # noqa: PLC0415  # see above

        if isinstance(made, RunManifest):
            return self._runs.record(record_of(made, name))
        return self._runs.record(_record_of_simulation(made, name or SIMULATION))

    def configure(self, name: str, template: str, parameters: Mapping[str, Any]) -> Run:
        """Keep a configuration: the parameters of a report or a simulation, under a name, without figures."""
        return self._runs.record(_record_of_configuration(name, template, parameters))

    def save_book(self, book: Book, name: str | None = None) -> Run:
        """Keep a book with what its examination says: a new version of its name; equal bytes are kept once.

        A run opens it with the parameters it is kept with (``run.parameters``); the room *Books* shows it; `diff`
        tells two versions apart by rows and sums of amounts of each table.

        Parameters
        ----------
        name
            Default: that of its entity, under which the room keeps them too.
        """
        # The notebook machinery is for who has something to run; a dashboard never loads it.
        from harbour.execution.kept_books import record_of_book  # noqa: PLC0415  # see above

        with tempfile.TemporaryDirectory(prefix="plm-book-") as scratch:
            return self._runs.record(record_of_book(book, name, Path(scratch)))

    def take_book(self, run_id: int, folder: Path) -> Path:
        """Write a kept book into a new folder, for `plimsoll.load`; HarbourError when there is one already."""
        from harbour.execution.kept_books import BOOK, unpack_book  # noqa: PLC0415  # as above

        run = self._runs.get(run_id)
        if run.template != BOOK:
            raise HarbourError(f"Run {run_id} is no kept book.")
        with tempfile.TemporaryDirectory(prefix="plm-book-") as scratch:
            packed = self._artefacts.save(next(iter(run.artefacts.values())), Path(scratch) / "packed")
            return unpack_book(packed, Path(folder))

    def history(self, name: str) -> tuple[Run, ...]:
        """Return the versions of a name, newest first."""
        return self._runs.versions(name)

    def diff(self, first_id: int, second_id: int) -> Difference:
        """Say what two saved runs, simulations or configurations have different."""
        first, second = self._runs.get(first_id), self._runs.get(second_id)
        return Difference(
            first,
            second,
            _differing(_flat(first.parameters), _flat(second.parameters)),
            _differing(_flat(first.summary), _flat(second.summary)),
            tuple(sorted(_differing(first.digests, second.digests))),
            tuple(sorted(_differing(first.artefacts, second.artefacts))),
        )

    def restore(self, run_id: int) -> Run:
        """Make an older version the newest: a new version with the same content, and a maker of its own."""
        return self._runs.again(self._runs.get(run_id))

    def export(self, run_id: int, path: Path) -> Path:
        """Write the configuration of a saved run into one file, for another name, colleague or bank.

        It holds the template and the parameters, and no figure. HarbourError for a book, which has neither.
        """
        run = self._runs.get(run_id)
        if run.template == "book":
            raise HarbourError(f"Run {run_id} is a book, not a configuration: take_book writes it out.")
        template = run.parameters["template"] if run.template == CONFIGURATION else run.template
        parameters = run.parameters["parameters"] if run.template == CONFIGURATION else run.parameters
        content = {"form": FORM, "name": run.name, "template": template, "parameters": parameters}
        path.write_text(
            json.dumps(content | {"sha256": _sha256(content)}, indent=1, sort_keys=True, ensure_ascii=False)
            + "\n",
            encoding="utf-8",
        )
        return path

    def import_(self, path: Path, name: str | None = None) -> Run:
        """Keep a configuration that `export` wrote, as a new version of its name or of another.

        Raises
        ------
        HarbourError
            When the file is no such configuration, or is not as it was written.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            kept = content.pop("sha256")
            if content["form"] != FORM or kept != _sha256(content):
                raise ValueError("it was changed after it was written")
            record = _record_of_configuration(
                name or content["name"], content["template"], content["parameters"]
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise HarbourError(f"{path.name} is no configuration that was exported here: {error}.") from error
        return self._runs.record(record)

    def reproduce(self, run_id: int) -> Reproduction:
        """Execute a kept run again, here, and say step by step whether every file of it is the same.

        Raises
        ------
        BadParameters
            When the run failed, or is no execution of a report. NotFound when a file or its book is gone.
        """
        from harbour.execution.reproduction import fetched, reproduce  # noqa: PLC0415  # as `save` does

        with fetched(self._runs.get(run_id), self._artefacts) as folder:
            return reproduce(folder)

    def submit(self, run_id: int, note: str = "") -> Submission:
        """Put one's own run before a reviewer."""
        return self._submissions.submit(run_id, note)

    def publish_notebook(
        self, path: Path | str, title: str, *, description: str = "", entity: str | None = None
    ) -> Submission:
        """Run a notebook in a clean kernel, keep it, and ask a reviewer to publish it as a dashboard.

        Once approved it replaces the version before it: the one of the same title.

        Parameters
        ----------
        path
            The notebook. Its outputs are not taken along: the clean kernel makes its own, with one's own login.
        entity
            LEI the dashboard is about; default: of the newest figures in force.

        Raises
        ------
        BadParameters
            When it is no notebook, or the entity must be said. RunFailed when a cell fails.
        """
        # As above: only who publishes loads the notebook machinery.
        from harbour.execution.dashboards import make_dashboard, name_of  # noqa: PLC0415  # see above
        from harbour.execution.records import record_of  # noqa: PLC0415  # see above

        name, shown = name_of(title), self._publications.list()
        facts = {
            "title": title,
            "description": description,
            "entity": _entity_of(shown, entity),
            "scenario": name,
        }
        with tempfile.TemporaryDirectory(prefix="plm-dashboard-") as folder:
            made = make_dashboard(Path(path), Path(folder), facts, [figures.digest for figures in shown])
            run = self._runs.record(record_of(made, f"dashboard {name}"))
        return self._submissions.submit(run.id, description)


def _entity_of(shown: Sequence[Publication], lei: str | None) -> Mapping[str, Any]:
    """Return the entity a dashboard is about, as the figures in force name it."""
    entities = [figures.summary.get("entity") or {} for figures in shown]
    known = next((entity for entity in entities if lei in (None, entity.get("lei"))), None)
    if known is None and lei is None:
        raise BadParameters("No figures are in force that say whose dashboard this is: give entity=, an LEI.")
    return known if known is not None else {"lei": lei, "name": lei}


def _record_of_configuration(name: str, template: str, parameters: Mapping[str, Any]) -> RunRecord:
    said = {"template": template, "parameters": dict(parameters)}
    return RunRecord(
        name=name,
        template=CONFIGURATION,
        parameters=said,
        digests={"parameters": _sha256(said)},
        summary={},
    )


def _sha256(content: object) -> str:
    canonical = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _flat(value: object, path: str = "") -> dict[str, Any]:
    """Return the leaves of nested mappings and lists by their dotted path; an empty one is a leaf."""
    inner = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    leaves = {
        leaf: said
        for key, below in inner
        for leaf, said in _flat(below, f"{path}.{key}" if path else str(key)).items()
    }
    return leaves or ({path: value} if path else {})


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (first.get(name), second.get(name))
        for name in sorted({*first, *second})
        if first.get(name) != second.get(name)
    }


def _record_of_simulation(result: Result, name: str) -> RunRecord:
    entity, date = result.book.entity, result.book.reference_date.isoformat()
    lines = io.BytesIO()
    result.lines.to_parquet(lines, index=False)
    return RunRecord(
        name=name,
        template=SIMULATION,
        parameters={"scenario": result.scenario.name, "entity": entity.lei, "reference_date": date},
        digests={"data": result.book.digest},
        summary={
            "entity": {"name": entity.name, "lei": entity.lei, "scope": entity.scope},
            "reference_date": date,
            "scenario": result.scenario.name,
            "ratios": {ratio: _number(result.all_ratios.get(ratio)) for ratio in RATIOS},
            "amounts": {amount: _number(result.ratios.get(amount)) for amount in AMOUNTS},
            "notices": list(result.notices),
            "book_digest": result.book.digest,
            "rules_digest": result.rules.digest,
        },
        artefacts={"lines.parquet": lines.getvalue()},
    )


def _number(value: float | None) -> float | None:
    """Return a number JSON can hold: None for what is absent or not a number."""
    return None if value is None or math.isnan(value) else float(value)
