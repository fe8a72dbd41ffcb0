"""Draws the page of rules from the rule files: `python -m plimsoll.rules > docs/rules.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from plimsoll.rules.reading import read_rules
from plimsoll.rules.ruleset import Rule, Value

__all__ = ["draw"]

_HEAD = """# Rules

Every number of the law that Plimsoll uses, drawn from the files in `library/plimsoll/rules` (do not edit
this page). A rule holds from its first to its last day; `plimsoll.rules.on(date)` gives those in force. A
dagger marks a rule whose own words were not at hand when it was written: the notes say what was read instead.

| rule | value | unit | source | from | to |
| --- | --- | --- | --- | --- | --- |"""


def draw() -> str:
    """Return the page, in Markdown."""
    rules = read_rules()
    noted = [rule for rule in rules if rule.note]
    lines = [_HEAD, *(_row(rule) for rule in rules), "", "## Notes", "", *_notes(noted)]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    mark = "" if rule.found else " †"
    cells = (rule.unit, rule.article, str(rule.valid_from), str(rule.valid_to or ""))
    return f"| `{rule.id}`{mark} | {_shown(rule.value)} | {' | '.join(cells)} |"


def _shown(value: Value) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in sorted(value.items()))
    if isinstance(value, tuple):
        rows = (item if isinstance(item, tuple) else (item,) for item in value)
        return "; ".join(" → ".join(map(_plain, row)) for row in rows)
    return _plain(value)


def _plain(value: object) -> str:
    if value == float("inf"):
        return "above"
    return f"{value:,}".replace(",", " ") if isinstance(value, int) else str(value)


def _notes(rules: list[Rule]) -> Iterator[str]:
    for rule in rules:
        yield f"- `{rule.id}`, {rule.article}: {rule.note}"


if __name__ == "__main__":
    sys.stdout.write(draw())
