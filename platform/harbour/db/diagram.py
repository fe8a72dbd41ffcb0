"""Draw docs/workflow.md from the tables of truth in the database: `python -m harbour.db.diagram > docs/workflow.md`.

PLIMSOLL_DSN names the database; any member's login will do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from harbour.db.session import Session

__all__ = ["draw"]

WHOSE = {"maker": "only who prepared it", "not_maker": "never who prepared it", "any": "anyone with the role"}

OPENING = """\
# The workflow

Drawn from `harbour.actions` and `harbour.transitions` by `python -m harbour.db.diagram`; a test fails when this page
is not what they say. The database decides by the same tables.

## States
"""

RULES = """\
## Approval rules

An organisation's administrator sets how many approvals a submission needs, of which roles, and whether in order: for
one template or for all (`connection.rules.set(["reviewer", "reviewer", "org_admin"], template="corep_of")`). Without a
rule one reviewer approves. Rules are versioned and never changed; a submission keeps the rule in force when it was
submitted, and takes the one in force then when it is submitted again.

Whatever the rule: never who prepared it, and in one round no person, no step and no lent authority counts twice. Until
the last approval the submission stays in review (`approve_in_part`). A blocking comment refuses every approval until
who wrote it, or the organisation's administrator, resolves it.

In the review room who approves has opened every finding of the verdict first: the page counts them, and starts again
when what is submitted changes. It is the page that asks for this, not the database; who approves in a notebook is not
asked.

A reviewer or administrator may lend his role to a colleague until a day within a year
(`connection.delegations.lend("port-dario", "reviewer", until)`). The deputy decides on his behalf, and both names are
kept. A lent role is not lent on, ends with the lender's own, and never reaches what lender or deputy prepared.

## Organisations above others

An organisation may stand below another: group, bank, entity (`harbour organisation parent BANK GROUP`). Who is above
may look at one organisation below at a time, when he says so (`connection.look_at("bank")`), and sees what the table
`harbour.reach` gives his own role (a lent one does not reach):

REACH

Nobody approves, comments or changes anything in another organisation, and nobody below sees who is above. Without
`look_at` every list is one's own organisation's only. Opening a submission below is written in the chain of the
organisation it belongs to.

An organisation that reports for named entities (`harbour organisation entities BANK LEI...`) cannot submit a return
whose figures name another, and no other organisation can submit one that names theirs.

## Changes

A change of any part of what was approved voids the approval at once (`void_by_change`); who listens
(`connection.publications.changes()`) is woken.
"""


def draw(session: Session) -> str:
    """Return the page: the states, who may do what, the rules of approval."""
    return "\n".join(
        [
            OPENING,
            *_states(session.rows("transitions")),
            "",
            "## Who may do what",
            "",
            *_permissions(session.rows("permissions")),
            "",
            RULES.replace("REACH", "\n".join(_reach(session.rows("reach")))),
        ]
    )


def _states(transitions: Iterable[Row[Any]]) -> list[str]:
    moves = [row for row in transitions if row.from_state != row.to_state]
    stays = [row for row in transitions if row.from_state == row.to_state]
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {row.from_state} --> {row.to_state}: {row.action}" for row in moves]
    ends = {row.to_state for row in moves} - {row.from_state for row in moves}
    lines += [f"    {state} --> [*]" for state in sorted(ends)]
    lines += ["```", "", "Without a change of state:", ""]
    return lines + [f"- {row.from_state.replace('_', ' ')}: `{row.action}`" for row in stays]


def _permissions(actions: Iterable[Row[Any]]) -> list[str]:
    lines = ["| module | action | roles | whose work | must say why |", "| --- | --- | --- | --- | --- |"]
    for row in actions:
        roles = ", ".join(role.replace("_", " ") for role in row.roles) or "the platform itself"
        whose = WHOSE[row.whose] if row.roles else ""
        lines.append(
            f"| {row.module} | `{row.action}` | {roles} | {whose} | {'yes' if row.says_why else ''} |"
        )
    return lines


def _reach(rows: Iterable[Row[Any]]) -> list[str]:
    lines = ["| below, one may | with the role |", "| --- | --- |"]
    return lines + [f"| {row.phrase} | {', '.join(row.roles).replace('_', ' ')} |" for row in rows]


def main() -> None:
    """Print the page."""
    dsn = os.environ.get("PLIMSOLL_DSN")
    if not dsn:
        raise SystemExit("Set PLIMSOLL_DSN to a member's connection string.")
    sys.stdout.write(draw(Session(dsn)))


if __name__ == "__main__":
    main()
