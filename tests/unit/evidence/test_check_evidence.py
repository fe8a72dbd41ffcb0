"""The checker's parts: its signature against the RFC and another implementation; its archive."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from harbour.evidence import SigningKey, ensure_key
from harbour.evidence.archive import describe, write_archive
from harbour.evidence.changes import list_changes
from harbour.settings import Settings

CHECKER = Path(__file__).resolve().parents[3] / "tools" / "check_evidence.py"
spec = importlib.util.spec_from_file_location("check_evidence", CHECKER)
assert spec is not None
assert spec.loader is not None
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)

# RFC 8032, section 7.1: secret key, public key, message, signature.
VECTORS = {
    "TEST 1": (
        "9d61b19d effd5a60 ba844af4 92ec2cc4 4449c569 7b326919 703bac03 1cae7f60",
        "d75a9801 82b10ab7 d54bfed3 c964073a 0ee172f3 daa62325 af021a68 f707511a",
        "",
        "e5564300 c360ac72 9086e2cc 806e828a 84877f1e b8e5d974 d873e065 22490155 "
        "5fb88215 90a33bac c61e3970 1cf9b46b d25bf5f0 595bbe24 65514143 8e7a100b",
    ),
    "TEST 2": (
        "4ccd089b 28ff96da 9db6c346 ec114e0f 5b8a319f 35aba624 da8cf6ed 4fb8a6fb",
        "3d4017c3 e843895a 92b70aa7 4d1b7ebc 9c982ccf 2ec4968c c0cd55f1 2af4660c",
        "72",
        "92a009a9 f0d4cab8 720e820b 5f642540 a2b27b54 16503f8f b3762223 ebdb69da "
        "085ac1e4 3e15996e 458f3613 d0f11d8c 387b2eae b4302aee b00d2916 12bb0c00",
    ),
    "TEST 3": (
        "c5aa8df4 3f9f837b edb7442f 31dcb7b1 66d38535 076f094b 85ce3a2e 0b4458f7",
        "fc51cd8e 6218a1a3 8da47ed0 0230f058 0816ed13 ba3303ac 5deb9115 48908025",
        "af82",
        "6291d657 deec2402 4827e69c 3abe01a3 0ce548a2 84743a44 5e3680d7 db5ac3ac "
        "18ff9b53 8d16f290 ae67f760 984dc659 4a7c15e9 716ed28d c027bece ea1ec40a",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_signature_check_is_the_standards(name):
    secret, public, message, signature = (bytes.fromhex(part) for part in VECTORS[name])
    assert SigningKey(secret).public == public
    assert SigningKey(secret).sign(message) == signature
    assert checker.is_signed(public, message, signature)
    assert not checker.is_signed(public, message + b"x", signature)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_it_agrees_with_another_implementation(seed, message, bit):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert checker.is_signed(public, message, signature)
    harmed = bytearray(signature)
    harmed[bit // 8] ^= 1 << bit % 8
    assert not checker.is_signed(public, message, bytes(harmed))


def test_a_signature_has_one_spelling_only():
    _, public, message, signature = (bytes.fromhex(part) for part in VECTORS["TEST 3"])
    number = int.from_bytes(signature[32:], "little") + checker.ORDER
    assert not checker.is_signed(public, message, signature[:32] + number.to_bytes(32, "little"))
    assert not checker.is_signed(public[:31], message, signature)
    assert not checker.is_signed(b"\xff" * 32, message, signature)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,9}(/[a-z]{1,9})?", fullmatch=True), st.binary(max_size=300), min_size=1
    )
)
def test_the_archive_is_a_zip_and_the_checker_rebuilds_it(tmp_path_factory, contents):
    path = tmp_path_factory.mktemp("archive") / "a.zip"
    write_archive(path, [describe(name, content) for name, content in contents.items()])
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents
    read = checker.read_archive(memoryview(path.read_bytes()))
    assert {name: bytes(content) for name, content in read.items()} == contents


def test_a_file_is_described_without_being_held(tmp_path):
    content = bytes(range(256)) * 10_000
    (tmp_path / "x").write_bytes(content)
    member = describe("x", tmp_path / "x")
    assert (member.size, member.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert member.content == tmp_path / "x"


def test_an_archive_of_another_maker_is_refused(tmp_path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("manifest.json", "{}")
    path = tmp_path / "other.zip"
    path.write_bytes(made.getvalue())
    ran = subprocess.run([sys.executable, "-I", CHECKER, path], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.startswith("NOT AS SIGNED: manifest.json: the header")) == (1, True)
    for text in (b"", b"PK", b"no archive at all, whatever its length may be, and certainly not signed"):
        path.write_bytes(text)
        ran = subprocess.run(
            [sys.executable, "-I", CHECKER, path], capture_output=True, text=True, check=False
        )
        assert ran.returncode in (1, 2)
        assert "Traceback" not in ran.stderr + ran.stdout


def test_the_checker_imports_the_standard_library_only():
    imported = {
        line.split()[1].partition(".")[0]
        for line in CHECKER.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= set(sys.stdlib_module_names) | {"__future__"}


def test_the_key_is_made_once_and_closed_to_others(tmp_path):
    settings = Settings(data=tmp_path)
    settings.secrets.mkdir()
    key = ensure_key(settings)
    assert ensure_key(settings) == key
    assert (settings.secrets / "evidence_key").stat().st_mode & 0o777 == 0o600
    assert key.seed.hex() not in repr(key)


def test_changes_are_exact_and_name_what_came_and_went():
    before = {"ratios": {"cet1_ratio": 0.1532, "gone": 1.0}, "amounts": {"rwa": None}}
    after = {
        "ratios": {"cet1_ratio": 0.1533},
        "amounts": {"rwa": 2.5},
        "rwa_by_class": [{"class": "retail", "exposure_value": 1.0, "rwa": 0.75}],
    }
    changes = {row["figure"]: row for row in list_changes(before, after)}
    assert changes["ratios.cet1_ratio"]["change"] == "0.0001"
    assert changes["ratios.gone"] == {"figure": "ratios.gone", "before": 1.0, "after": None, "change": None}
    assert changes["amounts.rwa"]["change"] is None
    assert changes["rwa_by_class.retail.rwa"]["after"] == 0.75
