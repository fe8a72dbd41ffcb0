"""What one has been told, and how one wants to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from harbour.db import Session
from harbour.errors import BadParameters
from harbour.notifications.channels import check_address

__all__ = ["Notice", "Notices", "Preferences"]


@dataclass(frozen=True)
class Notice:
    """One thing one was told; `facts` holds names and numbers, and `sentences` makes words of them."""

    id: int
    kind: str
    subject: str
    facts: Mapping[str, Any]
    times: int
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Preferences:
    """How one is told outside the rooms: no address, no mail. `muted` names kinds that are not mailed."""

    email: str | None = None
    mail: Literal["now", "digest", "off"] = "now"
    language: Literal["en", "fr"] = "en"
    muted: tuple[str, ...] = ()


class Notices:
    """One's own notices."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, *, limit: int = 20, before: int | None = None) -> Sequence[Notice]:
        """Return what one was told, newest first."""
        rows = self._session.rows("notices", limit=limit, before=before)
        return tuple(Notice(**row._mapping) for row in rows)

    def unread(self) -> int:
        """Return how much one has not read."""
        row = self._session.row("unread_notices")
        return 0 if row is None else int(row.unread)

    def read(self, upto: int) -> None:
        """Mark everything up to a notice as read."""
        self._session.call("read_notices", upto=upto)

    def preferences(self) -> Preferences:
        """Return how one wants to be told."""
        row = self._session.row("notice_preferences")
        return (
            Preferences() if row is None else Preferences(row.email, row.mail, row.language, tuple(row.muted))
        )

    def prefer(self, how: Preferences) -> Preferences:
        """Choose how one is told."""
        self._session.call(
            "set_notice_preferences",
            email=how.email,
            mail=how.mail,
            language=how.language,
            muted=list(how.muted),
        )
        return self.preferences()

    def channels(self) -> tuple[str, ...]:
        """Return the names of the organisation's channels; for its administrators."""
        return tuple(str(row.name) for row in self._session.rows("alert_channels"))

    def set_channel(self, name: str, address: str | None, language: Literal["en", "fr"] = "en") -> None:
        """Set where a team is told (an apprise address such as `slack://…`), or take it away with None.

        Raises
        ------
        BadParameters
            For an address of another kind than a chat's or a webhook's.
        """
        if address is not None and (problem := check_address(address)):
            raise BadParameters(problem)
        self._session.call("set_alert_channel", name=name, address=address, language=language)
