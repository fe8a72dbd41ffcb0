#!/usr/bin/env python3
"""Check an evidence pack: one file, standard library only, offline, none of the product's packages.

    python3 check_evidence.py PACK.zip [--key FINGERPRINT]

It checks, in this order, and names the first thing wrong:

1. every byte of the archive: members stand one after the other, stored as they are, and each header, each
   entry of the listing and the end record are rebuilt here and compared;
2. the Ed25519 signature (RFC 8032) over manifest.json, and the key's fingerprint against FINGERPRINT, which
   the bank gave you by another way than this file: without it, anyone could have signed;
3. each member's SHA-256 against the manifest;
4. what the members say to each other: the digest that was approved covers exactly the run and the files in
   here; nobody approved what he prepared; the audit chain has no gap, holds the decisions, meets its anchors.

Exit code: 0 all holds, 1 it does not (the member, or the byte of the archive, is named), 2 it cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import mmap
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOCAL, CENTRAL, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
PARTS = ("code", "data", "parameters", "environment", "outputs", "verdict")
EVENT = ("organisation", "seq", "at", "actor", "login", "action", "subject", "outcome", "detail")
STATES_WITH_APPROVAL = ("approved", "published", "superseded", "voided")


class Fault(Exception):
    """Something is not as it was signed; the sentence names it."""


# The archive --------------------------------------------------------------------------------------


def local_header(name: bytes, crc: int, size: int) -> bytes:
    """Return the bytes before a member's content."""
    return LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, 0x21, crc, size, size, len(name), 0) + name


def central_entry(name: bytes, crc: int, size: int, place: int) -> bytes:
    """Return the bytes of a member in the listing."""
    about = (20, 0, 0, 0, 0x21, crc, size, size, len(name), 0)
    return CENTRAL.pack(b"PK\1\2", 0x0314, *about, 0, 0, 0, 0o100644 << 16, place) + name


def walk_headers(data: memoryview) -> Iterator[tuple[bytes, int]]:
    """Yield each member's name and size, from the front, by the headers before the contents."""
    place = 0
    while bytes(data[place : place + 4]) == b"PK\3\4":
        fields = LOCAL.unpack_from(data, place)
        yield bytes(data[place + LOCAL.size : place + LOCAL.size + fields[9]]), fields[7]
        place += LOCAL.size + fields[9] + fields[7]


def walk_listing(data: memoryview) -> Iterator[tuple[bytes, int]]:
    """Yield each member's name and size by the listing after them."""
    place = END.unpack_from(data, len(data) - END.size)[6]
    while bytes(data[place : place + 4]) == b"PK\1\2":
        fields = CENTRAL.unpack_from(data, place)
        yield bytes(data[place + CENTRAL.size : place + CENTRAL.size + fields[10]]), fields[9]
        place += CENTRAL.size + fields[10]


def length_of(layout: list[tuple[bytes, int]]) -> int:
    """Return how long an archive of these members is."""
    return END.size + sum(LOCAL.size + CENTRAL.size + 2 * len(name) + size for name, size in layout)


def try_layout(walk: Iterator[tuple[bytes, int]], length: int) -> list[tuple[bytes, int]]:
    """Return a list of members when it fits the archive's length, or nothing."""
    layout: list[tuple[bytes, int]] = []
    try:
        for entry in walk:
            layout.append(entry)
            if length_of(layout) > length:
                return []
    except struct.error:
        return []
    return layout if layout and length_of(layout) == length else []


def find_layout(data: memoryview) -> list[tuple[bytes, int]]:
    """Return the members' names and sizes by whichever of the two lists fits the archive's length."""
    first, second = try_layout(walk_headers(data), len(data)), try_layout(walk_listing(data), len(data))
    if not first and not second:
        raise Fault(
            f"the archive of {len(data)} bytes is cut, lengthened, or damaged in both of its lists of members"
        )
    if first and second and [size for _, size in first] == [size for _, size in second]:
        place = LOCAL.size + len(first[0][0])
        text = bytes(data[place : place + first[0][1]]) + b'"manifest.json" "signature.json"'
        # Where the two lists differ in a name, the damaged one is not in the manifest.
        pairs = zip(first, second)  # noqa: B905  # Python 3.9
        return [a if b'"%s"' % a[0] in text else b for a, b in pairs]
    return first or second


def compare(data: memoryview, place: int, wanted: bytes, what: str) -> int:
    """Return where the next part begins; a Fault names the first byte that differs."""
    found = bytes(data[place : place + len(wanted)])
    if found != wanted:
        at = next((i for i, (a, b) in enumerate(zip(found, wanted)) if a != b), len(found))  # noqa: B905  # Python 3.9
        raise Fault(f"{what}: byte {place + at} of the archive is not what it must be")
    return place + len(wanted)


