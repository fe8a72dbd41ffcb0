"""What the cockpit shows, asked of a connection that acts as the viewer: approved figures only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.theme.people import name_people
from dashboards.theme.summary import Summary, read_summary
from harbour import Connection
from harbour.publication import Publication, Void

__all__ = ["Position", "Shelf", "find_position", "find_successor", "find_void", "read_shelf"]


@dataclass(frozen=True)
class Position:
    """One approved set of figures, and who stands for it."""

    id: int
    run_id: int
    submission_id: int
    approved_by: str
    published_at: datetime
    digest: str
    summary: Summary

    @property
    def same_line(self) -> tuple[str, str, str]:
        """What two positions must share to be compared over time."""
        return (self.summary.lei or self.summary.entity, self.summary.scope, self.summary.scenario)


@dataclass(frozen=True)
class Shelf:
    """Every approved position the viewer may see, latest reference date first."""

    organisation: str
    people: Mapping[str, str]
    positions: tuple[Position, ...]
    voids: tuple[Void, ...]
    """Positions whose approval fell and that nothing replaced, newest first."""

    def previous(self, position: Position) -> Mapping[str, float | None]:
        """Return the ratios of the same entity, scope and scenario at the latest date before, or none."""
        date = position.summary.reference_date or ""
        earlier = [
            other
            for other in self.positions
            if other.same_line == position.same_line and (other.summary.reference_date or "") < date
        ]
        return earlier[0].summary.ratios if earlier else {}


def _position(publication: Publication) -> Position:
    return Position(
        publication.id,
        publication.run_id,
        publication.submission_id,
        publication.approved_by,
        publication.published_at,
        publication.digest,
        read_summary(publication.summary),
    )


def read_shelf(connection: Connection) -> Shelf:
    """Return what is published to the viewer; a later approval of the same line and date stands first."""
    found = [_position(publication) for publication in connection.publications.list()]
    voids = connection.publications.voided()
    newest: Sequence[Position] = sorted(
        (p for p in found if p.summary.present),
        key=lambda p: (p.summary.reference_date or "", p.published_at),
        reverse=True,
    )
    return Shelf(connection.me.organisation_name, name_people(connection), tuple(newest), tuple(voids))


def find_successor(shelf: Shelf, position: Position) -> Position | None:
    """Return what is in force for the line and date of a position: itself, or what superseded it."""
    same = (position.same_line, position.summary.reference_date)
    return next((p for p in shelf.positions if (p.same_line, p.summary.reference_date) == same), None)


def find_void(shelf: Shelf, id_: int) -> Void | None:
    """Return how a position fell, when the viewer may know."""
    return next((fall for fall in shelf.voids if fall.id == id_), None)


def find_position(shelf: Shelf, id_: int | None) -> Position | None:
    """Return a position by its id; the newest baseline without one, or the newest of all."""
    if id_ is not None:
        return next((p for p in shelf.positions if p.id == id_), None)
    baseline = (p for p in shelf.positions if p.summary.scenario == "baseline")
    return next(baseline, shelf.positions[0] if shelf.positions else None)
