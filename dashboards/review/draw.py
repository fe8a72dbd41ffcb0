"""The review room's HTML: inbox, submission, and the foot where it is decided."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

from dashboards.review.compute import Detail, Inbox
from dashboards.theme.refusals import say_refusal
from dashboards.theme.sheet import draw
from dashboards.theme.words import Words

__all__ = ["Outcome", "draw_detail", "draw_foot", "draw_inbox", "why_not"]

HERE = Path(__file__).parent


def draw_inbox(inbox: Inbox, chosen: int | None, say: Words) -> str:
    """Return the list of what waits and what was decided, with the chosen one marked."""
    return draw(HERE / "inbox.html", say, inbox=inbox, chosen=chosen)


def draw_detail(detail: Detail | None, say: Words) -> str:
    """Return a submission's figures, verdict, findings, notices and comments."""
    if detail is None:
        return draw(HERE / "nothing.html", say)
    return draw(HERE / "detail.html", say, detail=detail, item=detail.item, summary=detail.item.summary)


def why_not(detail: Detail, act: str, say: Words) -> str | None:
    """Return why the viewer may not do an act now; None when he may.

    The database's refusal is the answer; the sentences most people meet are said in their language.
    """
    refusal = detail.refusals.get(act)
    if refusal is None:
        return None if detail.item.summary.present or act == "comment" else say("review.no_summary")
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


def draw_foot(detail: Detail, say: Words, **outcome: Unpack[Outcome]) -> str:
    """Return the comment box and the decisions, each refused one disabled with the reason beside it."""
    refusals = {act: why_not(detail, act, say) for act in ("approve", "return", "reject", "comment")}
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
