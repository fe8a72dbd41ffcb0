"""Submissions: a run put before a reviewer, and what people say of it."""

from __future__ import annotations

from harbour.submissions.actions import can, check
from harbour.submissions.comments import Comments
from harbour.submissions.filed import Filed, read_filed
from harbour.submissions.store import Comment, Submission, SubmissionStore

__all__ = ["Comment", "Comments", "Filed", "Submission", "SubmissionStore", "can", "check", "read_filed"]
