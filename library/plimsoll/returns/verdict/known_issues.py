"""Rules of the EBA that are evaluated as they are meant, because they cannot hold as they are written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from plimsoll.dictionary import Rule

__all__ = ["KnownIssue", "find_known_issue", "list_known_issues"]


@dataclass(frozen=True)
class KnownIssue:
    """A rule, why it cannot hold as `stated`, and the expression evaluated `instead`."""

    rule: str
    why: str
    stated: str
    instead: str


def find_known_issue(rule: Rule) -> KnownIssue | None:
    """Return the known issue of a rule, None where there is none or the EBA has changed the rule since."""
    found = list_known_issues().get(rule.code)
    return found if found is not None and found.stated == rule.expression else None


@cache
def list_known_issues() -> Mapping[str, KnownIssue]:
    """Return every known issue by the rule's code."""
    text = files("plimsoll.returns.verdict").joinpath("known_issues.toml").read_text("utf-8")
    issues = [KnownIssue(**entry) for entry in tomllib.loads(text)["issue"]]
    return MappingProxyType({issue.rule: issue for issue in issues})
