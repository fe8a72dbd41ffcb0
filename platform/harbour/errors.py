"""Everything the platform raises, as one tree.

HarbourError
├── SettingsError       a setting is missing or wrong
├── DatabaseError       the database cannot be reached or refuses
├── StoreError          the store of files outside the database cannot be reached, or was spoiled
├── DirectoryAway       the bank's directory of people does not answer
├── NotAllowed          this person may not do this
│   └── OwnWork         the maker cannot decide on what he prepared
├── WrongState          the submission's state does not allow it
│   └── Blocked         a comment that must be resolved first stands against it
├── QuotaReached        the organisation has as many as it may have
├── AuditBroken         the audit log is not the one that was anchored
├── StaleDigest         what was seen is no longer what is there
├── NotFound            nothing of that name that this person may see
├── BadParameters       a report was asked for with parameters it does not declare
├── RunFailed           a notebook stopped at a cell
│   └── RunStopped      it was stopped from outside: cancelled, or out of time
└── StartFailed         a service did not come up
    └── PortTaken       another program listens on a port of ours

The docstring of a class is its default message; facts are attributes; the sentence says what to do.
"""

from __future__ import annotations

__all__ = [
    "AuditBroken",
    "BadParameters",
    "Blocked",
    "DatabaseError",
    "DirectoryAway",
    "HarbourError",
    "NotAllowed",
    "NotFound",
    "OwnWork",
    "PortTaken",
    "QuotaReached",
    "RunFailed",
    "RunStopped",
    "SettingsError",
    "StaleDigest",
    "StartFailed",
    "StoreError",
    "WrongState",
]


class HarbourError(Exception):
    """The platform could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class SettingsError(HarbourError):
    """A setting is missing or wrong."""


class DatabaseError(HarbourError):
    """The database cannot be reached or refuses: run `harbour doctor`."""


class StoreError(HarbourError):
    """The store of files cannot be reached or refuses: look at its address and credentials."""


class DirectoryAway(HarbourError):
    """Your bank's directory does not answer: try again in a moment."""


class NotAllowed(HarbourError):
    """You may not do this: ask your organisation's administrator for the role."""


class OwnWork(NotAllowed):
    """You cannot approve what you prepared: another reviewer must decide."""


class WrongState(HarbourError):
    """The submission is not in a state that allows this: reload it."""


class Blocked(WrongState):
    """A comment blocks approval: it must be resolved first."""


class QuotaReached(HarbourError):
    """Your organisation has as many as it may have: ask the platform's administrator."""


class AuditBroken(HarbourError):
    """The audit log is not the one that was anchored: export it, keep it, and call the auditors."""


class StaleDigest(HarbourError):
    """What you saw has changed since: reload, read it again, then decide."""


class NotFound(HarbourError):
    """There is nothing of that name that you may see."""


class BadParameters(HarbourError):
    """The report does not take these parameters."""

    def __init__(self, message: str | None = None, *, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class RunFailed(HarbourError):
    """The notebook stopped before its end."""

    def __init__(
        self, message: str | None = None, *, cell: int | None = None, manifest: object = None
    ) -> None:
        super().__init__(message)
        self.cell = cell
        self.manifest = manifest


class RunStopped(RunFailed):
    """The run was stopped before its end: start it again."""


class StartFailed(HarbourError):
    """A service did not come up: its log says why."""


class PortTaken(StartFailed):
    """A port is taken by another program: nothing was started."""

    def __init__(self, held: str, *, ports: tuple[int, ...] = (), free: int = 0) -> None:
        advice = f"PLIMSOLL_PORT={free} make up" if free else "PLIMSOLL_PORT=<a free port> make up"
        super().__init__(
            f"taken: port {held}. Nothing was started. Stop that program, or choose other ports: {advice}"
        )
        self.ports = ports
        self.free = free
