"""What the returns room shows: submissions' returns, asked of a connection that acts as the viewer."""

from __future__ import annotations

import json
import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from dashboards.theme.figures import moment
from dashboards.theme.people import name_people
from dashboards.theme.summary import Summary, read_summary
from dashboards.theme.words import Words
from harbour import Connection
from plimsoll import Standing, open_return, write_workbook
from plimsoll.returns import Return

__all__ = ["Filing", "Filled", "Shelf", "find_filing", "make_workbook", "read_filled", "read_shelf"]

RETURN_SUFFIX = ".return"
VERDICT = "verdict.json"
KEPT = 6
"""Opened returns kept in memory: one of a bank of 12,000 exposures takes some 10 MB."""


@dataclass(frozen=True)
class Filing:
    """A submission whose return can be opened."""

    id: int
    run_id: int
    state: str
    summary: Summary


@dataclass(frozen=True)
class Shelf:
    """Every filing the viewer may see, newest first: his bank's, or the published ones."""

    organisation: str
    filings: tuple[Filing, ...]


@dataclass(frozen=True)
class Filled:
    """A return, opened, with what the validation found in it."""

    filled: Return
    findings: Sequence[Mapping[str, Any]]
    more_findings: int
    """How many the verdict counts beyond those it lists."""


def read_shelf(connection: Connection) -> Shelf:
    """Return the filings; one whose approval fell unnoticed is void, whatever its record says."""
    in_force = {publication.submission_id for publication in connection.publications.list()}
    filings = [
        Filing(
            found.id,
            found.run_id,
            "voided" if found.state == "published" and found.id not in in_force else found.state,
            read_summary(found.summary),
        )
        for found in connection.submissions.list()
    ]
    return Shelf(connection.me.organisation_name, tuple(filings))


def find_filing(shelf: Shelf, id_: int | None) -> Filing | None:
    """Return a filing by its submission; the newest without one; None where there is none to see."""
    if id_ is None:
        return shelf.filings[0] if shelf.filings else None
    return next((filing for filing in shelf.filings if filing.id == id_), None)


class Opened:
    """Returns opened lately, by viewer and digest: what one may see is never taken from another's."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._held: OrderedDict[tuple[str, str, str], Filled] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, str, str]) -> Filled | None:
        """Return what is held under a key."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: tuple[str, str, str], filled: Filled) -> Filled:
        """Hold it, and let go of what was not asked for longest."""
        with self._lock:
            self._held[key] = filled
            while len(self._held) > self._kept:
                self._held.popitem(last=False)
        return filled


OPENED = Opened()


def read_filled(connection: Connection, filing: Filing) -> Filled | None:
    """Return a filing's return, None where its run kept none.

    The database is asked for the run each time, as the viewer, so that what he may no longer see is gone at
    once; only the opening of what it names is remembered.

    Raises
    ------
    NotFound
        The viewer may not see the run (any more).
    """
    connection.submissions.open(filing.id)  # who saw it is part of the record
    artefacts = connection.runs.get(filing.run_id).artefacts
    name = next((name for name in sorted(artefacts) if name.endswith(RETURN_SUFFIX)), None)
    if name is None:
        return None
    key = (connection.me.name, artefacts[name], artefacts.get(VERDICT, ""))
    return OPENED.get(key) or OPENED.put(key, _open(connection, artefacts[name], artefacts.get(VERDICT)))


def standing_of(connection: Connection, filing: Filing, say: Words) -> Standing:
    """Return where a filing's figures stand at this moment, as an export says it."""
    run = say("cockpit.run", run=filing.run_id)
    if filing.state == "voided":
        return Standing("void", run)
    found = next((p for p in connection.publications.list() if p.submission_id == filing.id), None)
    if found is None:
        return Standing(run=run)
    who = name_people(connection).get(found.approved_by, found.approved_by)
    return Standing("approved", run, f"{who}, {moment(found.published_at, say.language)}", found.digest)


def make_workbook(connection: Connection, filing: Filing, say: Words) -> tuple[str, bytes] | None:
    """Return a filing's workbook with its name, None where its run kept no return."""
    held = read_filled(connection, filing)
    if held is None:
        return None
    filled = held.filled
    name = f"{filled.module}_{filled.entity.lei}.{filled.entity.scope}_{filled.reference_date}_run_{filing.run_id}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.xlsx"
        return path.name, write_workbook(
            filled, path, standing=standing_of(connection, filing, say)
        ).read_bytes()


def _open(connection: Connection, sha256: str, verdict: str | None) -> Filled:
    with tempfile.TemporaryDirectory() as folder:
        filled = open_return(connection.artefacts.save(sha256, Path(folder) / "filed.return"))
    judged = json.loads(connection.artefacts.get(verdict)) if verdict else {}
    return Filled(filled, tuple(judged.get("findings") or ()), int(judged.get("more_findings") or 0))