def read_archive(data: memoryview) -> dict[str, memoryview]:
    """Return the members' contents, every byte around them having been compared."""
    layout = find_layout(data)
    contents: dict[str, memoryview] = {}
    headers, listing, place = [], [], 0
    for raw, size in layout:
        begin = place + LOCAL.size + len(raw)
        content = data[begin : begin + size]
        headers.append((place, raw, zlib.crc32(content), size))
        contents[raw.decode("ascii", "replace")] = content
        place = begin + size
    if len(contents) != len(layout):
        raise Fault("two members of the archive have the same name")
    stated = {}
    for at, raw, crc, size in headers:
        entry_at = place + sum(map(len, listing))
        listing.append(central_entry(raw, crc, size, at))
        stated[raw] = (LOCAL.unpack_from(data, at)[6], CENTRAL.unpack_from(data, entry_at)[7])
    for _, raw, crc, _ in headers:
        if crc not in stated[raw]:
            raise Fault(f"{raw.decode('ascii', 'replace')}: its content was changed")
    for at, raw, crc, size in headers:
        name = raw.decode("ascii", "replace")
        compare(data, at, local_header(raw, crc, size), f"{name}: the header before it")
    begin = place
    for (_, raw, _, _), entry in zip(headers, listing):  # noqa: B905  # Python 3.9
        place = compare(data, place, entry, f"{raw.decode('ascii', 'replace')}: its entry in the listing")
    count = len(layout)
    end = END.pack(b"PK\5\6", 0, 0, count, count, place - begin, begin, 0)
    compare(data, place, end, "the archive's end record")
    return contents


# The signature: Ed25519 as in RFC 8032, section 5.1 -----------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a: Any, b: Any) -> Any:  # noqa: ANN401  # points are four numbers
    """Return the sum of two points in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, d - c, d + c, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number: int, point: Any) -> Any:  # noqa: ANN401  # as above
    """Return a multiple of a point."""
    total: Any = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def decode(raw: bytes) -> Any:  # noqa: ANN401  # as above
    """Return the point of 32 bytes, or None when they are no point's."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * ROOT % P
    if (x * x - squared) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether the signature over the message is the key's."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, point, number = decode(public), decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or point is None or number >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = multiply(number, BASE), add(point, multiply(challenge, key))
    return not any((left[i] * right[2] - right[i] * left[2]) % P for i in (0, 1))


