"""Decisions: what a reviewer does with a submission. The database holds four eyes, state and digest."""

from __future__ import annotations

from harbour.approvals.decisions import Decision, Decisions
from harbour.approvals.rules import ApprovalRule, ApprovalRules, Step

__all__ = ["ApprovalRule", "ApprovalRules", "Decision", "Decisions", "Step"]
