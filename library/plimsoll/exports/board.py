"""The management report of a position: where the bank stands, what moved, and how far the marks are."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from plimsoll.exports.document import Bars, Block, Document, Gauges, Heading, Mark, Paragraph, Rating, Tabular
from plimsoll.exports.phrases import Phrases, phrases
from plimsoll.exports.standing import Standing
from plimsoll.simulation import Movement, Result, explain_movement

__all__ = ["describe_position"]

_RATIOS = ("cet1_ratio", "tier1_ratio", "total_ratio", "leverage_ratio")
_LINES = ("cet1", "tier1", "own_funds")
_GUIDANCE = "pillar_2_guidance"
_BASIS = 10_000


def describe_position(
    result: Result, *, previous: Result | None = None, standing: Standing | None = None, language: str = "en"
) -> Document:
    """Return the management report of a position as a document.

    Parameters
    ----------
    result
        The position.
    previous
        The position to compare it with, of the same bank: an earlier date, or another scenario.
    standing
        Whether anyone approved it; a draft without.
    language
        `en` or `fr`.
    """
    say, said = phrases(language), standing or Standing()
    movement = explain_movement(previous, result) if previous is not None else None
    entity = result.book.entity
    state = say.name("standing", said.state)
    return Document(
        title=say("title.board"),
        subtitle=say(
            "title.subtitle",
            entity=entity.name,
            scope=say.name("scope", entity.scope),
            date=say.date(result.book.reference_date),
        ),
        state=said.state,
        standing=f"{state} · {said.by}" if said.by else state,
        source=f"{entity.lei}.{entity.scope} · {said.run}" if said.run else f"{entity.lei}.{entity.scope}",
        language=language,
        blocks=tuple(_blocks(result, movement, say)),
        facts=_facts(result, said, say),
    )


def _blocks(result: Result, movement: Movement | None, say: Phrases) -> Iterator[Block]:
    ratings = tuple(_ratings(result, movement, say))
    yield from _summary(result, ratings, movement, say)
    yield Heading(say("title.ratios"))
    yield Gauges(ratings)
    if movement is not None:
        yield Heading(say("title.moved", date=say.date(movement.before.book.reference_date)))
        yield _waterfall(movement, say)
    yield Heading(say("title.risks"))
    yield _risks(result, say)
    yield Heading(say("title.classes"))
    yield _classes(result, say)
    yield Heading(say("title.own_funds"))
    yield _own_funds(result, say)
    yield Heading(say("title.notices"))
    for notice in result.notices or (say("text.no_notices"),):
        yield Paragraph(notice, small=True)


def _ratings(result: Result, movement: Movement | None, say: Phrases) -> Iterator[Rating]:
    for ratio in _RATIOS:
        value = float(result.ratios.get(ratio, math.nan))
        if math.isfinite(value):
            earlier = float(movement.before.ratios.get(ratio, math.nan)) if movement else math.nan
            yield _rating(result, ratio, value, earlier, say)


def _rating(result: Result, ratio: str, value: float, earlier: float, say: Phrases) -> Rating:
    held = result.marks.loc[result.marks["ratio"] == ratio]
    columns = zip(held["mark"], held["level"], held["article"], strict=True)
    marks = tuple(
        Mark(str(name), float(level), say.level(float(level)), str(article))
        for name, level, article in sorted(columns, key=lambda mark: float(mark[1]))
    )
    missed = next((mark for mark in marks if say.points(value, mark.level) < 0), None)
    nearest = missed or (marks[-1] if marks else None)
    if nearest is None:
        headroom = say("headroom.none")
    else:
        key = "below" if missed else "above"
        points = say.signed_points(say.points(value, nearest.level))
        headroom = say(f"headroom.{key}", points=points, mark=say.name("mark", nearest.name))
    return Rating(
        say.name("ratio", ratio),
        value,
        say.percentage(value),
        headroom,
        missed is None or missed.name == _GUIDANCE,
        tuple(Mark(say.name("mark", mark.name), mark.level, mark.said, mark.article) for mark in marks),
        earlier if math.isfinite(earlier) else None,
    )


def _summary(
    result: Result, ratings: tuple[Rating, ...], movement: Movement | None, say: Phrases
) -> Iterator[Block]:
    yield Heading(say("title.summary"))
    if result.scenario.shocks:
        yield Paragraph(say("text.scenario", scenario=result.scenario.name))
    breached = [rating for rating in ratings if not rating.met]
    short = [rating for rating in ratings if rating.marks and rating.value < rating.marks[-1].level]
    where = "; ".join(f"{rating.name} {rating.said}, {rating.headroom}" for rating in breached or short)
    if breached or short:
        yield Paragraph(say("text.breach" if breached else "text.below_guidance", where=where))
    elif ratings:
        yield Paragraph(say("text.met", cet1=ratings[0].said, headroom=ratings[0].headroom))
    if movement is not None:
        old, new = movement.before.ratios, movement.after.ratios
        yield Paragraph(
            say(
                "text.change",
                points=say.signed_points(round((new["cet1_ratio"] - old["cet1_ratio"]) * _BASIS)),
                date=say.date(movement.before.book.reference_date),
                rwa=say.millions(new["rwa"] - old["rwa"], signed=True) + f" ({_unit(result, say)})",
            )
        )


def _unit(result: Result, say: Phrases) -> str:
    return say("text.unit", currency=result.book.entity.currency)


def _waterfall(movement: Movement, say: Phrases) -> Tabular:
    rows = []
    for step in movement.steps.to_dict("records"):
        start = step["step"] == "start"
        rows.append(
            (
                say.name("step", str(step["step"])) + (f": {step['detail']}" if step["detail"] else ""),
                "" if start else say.millions(float(step["rwa_change"]), signed=True),
                "" if start else say.signed_points(round(float(step["cet1_ratio_change"]) * _BASIS)),
                say.percentage(float(step["cet1_ratio"])),
            )
        )
    head = (say("head.step"), say("head.rwa"), say("head.cet1"), say("head.after"))
    return Tabular(head, rows, say("text.waterfall", currency=movement.after.book.entity.currency))


def _risks(result: Result, say: Phrases) -> Tabular:
    total = float(result.ratios["rwa"])
    held = result.requirements.loc[result.requirements["amount"] != 0]
    rows = [
        (say.name("risk", str(risk)), say.millions(float(amount)), say.percentage(float(amount) / total))
        for risk, amount in zip(held["risk"], held["amount"], strict=True)
    ]
    rows.append((say("line.rwa"), say.millions(total), say.percentage(1.0)))
    return Tabular(
        (say("head.item"), say("head.amount"), say("head.share")),
        rows,
        _unit(result, say),
        last_is_total=True,
    )


def _classes(result: Result, say: Phrases) -> Bars:
    table: pd.DataFrame = result.by_class().sort_values("rwa", ascending=False, kind="stable")
    rows = [
        (say.name("class", str(name)), float(rwa), say.millions(float(rwa)))
        for name, rwa in zip(table["class"], table["rwa"], strict=True)
        if rwa
    ]
    return Bars(rows, _unit(result, say))


def _own_funds(result: Result, say: Phrases) -> Tabular:
    amounts = dict(zip(result.own_funds["line"], result.own_funds["amount"], strict=True))
    rows = [
        (say.name("line", line), say.millions(float(amounts[line]))) for line in _LINES if line in amounts
    ]
    return Tabular((say("head.item"), say("head.amount")), rows, _unit(result, say), last_is_total=True)


def _facts(result: Result, said: Standing, say: Phrases) -> dict[str, str]:
    entity = result.book.entity
    facts = {
        "entity": f"{entity.lei}.{entity.scope}",
        "run": said.run,
        "digest": said.digest,
        "scenario": result.scenario.name,
        "book": result.book.digest,
        "rules": result.rules.digest,
    }
    return {say(f"fact.{name}"): value for name, value in facts.items() if value}