def check_signature(contents: dict[str, memoryview], key: str | None) -> str:
    """Check who signed the manifest and return the key's fingerprint."""
    signed = document(contents, "signature.json")
    public, signature = bytes.fromhex(signed["public_key"]), bytes.fromhex(signed["signature"])
    fingerprint = hashlib.sha256(public).hexdigest()
    wanted = {
        "algorithm": "Ed25519",
        "fingerprint": fingerprint,
        "public_key": public.hex(),
        "signature": signature.hex(),
    }
    text = json.dumps(wanted, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if bytes(contents["signature.json"]) != text.encode():
        raise Fault("signature.json: it is not written the way it is signed")
    if not is_signed(public, bytes(contents["manifest.json"]), signature):
        raise Fault("manifest.json: the signature in signature.json is not over this text by this key")
    if key is not None and key.lower() != fingerprint:
        raise Fault(f"signature.json: signed by the key {fingerprint}, and not by the one you trust")
    return fingerprint


# What the members say -----------------------------------------------------------------------------


def document(contents: dict[str, memoryview], name: str) -> Any:  # noqa: ANN401  # JSON
    """Return a member's JSON."""
    if name not in contents:
        raise Fault(f"{name} is missing")
    try:
        return json.loads(bytes(contents[name]))
    except ValueError:
        raise Fault(f"{name} is not JSON") from None


def check_members(contents: dict[str, memoryview]) -> None:
    """Check that the archive holds what the manifest lists, and nothing else."""
    listed = {row["name"]: row for row in document(contents, "manifest.json")["members"]}
    extra = set(contents) - set(listed) - {"manifest.json", "signature.json"}
    for name in sorted(set(listed) - set(contents)):
        raise Fault(f"{name} is in the manifest and missing from the archive")
    for name in sorted(extra):
        raise Fault(f"{name} is in the archive and not in the manifest")
    for name, row in listed.items():
        if hashlib.sha256(contents[name]).hexdigest() != row["sha256"] or len(contents[name]) != row["size"]:
            raise Fault(f"{name}: its content is not what was signed")


def netstrings(*texts: str) -> bytes:
    """Return texts so that no two lists of them look the same."""
    return b"".join(b"%d:%s," % (len(raw), raw) for raw in (text.encode() for text in texts))


def run_digest(run: dict[str, Any]) -> str:
    """Return the SHA-256 an approval binds to, over everything a reviewer sees of a run."""
    texts = ["plimsoll run 1", run["organisation"], run["maker"], run["executed_by"], run["name"]]
    texts += [str(run["version"]), run["template"], run["state"], run["parameters"]]
    for part in PARTS:
        texts += [part, run["digests"].get(part, "")]
    texts.append(run["summary"])
    for file in sorted(run["artefacts"], key=lambda file: file["name"].encode()):
        texts += [file["name"], file["sha256"]]
    return hashlib.sha256(netstrings(*texts)).hexdigest()


def check_run(contents: dict[str, memoryview]) -> None:
    """Check that the submission's digest covers the run and the files in here."""
    submission, run = document(contents, "submission.json"), document(contents, "run.json")
    manifest = document(contents, "manifest.json")
    for file in run["artefacts"]:
        content = contents.get(file["member"])
        if content is None or hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise Fault(f"{file['member']}: not the file of that name in the run")
    if run_digest(run) != run["digest"]:
        raise Fault("run.json: its digest does not cover what it says")
    if not run["digest"] == submission["digest"] == manifest["digest"]:
        raise Fault("run.json: the run is no longer the one that was submitted")
    if document(contents, "parameters.json") != json.loads(run["parameters"]):
        raise Fault("parameters.json: not the run's parameters")


def check_chain(contents: dict[str, memoryview]) -> tuple[list[dict[str, Any]], int]:
    """Check the slice of the audit chain; return its events and how many anchors they met."""
    slice_ = document(contents, "audit/slice.json")
    anchors = {row["seq"]: row["hash"] for row in document(contents, "audit/anchors.json")}
    events = [json.loads(line) for line in bytes(contents["audit/events.jsonl"]).splitlines()]
    before, seq = slice_["before"], slice_["first"] - 1
    for event in events:
        if event["seq"] != seq + 1:
            raise Fault(f"audit/events.jsonl: event {event['seq']} follows event {seq}")
        texts = (str(event[name]) for name in EVENT)
        if hashlib.sha256(netstrings(before, *texts)).hexdigest() != event["hash"]:
            raise Fault(f"audit/events.jsonl: event {event['seq']} is not what was written")
        if anchors.get(event["seq"], event["hash"]) != event["hash"]:
            raise Fault(f"audit/events.jsonl: event {event['seq']} is not the one that was anchored")
        before, seq = event["hash"], event["seq"]
    if (seq, before) != (slice_["last"], slice_["head"]) or not set(anchors) <= {e["seq"] for e in events}:
        raise Fault("audit/events.jsonl: events are missing at the end")
    return events, len(anchors)


def check_approvals(contents: dict[str, memoryview], events: list[dict[str, Any]]) -> list[str]:
    """Check four eyes, and each decision against the audit chain; return who approved."""
    submission, run = document(contents, "submission.json"), document(contents, "run.json")
    subject = f"submission:{submission['id']}"
    told = {
        (event["actor"], event["action"], json.loads(event["detail"]).get("digest"))
        for event in events
        if event["subject"] == subject and event["outcome"] == "done"
    }
    approved = []
    for decision in document(contents, "approvals.json"):
        who = decision["reviewer"]
        if who in (submission["maker"], run["maker"]):
            raise Fault(f"approvals.json: {who} decided on what he prepared")
        if (who, decision["decision"], decision["digest"]) not in told:
            raise Fault(f"approvals.json: the audit log does not tell of {who}'s decision {decision['id']}")
        if decision["decision"] == "approve" and decision["digest"] == submission["digest"]:
            approved.append(who)
    if submission["state"] in STATES_WITH_APPROVAL and not approved:
        raise Fault(f"approvals.json: the submission is {submission['state']} and nobody approved it")
    return approved


def check(path: Path, key: str | None = None) -> list[str]:
    """Check a pack and return what to tell; Fault when something does not hold."""
    with path.open("rb") as stream:
        data = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    contents = read_archive(data)
    fingerprint = check_signature(contents, key)
    check_members(contents)
    check_run(contents)
    events, anchors = check_chain(contents)
    approved = check_approvals(contents, events)
    submission, run = document(contents, "submission.json"), document(contents, "run.json")
    compared = "" if key else " (compare it with what the bank told you, or give --key)"
    return [
        f"whole: {len(contents)} members, {len(data)} bytes",
        f"signed by the key {fingerprint}{compared}",
        f"submission {submission['id']} of {submission['organisation_name']}: "
        f"{run['template']}, {submission['state']}",
        f"digest {submission['digest']}",
        f"prepared by {run['maker']}, executed by {run['executed_by']}; "
        f"approved by {', '.join(approved) or 'nobody'}",
        f"audit events {events[0]['seq']} to {events[-1]['seq']} whole, {anchors} anchors met",
    ]


def main() -> int:
    """Check the pack named on the command line."""
    parser = argparse.ArgumentParser(description="Check an evidence pack.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--key", help="fingerprint of the key you trust, 64 hexadecimal digits")
    given = parser.parse_args()
    try:
        for line in check(given.pack, given.key):
            print(line)
    except Fault as fault:
        print(f"NOT AS SIGNED: {fault}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        print(f"cannot be read: {type(error).__name__}: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
