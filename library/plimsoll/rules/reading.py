"""Reads rule files and refuses what cannot be trusted: no source, no unit, or two values on one day."""

from __future__ import annotations

import datetime
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from plimsoll.errors import RuleError
from plimsoll.rules.ruleset import Rule, RuleSet, Value

__all__ = ["on", "parse_rules", "read_rules"]

_KEYS = {"id", "value", "unit", "article", "citation", "valid_from", "valid_to", "found", "note"}


@cache
def on(date: datetime.date) -> RuleSet:
    """Return the rules in force on a date.

    Raises
    ------
    RuleError
        A rule file is wrong, or no rule is in force on that date.
    """
    in_force = {rule.id: rule for rule in read_rules() if rule.holds_on(date)}
    if not in_force:
        raise RuleError(f"no rules are known for {date}; the first day known is {_first_day()}")
    return RuleSet(date, MappingProxyType(in_force))


def _first_day() -> datetime.date:
    return min(rule.valid_from for rule in read_rules())


@cache
def read_rules() -> tuple[Rule, ...]:
    """Return every rule of the package's files, all dates together.

    Raises
    ------
    RuleError
        A file is not TOML, or a rule of it is wrong (`parse_rules`).
    """
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in files("plimsoll.rules").iterdir()
        if entry.name.endswith(".toml")
    }
    return parse_rules(texts)


def parse_rules(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """Return the rules of files given as name and TOML text, sorted by id and first day.

    Raises
    ------
    RuleError
        A rule has no article, act, unit, value or first day, an unknown key, or two values on one day.
    """
    rules = [rule for name in sorted(texts) for rule in _rules_of(name, texts[name])]
    _check_overlaps(rules)
    return tuple(sorted(rules, key=lambda rule: (rule.id, rule.valid_from)))


def _rules_of(name: str, text: str) -> Iterable[Rule]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise RuleError(f"{name} is not TOML: {problem}") from problem
    return [_rule(name, content, entry) for entry in content.get("rule", [])]


def _rule(name: str, content: Mapping[str, Any], entry: Mapping[str, Any]) -> Rule:
    where = f"{name}, rule {entry.get('id', '(no id)')}"
    article, act = entry.get("article", ""), content.get("act", "")
    citation = entry.get("citation") or (f"{act}, {article}" if act and article else "")
    if not citation:
        raise RuleError(f"{where}: no source; give `article` here and `act` at the head of the file")
    lacking = [key for key in ("id", "value", "unit") if entry.get(key) in (None, "")]
    if lacking or set(entry) - _KEYS:
        raise RuleError(f"{where}: lacking {lacking}, unknown {sorted(set(entry) - _KEYS)}")
    first, last = entry.get("valid_from", content.get("valid_from")), entry.get("valid_to")
    if not isinstance(first, datetime.date) or not isinstance(last, datetime.date | None):
        raise RuleError(f"{where}: `valid_from` must be a date, `valid_to` a date or absent")
    if last is not None and last < first:
        raise RuleError(f"{where}: ends {last} before it begins {first}")
    if entry.get("found") is False and not entry.get("note"):
        raise RuleError(f"{where}: its words were not found; say in `note` what was")
    return Rule(
        id=entry["id"],
        value=_frozen(entry["value"]),
        unit=entry["unit"],
        article=f"{content.get('short', act)} {article.replace('Article', 'Art.', 1)}".strip(),
        citation=citation,
        valid_from=first,
        valid_to=last,
        found=entry.get("found", True),
        note=entry.get("note", ""),
    )


def _frozen(value: object) -> Value:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return MappingProxyType({str(key): str(item) for key, item in value.items()})
    if isinstance(value, int | float | str):
        return value
    raise RuleError(f"a rule cannot hold {value!r}")


def _check_overlaps(rules: Iterable[Rule]) -> None:
    by_id: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        by_id[rule.id].append(rule)
    for versions in by_id.values():
        versions.sort(key=lambda rule: rule.valid_from)
        for earlier, later in pairwise(versions):
            if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
                raise RuleError(
                    f"{later.id} has two values on {later.valid_from}: {earlier.citation}; {later.citation}"
                )
