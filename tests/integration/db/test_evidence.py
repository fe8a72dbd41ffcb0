"""Evidence packs of real submissions, checked by tools/check_evidence.py alone."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.database import records

from harbour import errors
from harbour.evidence import SigningKey, write_pack
from harbour.evidence.archive import CENTRAL, END, LOCAL, write_archive

CHECKER = Path(__file__).resolve().parents[3] / "tools" / "check_evidence.py"
spec = importlib.util.spec_from_file_location("check_evidence", CHECKER)
assert spec is not None
assert spec.loader is not None
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)

KEY = SigningKey(bytes(range(32)))
FILES = {
    "2026-06/port.zip": b"the package",
    "executed.ipynb": b"{}",
    "report.html": b"<p>figures</p>",
    "corep_of.return": b"lines",
    "verdict.json": b'{"outcome": "pass"}',
    "rules_used.json": b"[]",
    "../../etc/é x": b"a name that climbs",
}


def submitted(banks, name: str, date: str, cet1: float = 0.15):
    """Submit a run of Amélie's for a period of its own kind of return."""
    summary = {
        "entity": {"name": "Banque du Port", "lei": "969500EVIDENCE000001"},
        "reference_date": date,
        "scenario": name,
        "ratios": {"cet1_ratio": cet1},
    }
    with banks.member("port-amelie") as amelie:
        # A kind of its own: other tests look at what is published of theirs.
        made = replace(records(name, summary=summary, artefacts=FILES), template="evidence_return")
        run = amelie.workspace.save(made)
        return amelie.workspace.submit(run.id, "É “quoted”\n")


@pytest.fixture(scope="module")
def pack(banks, tmp_path_factory):
    """Return the pack of an approved submission that follows an approved earlier period, and its facts."""
    earlier = submitted(banks, "evidence", "2026-03-31", 0.1532)
    filed = submitted(banks, "evidence", "2026-06-30", 0.1533)
    with banks.member("port-chloe") as chloe:
        chloe.submissions.approve(earlier.id, earlier.digest)
        chloe.submissions.comment(filed.id, "Why so much?")
        chloe.submissions.approve(filed.id, filed.digest, "Seen.")
        head = chloe.audit.head()
        folder = tmp_path_factory.mktemp("packs")
        made = write_pack(chloe.session, filed.id, folder, KEY, anchors=(asdict(head),))
    return made, filed, earlier


def run_checker(path: Path, *options: str) -> tuple[int, str]:
    """Run the checker isolated, without site packages: a clean Python."""
    command = [sys.executable, "-I", "-S", str(CHECKER), str(path), *options]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not ran.stderr
    return ran.returncode, ran.stdout


