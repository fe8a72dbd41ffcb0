"""The review room's HTML: inbox, submission, and the foot where it is decided."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

from dashboards.review.compute import Detail, Inbox, list_unread
from dashboards.review.lending import Lending
from dashboards.review.own import OwnDetail
from dashboards.theme.refusals import say_refusal
from dashboards.theme.sheet import draw
from dashboards.theme.words import Words

__all__ = [
    "Outcome",
    "draw_detail",
    "draw_foot",
    "draw_inbox",
    "draw_lending",
    "draw_own",
    "draw_own_foot",
    "why_not",
]

HERE = Path(__file__).parent


def draw_inbox(inbox: Inbox, chosen: int | None, say: Words, own: int | None = None) -> str:
    """Return the list of one's own runs, what waits and what was decided, with the chosen one marked."""
    return draw(HERE / "inbox.html", say, inbox=inbox, chosen=chosen, own=own)


def draw_lending(lending: Lending, say: Words, *, told: str = "", failed: str = "") -> str:
    """Return who has the viewer's role for a time, and the form to lend it; nothing for who has none to lend."""
    return draw(HERE / "lending.html", say, lending=lending, told=told, failed=failed)


def draw_own(own: OwnDetail, say: Words) -> str:
    """Return a run of one's own: its figures, how far it is, or why it stopped."""
    return draw(HERE / "own.html", say, run=own.run, summary=own.run.summary, unread=frozenset())


def draw_own_foot(own: OwnDetail, say: Words, failed: str = "") -> str:
    """Return the note and the button that submits; nothing for a run that cannot be submitted."""
    if own.run.state != "succeeded":
        return ""
    return draw(HERE / "own_foot.html", say, own=own, run=own.run, failed=failed)


def draw_detail(detail: Detail | None, say: Words, opened: frozenset[int] = frozenset()) -> str:
    """Return a submission's figures, verdict, findings, notices and comments; `opened` findings show what they say."""
    if detail is None:
        return draw(HERE / "nothing.html", say)
    return draw(
        HERE / "detail.html",
        say,
        detail=detail,
        item=detail.item,
        summary=detail.item.summary,
        unread=list_unread(detail, opened),
        foreign=None if detail.foreign is None else _foreign(detail, say),
    )


def _foreign(detail: Detail, say: Words) -> str:
    nobody = say("review.nobody")
    return say("review.foreign", lei=detail.foreign or nobody, said=detail.item.summary.lei or nobody)


def why_not(detail: Detail, act: str, say: Words) -> str | None:
    """Return why the viewer may not do an act now; None when he may.

    The database's refusal is the answer; the sentences most people meet are said in their language.
    """
    refusal = detail.refusals.get(act)
    if refusal is None and act == "approve" and detail.foreign is not None:
        return _foreign(detail, say)
    if refusal is None:
        needs_figures = act not in {"comment", "withdraw"}
        return say("review.no_summary") if needs_figures and not detail.item.summary.present else None
    if detail.item.state != "in_review":
        return say("review.not_waiting", state=say.name("state", detail.item.state).lower())
    known = {"prepared": "review.own_work", "reviewer": "review.reviewers_only"}
    for word, key in known.items():
        if word in refusal:
            return say(key)
    return say_refusal(refusal, say.language)


class Outcome(TypedDict, total=False):
    """What the foot says about the last press."""

    asking: str
    """The act to confirm now, instead of the row of buttons."""
    told: str
    """What was done."""
    failed: str
    """Why it was not."""
    fresh: bool
    """The comment was recorded: its box starts empty again."""


def draw_foot(
    detail: Detail, say: Words, opened: frozenset[int] = frozenset(), **outcome: Unpack[Outcome]
) -> str:
    """Return the comment box and the decisions, each refused one disabled with the reason beside it."""
    refusals = {
        act: why_not(detail, act, say) for act in ("approve", "return", "reject", "comment", "withdraw")
    }
    unread = list_unread(detail, opened)
    if unread and detail.foreign is None:
        flagged = len(list_unread(detail, frozenset()))
        refusals["approve"] = say("review.unread", done=flagged - len(unread), all=flagged)
    shown = [refusals[act] for act in ("approve", "return", "reject") if refusals[act]]
    return draw(
        HERE / "foot.html",
        say,
        item=detail.item,
        summary=detail.item.summary,
        digest=detail.digest,
        refusals=refusals,
        reasons=list(dict.fromkeys(shown)),
        asking=outcome.get("asking"),
        told=outcome.get("told", ""),
        failed=outcome.get("failed", ""),
        fresh=outcome.get("fresh", False),
    )
