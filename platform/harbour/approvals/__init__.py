"""Decisions: what a reviewer does with a submission. The database holds four eyes, state and digest."""

from __future__ import annotations

from harbour.approvals.decisions import Decision, Decisions

__all__ = ["Decision", "Decisions"]
