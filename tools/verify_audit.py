#!/usr/bin/env python3
"""Check an exported audit log.

    python3 verify_audit.py EXPORT.jsonl [--anchors ANCHORS.jsonl]

One file, standard library only, none of the product's packages: copy it and run it anywhere.

EXPORT holds one JSON object per event, oldest first: organisation, seq, at, actor, login, action, subject,
outcome, detail, hash. Each hash is the SHA-256, in hex, of the UTF-8 bytes of ten fields, each written as
`<length in bytes>:<text>,`: the previous event's hash (64 zeros before the first), organisation, seq, at,
actor, login, action, subject, outcome, detail.

ANCHORS holds heads kept outside the database: organisation, seq, hash. Without anchors, someone who
can rewrite the whole chain, or cut its end, goes unseen; with them, only what came after the last one does.

Exit code: 0 the log is whole, 1 it is not (the first bad row is named), 2 it cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

START = "0" * 64
FIELDS = ("organisation", "seq", "at", "actor", "login", "action", "subject", "outcome", "detail")


class Unreadable(Exception):
    """A file does not hold what it should."""


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that names a field twice: two readers could read two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is named twice")
    return found


def read_lines(
    path: Path, fields: tuple[str, ...], more: tuple[str, ...] = ()
) -> Iterator[dict[str, object]]:
    """Yield the objects of a file of JSON lines.

    Each has exactly `fields` as text, except seq, a whole number; and may have `more`.
    """
    with path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, 1):
            try:
                row = json.loads(line, object_pairs_hook=once)
                line.encode("utf-8")
            except (ValueError, RecursionError) as error:
                raise Unreadable(f"{path}, line {number}: not JSON ({error})") from error
            if isinstance(row, dict) and set(row) - set(fields) - set(more):
                raise Unreadable(
                    f"{path}, line {number}: {min(set(row) - set(fields) - set(more))!r} is no field"
                )
            for name in fields:
                right = int if name == "seq" else str
                if not isinstance(row, dict) or type(row.get(name)) is not right:
                    raise Unreadable(f"{path}, line {number}: {name} is missing or of the wrong kind")
            yield row


def hash_of(event: dict[str, object], before: str) -> str:
    """Return the hash an event must have after the hash `before`."""
    texts = [before, *(str(event[name]) for name in FIELDS)]
    # A lone surrogate has no UTF-8: it is hashed as it stands, and so never meets a true hash.
    raws = [text.encode("utf-8", "surrogatepass") for text in texts]
    message = b"".join(b"%d:%s," % (len(raw), raw) for raw in raws)
    return hashlib.sha256(message).hexdigest()


def first_fault(
    events: Iterable[dict[str, object]], anchors: list[dict[str, object]]
) -> tuple[str | None, int]:
    """Return the first thing wrong, or None, and how many events were read."""
    heads: dict[str, tuple[int, str]] = {}
    wanted: dict[tuple[str, object], str] = {}
    for anchor in anchors:
        place = (str(anchor["organisation"]), anchor["seq"])
        if wanted.setdefault(place, str(anchor["hash"])) != anchor["hash"]:
            return f"{place[0]}: event {place[1]} was anchored twice, differently", 0
    count = 0
    for event in events:
        count += 1
        organisation = str(event["organisation"])
        seq, before = heads.get(organisation, (0, START))
        if event["seq"] != seq + 1:
            return f"{organisation}: event {event['seq']} follows event {seq}", count
        if event["hash"] != hash_of(event, before):
            return f"{organisation}: event {event['seq']} is not what was written", count
        anchored = wanted.pop((organisation, event["seq"]), None)
        if anchored not in (None, event["hash"]):
            return f"{organisation}: event {event['seq']} is not the one that was anchored", count
        heads[organisation] = (seq + 1, str(event["hash"]))
    for organisation, missing in sorted(wanted, key=str):
        if missing != 0:
            return f"{organisation}: event {missing} was anchored and is missing", count
    return None, count


def main() -> int:
    """Check the files named on the command line."""
    parser = argparse.ArgumentParser(description="Check an exported audit log.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--anchors", type=Path)
    given = parser.parse_args()
    try:
        anchors = (
            []
            if given.anchors is None
            else list(read_lines(given.anchors, ("organisation", "seq", "hash"), ("at",)))
        )
        fault, count = first_fault(read_lines(given.export, (*FIELDS, "hash")), anchors)
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        print(f"cannot be read: {error}")
        return 2
    if fault is not None:
        print(f"NOT WHOLE: {fault}")
        return 1
    anchored = (
        f", {len(anchors)} anchors met" if anchors else "; no anchors given, so a cut end would not show"
    )
    print(f"whole: {count} events{anchored}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
