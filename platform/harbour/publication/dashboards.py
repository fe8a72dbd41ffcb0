"""Notebooks published as dashboards: those in force, their versions, what the next version changes."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from harbour.artefacts import Artefacts, Runs
from harbour.db import Session
from harbour.errors import NotFound
from harbour.publication.published import Publication, Publications

__all__ = ["Dashboard", "Dashboards", "Version"]

DASHBOARD = "dashboard"
SOURCE, PAGE = "dashboard.ipynb", "report.html"


@dataclass(frozen=True)
class Version:
    """One approval of a dashboard; `ended_at` is None for the one in force."""

    id: int
    name: str
    approved_by: str
    published_at: datetime
    ended_at: datetime | None
    state: str


@dataclass(frozen=True)
class Dashboard:
    """A dashboard in force; `name` is the same for all its versions, newest first."""

    id: int
    run_id: int
    name: str
    title: str
    description: str
    approved_by: str
    published_at: datetime
    versions: tuple[Version, ...]


class Dashboards:
    """The dashboards of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._publications = Publications(session)
        self._runs = Runs(session)

    def list(self) -> tuple[Dashboard, ...]:
        """Return the dashboards in force, by title."""
        versions = [Version(**row._mapping) for row in self._session.rows("dashboard_versions")]
        found = (_dashboard(shown, versions) for shown in self._in_force())
        return tuple(sorted(found, key=lambda dashboard: (dashboard.title.lower(), dashboard.id)))

    def source(self, id_: int) -> bytes:
        """Return the notebook of a dashboard in force; NotFound for any other, a voided one too."""
        return self._file(self._get(id_).run_id, SOURCE)

    def page(self, run_id: int) -> bytes:
        """Return the page that a dashboard's clean kernel made: what its approver saw, with its code folded."""
        return self._file(run_id, PAGE)

    def changes(self, run_id: int) -> tuple[str, ...]:
        """Return what a run's notebook changes against the version in force, as lines of a unified difference.

        Everything is new where nothing is in force; no line means the same notebook.
        """
        name = str(self._runs.get(run_id).summary.get("scenario", ""))
        shown = next((found for found in self._in_force() if found.scenario == name), None)
        before = [] if shown is None else self._lines(shown.run_id)
        return tuple(difflib.unified_diff(before, self._lines(run_id), lineterm="", n=2))[2:]

    def _in_force(self) -> Sequence[Publication]:
        return self._publications.list(DASHBOARD, limit=500)

    def _get(self, id_: int) -> Publication:
        found = next((shown for shown in self._in_force() if shown.id == id_), None)
        if found is None:
            raise NotFound(f"There is no dashboard {id_} in force that you may see.")
        return found

    def _file(self, run_id: int, name: str) -> bytes:
        run = self._runs.get(run_id)
        if run.template != DASHBOARD or name not in run.artefacts:
            raise NotFound(f"Run {run_id} is no dashboard.")
        return Artefacts(self._session).get(run.artefacts[name])

    def _lines(self, run_id: int) -> Sequence[str]:
        # The notebook machinery is for who looks at sources; a room that only lists never loads it.
        from harbour.execution.dashboards import cells_of  # noqa: PLC0415  # see above

        cells = cells_of(self._file(run_id, SOURCE).decode("utf-8"))
        return [line for cell in cells for line in (*cell.splitlines(), "")]


def _dashboard(shown: Publication, versions: Sequence[Version]) -> Dashboard:
    return Dashboard(
        shown.id,
        shown.run_id,
        shown.scenario,
        str(shown.summary.get("title") or shown.scenario),
        str(shown.summary.get("description") or ""),
        shown.approved_by,
        shown.published_at,
        tuple(version for version in versions if version.name == shown.scenario),
    )
