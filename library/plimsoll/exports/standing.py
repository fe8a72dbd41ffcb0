"""What an export says about itself: which run it shows, and whether anyone has approved it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Standing"]


@dataclass(frozen=True)
class Standing:
    """Where the figures of an export stand; without any word they are a draft.

    Parameters
    ----------
    state
        `draft`, `approved` or `void`.
    run
        The run the figures come from, as people call it (`run 12`).
    by
        Who approved, and when; or what voided the approval.
    digest
        The SHA-256 that the approval binds to.
    """

    state: Literal["draft", "approved", "void"] = "draft"
    run: str = ""
    by: str = ""
    digest: str = ""

    @property
    def sentence(self) -> str:
        """The band that stands on every page."""
        said = {"draft": "Draft: not approved", "approved": "Approved", "void": "Void: do not use"}[
            self.state
        ]
        return f"{said} · {self.by}" if self.by else said
