"""`harbour.connect()`: the platform as one person sees it."""

from __future__ import annotations

import os
from functools import cached_property
from types import TracebackType

from harbour.approvals import ApprovalRules, Decision, Decisions, Step
from harbour.artefacts import Artefacts, Runs
from harbour.db import Audit, Session
from harbour.errors import SettingsError
from harbour.identity import Administration, Delegations, Member, names
from harbour.identity.members import get_me, list_members
from harbour.identity.organisations import Organisation, list_organisations
from harbour.notifications import Notices
from harbour.publication import Dashboards, Publications
from harbour.scheduling import Schedules
from harbour.submissions import Comment, Comments, Submission, SubmissionStore
from harbour.submissions.actions import find_refusal, list_actions
from harbour.workspace import Workspace

__all__ = ["Connection", "Submissions", "connect"]


def connect(dsn: str | None = None, *, member: str | None = None, request: str = "") -> Connection:
    """Connect to the platform's database.

    Parameters
    ----------
    dsn : str, optional
        libpq connection string without a password; default: the environment's PLIMSOLL_DSN, which the Hub
        sets in a notebook. The password is in the file that PGPASSFILE names.
    member : str, optional
        For trusted services only: the member (`port-amelie`) to act for.
    request : str
        Id of the request it is for, as in the services' logs; the server's log and a run asked for carry it too.
    """
    dsn = dsn or os.environ.get("PLIMSOLL_DSN")
    if not dsn:
        raise SettingsError("There is no database to connect to: set PLIMSOLL_DSN, or start from the Hub.")
    return Connection(Session(dsn, role=None if member is None else names.role_of(member), request=request))


class Submissions:
    """Everything that is done with submissions, by makers and by reviewers."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._store = SubmissionStore(session)
        self._decisions = Decisions(session)
        self.submit = self._store.submit
        self.resubmit = self._store.resubmit
        self.withdraw = self._store.withdraw
        self.comment = self._store.comment
        self.get = self._store.get
        self.open = self._store.open
        self.list = self._store.list
        self.approve = self._decisions.approve
        self.return_ = self._decisions.return_
        self.reject = self._decisions.reject
        self.void = self._decisions.void

    def comments(self, submission_id: int) -> tuple[Comment, ...]:
        """Return what was said, oldest first."""
        return tuple(self._store.comments(submission_id))

    def approvals(self, submission_id: int) -> tuple[Decision, ...]:
        """Return the decisions taken, oldest first."""
        return tuple(self._decisions.list(submission_id))

    def steps(self, submission_id: int) -> tuple[Step, ...]:
        """Return the approvals its rule asks for, in order, and which it has."""
        return tuple(ApprovalRules(self._session).steps(submission_id))

    def actions(self, submission_id: int) -> tuple[str, ...]:
        """Return what one may do with it now: `approve`, `return`, `comment` and so on."""
        return list_actions(self._session, submission_id)

    def refusal(self, submission_id: int, action: str) -> str | None:
        """Return why one may not do this to it now, or None."""
        return find_refusal(self._session, action, submission_id)

    def pending(self) -> tuple[Submission, ...]:
        """Return what waits for a reviewer, newest first."""
        return tuple(self._store.list("in_review"))


class Connection:
    """The platform as one person sees it. A context manager; `close` gives its connections back."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.artefacts = Artefacts(session)
        self.runs = Runs(session)
        self.submissions = Submissions(session)
        self.publications = Publications(session)
        self.dashboards = Dashboards(session)
        self.audit = Audit(session)
        self.comments = Comments(session)
        self.rules = ApprovalRules(session)
        self.delegations = Delegations(session)
        self.schedules = Schedules(session)
        self.notices = Notices(session)
        self.administration = Administration(session)
        self.workspace = Workspace(session)

    @cached_property
    def me(self) -> Member:
        """The member who is asking."""
        return get_me(self.session)

    def members(self) -> list[Member]:
        """Return the members of one's organisation."""
        return list_members(self.session)

    def organisations(self) -> list[Organisation]:
        """Return the organisations one may look at: one's own and, for whom the group's rules name, those below."""
        return list_organisations(self.session)

    def look_at(self, organisation: str) -> Connection:
        """Return a connection of one's own that sees an organisation below one's own; it changes nothing there.

        Parameters
        ----------
        organisation : str
            Its short name. One that may not be looked at shows nothing at all.
        """
        return Connection(self.session.look_at(organisation))

    def close(self) -> None:
        """Give the connections back."""
        self.session.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
