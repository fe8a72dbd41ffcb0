"""Submissions: a run put before a reviewer."""

from __future__ import annotations

from harbour.submissions.actions import can, check
from harbour.submissions.store import Comment, Submission, SubmissionStore

__all__ = ["Comment", "Submission", "SubmissionStore", "can", "check"]