def test_a_pack_holds_everything_and_holds(pack):
    made, filed, earlier = pack
    code, said = run_checker(made.path, "--key", KEY.fingerprint)
    assert (code, "approved by port-chloe" in said, "1 anchors met" in said) == (0, True, True), said
    with zipfile.ZipFile(made.path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert tuple(held) == made.members
    index = json.loads(held["index.json"])
    assert held[index["package"]] == b"the package"
    assert held[index["return_with_lineage"]] == b"lines"
    assert all(index[kind] for kind in ("executed_notebook", "report_page", "verdict", "rules_used"))
    assert index["run_manifest"] is None
    assert not [name for name in held if ".." in name.split("/")]
    changes = json.loads(held["changes.json"])
    assert changes["since"]["submission"] == earlier.id
    assert changes["figures"] == [
        {"figure": "ratios.cet1_ratio", "before": 0.1532, "after": 0.1533, "change": "0.0001"}
    ]
    assert [comment["body"] for comment in json.loads(held["comments.json"])] == ["Why so much?"]
    assert json.loads(held["approvals.json"])[0]["digest"] == filed.digest
    assert hashlib.sha256(made.path.read_bytes()).hexdigest() == made.sha256


def test_the_same_state_gives_the_same_bytes_whoever_asks(banks, pack, tmp_path):
    made, filed, _ = pack
    anchors = json.loads(zipfile.ZipFile(made.path).read("audit/anchors.json"))
    with banks.member("port-amelie") as amelie:
        amelie.workspace.save(records("something else meanwhile"))
        again = write_pack(amelie.session, filed.id, tmp_path, KEY, anchors=tuple(anchors))
    assert again.path.read_bytes() == made.path.read_bytes()


def test_who_may_not_see_gets_nothing(banks, pack, tmp_path):
    _, filed, _ = pack
    with banks.member("nordhaven-olga") as olga, pytest.raises(errors.NotFound):
        write_pack(olga.session, filed.id, tmp_path, KEY)
    with banks.member("port-dario") as dario, pytest.raises(errors.NotAllowed, match="audit log"):
        write_pack(dario.session, filed.id, tmp_path, KEY)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_approved_is_not_said_to_be(banks, tmp_path):
    waiting = submitted(banks, "waiting evidence", "2026-06-30")
    with banks.through("harbour_dashboards", "port-chloe") as chloe:
        made = write_pack(chloe.session, waiting.id, tmp_path, KEY)
    code, said = run_checker(made.path)
    assert (code, "in_review" in said, "approved by nobody" in said) == (0, True, True), said


def regions(path: Path) -> list[tuple[int, int, str]]:
    """Return begin, end and what must be named, for every byte, as the standard library reads it."""
    found = []
    with zipfile.ZipFile(path) as archive:
        entry = archive.start_dir
        for member in archive.infolist():
            begin = member.header_offset + LOCAL.size + len(member.filename)
            found.append((member.header_offset, begin, f"{member.filename}: the header before it"))
            found.append((begin, begin + member.file_size, f"{member.filename}: its content was changed"))
            after = entry + CENTRAL.size + len(member.filename)
            found.append((entry, after, f"{member.filename}: its entry in the listing"))
            entry = after
        found.append((entry, entry + END.size, "the archive's end record"))
    assert sum(end - begin for begin, end, _ in found) == path.stat().st_size
    return found


def fault_of(path: Path) -> str:
    with pytest.raises(checker.Fault) as caught:
        checker.check(path)
    return str(caught.value)


def test_every_byte_of_every_header_is_found_and_named(pack, tmp_path):
    whole, path = pack[0].path.read_bytes(), tmp_path / "flipped.zip"
    for begin, end, what in regions(pack[0].path):
        if "content" in what:
            continue
        for place in range(begin, end):
            harmed = bytearray(whole)
            harmed[place] ^= 1 << place % 8
            path.write_bytes(harmed)
            assert fault_of(path) == f"{what}: byte {place} of the archive is not what it must be"


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_bit_is_found_and_the_member_named(pack, tmp_path, data):
    whole, path = bytearray(pack[0].path.read_bytes()), tmp_path / "flipped.zip"
    begin, end, what = data.draw(st.sampled_from([r for r in regions(pack[0].path) if r[0] < r[1]]))
    place, bit = data.draw(st.integers(begin, end - 1)), data.draw(st.integers(0, 7))
    whole[place] ^= 1 << bit
    path.write_bytes(whole)
    assert fault_of(path).startswith(what)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cut_lengthened_and_overwritten_packs_are_found(pack, tmp_path, data):
    whole, path = pack[0].path.read_bytes(), tmp_path / "harmed.zip"
    place = data.draw(st.integers(0, len(whole) - 1))
    piece = data.draw(st.binary(min_size=1, max_size=40))
    how = data.draw(st.sampled_from(["cut", "insert", "append", "overwrite"]))
    harmed = {
        "cut": whole[:place],
        "insert": whole[:place] + piece + whole[place:],
        "append": whole + piece,
        "overwrite": whole[:place] + piece + whole[place + len(piece) :],
    }[how]
    if harmed == whole:
        return
    path.write_bytes(harmed)
    with pytest.raises((checker.Fault, ValueError)):  # ValueError: nothing is left
        checker.check(path)


def forge(pack: Path, target: Path, key: SigningKey, **changed: object) -> Path:
    """Rewrite members and sign all anew: what someone does who holds a key."""
    from harbour.evidence.collection import Collection
    from harbour.evidence.pack import _members

    with zipfile.ZipFile(pack) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    documents = {
        name: json.loads(held[name])
        for name in held
        if name.endswith(".json") and not name.startswith("artefacts/") and "manifest" not in name
    }
    documents.pop("signature.json")
    events = [json.loads(line) for line in held["audit/events.jsonl"].splitlines()]
    files = {}
    for number, name in enumerate(name for name in held if name.startswith("artefacts/")):
        files[name] = target.with_name(f"{target.name}-{number}")
        files[name].write_bytes(held[name])
    for name, change in changed.items():
        change({"documents": documents, "events": events, "files": files}[name])
    write_archive(target, _members(Collection(documents, events, files), key))
    return target


FORGERIES = {
    "a figure": (
        "run.json: its digest",
        {
            "documents": lambda d: d["run.json"].update(
                summary=d["run.json"]["summary"].replace("0.1533", "0.1733")
            )
        },
    ),
    "a file": (
        "artefacts/2026-06/port.zip",
        {"files": lambda f: f["artefacts/2026-06/port.zip"].write_bytes(b"x")},
    ),
    "a parameter": ("parameters.json", {"documents": lambda d: d["parameters.json"].update(scenario="x")}),
    "four eyes": (
        "approvals.json: port-amelie decided",
        {"documents": lambda d: d["approvals.json"][0].update(reviewer="port-amelie")},
    ),
    "an approval": (
        "approvals.json: the audit log does not tell",
        {"documents": lambda d: d["approvals.json"][0].update(reviewer="port-bruno")},
    ),
    "no approval": ("nobody approved it", {"documents": lambda d: d["approvals.json"].clear()}),
    "an event": ("audit/events.jsonl: event", {"events": lambda e: e[1].update(actor="port-x")}),
    "a lost event": ("audit/events.jsonl: event", {"events": lambda e: e.pop(1)}),
    "the last event": ("events are missing at the end", {"events": lambda e: e.pop()}),
    "another run": (
        "run.json: the run is no longer",
        {"documents": lambda d: d["submission.json"].update(digest="0" * 64)},
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_even_who_holds_the_key_cannot_sign_a_contradiction(pack, tmp_path, what):
    named, changed = FORGERIES[what]
    code, said = run_checker(forge(pack[0].path, tmp_path / "forged.zip", KEY, **changed))
    assert (code, named in said) == (1, True), said


def test_a_pack_signed_by_another_key_is_not_the_banks(pack, tmp_path):
    other = SigningKey(b"\1" * 32)
    forged = forge(pack[0].path, tmp_path / "forged.zip", other)
    assert run_checker(forged)[0] == 0  # nothing in it tells whose key it is …
    code, said = run_checker(forged, "--key", KEY.fingerprint)
    assert (code, "not by the one you trust" in said) == (1, True)
    assert other.fingerprint in run_checker(forged)[1]
