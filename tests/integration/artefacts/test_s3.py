"""The S3 store against a real server of that protocol, on loopback."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from harbour import errors
from harbour.artefacts.s3 import S3Artefacts, open_bucket
from harbour.artefacts.store import Store

MIB = 1 << 20


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(address, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "of-the-tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    client = open_bucket(address)
    if not client.list_buckets()["Buckets"]:
        where = {"LocationConstraint": "eu-west-3"}
        client.create_bucket(Bucket="plimsoll", CreateBucketConfiguration=where)
    yield client
    client.close()


@pytest.mark.parametrize("size", [0, 1, MIB, 8 * MIB, 20 * MIB + 7])
def test_a_file_comes_back_as_it_was(client, tmp_path, size):
    store: Store = S3Artefacts(client, "plimsoll", "port")
    content = hashlib.sha256(str(size).encode()).digest() * (size // 32) + b"x" * (size % 32)
    (tmp_path / "sent").write_bytes(content)
    sha256 = store.put(tmp_path / "sent")
    assert sha256 == hashlib.sha256(content).hexdigest() == store.put(content)
    assert store.save(sha256, tmp_path / "got").read_bytes() == content == store.get(sha256)
    kept = client.list_objects_v2(Bucket="plimsoll", Prefix=f"port/{sha256}")
    assert kept["KeyCount"] == 1


def test_one_banks_files_are_not_anothers(client):
    sha256 = S3Artefacts(client, "plimsoll", "port").put(b"the port's")
    with pytest.raises(errors.NotFound):
        S3Artefacts(client, "plimsoll", "nordhaven").get(sha256)


def test_a_spoiled_file_is_not_handed_out(client, tmp_path):
    store = S3Artefacts(client, "plimsoll", "port")
    sha256 = store.put(b"as it was")
    client.put_object(Bucket="plimsoll", Key=f"port/{sha256}", Body=b"as it wos")
    with pytest.raises(errors.StoreError, match="are not those stored"):
        store.save(sha256, tmp_path / "got")
    assert not (tmp_path / "got").exists()


@pytest.mark.parametrize("name", ["", "../nordhaven/x", "0" * 63, "Z" * 64])
def test_what_is_no_name_reaches_no_object(client, name):
    with pytest.raises(errors.NotFound):
        S3Artefacts(client, "plimsoll", "port").get(name)


def test_a_store_that_is_not_there_says_so(client):
    with pytest.raises(errors.StoreError, match="cannot be reached"):
        S3Artefacts(client, "no-such-bucket", "port").put(b"x" * (9 * MIB))
    with pytest.raises(errors.StoreError, match="cannot be reached"):
        S3Artefacts(open_bucket("http://127.0.0.1:1"), "plimsoll", "port").get("0" * 64)


SENDER = """
import pathlib, resource, sys
from harbour.artefacts.s3 import S3Artefacts, open_bucket
store = S3Artefacts(open_bucket(sys.argv[1]), "plimsoll", "port")
store.get(store.put(bytes(30 << 20)))  # what the client itself holds for its parts
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
store.save(store.put(pathlib.Path(sys.argv[2])), pathlib.Path(sys.argv[3]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_200_mb_go_there_and_back_without_being_held(client, address, tmp_path):
    path = tmp_path / "book"
    with path.open("wb") as stream:
        for number in range(200):
            stream.write(number.to_bytes(8, "big") * (MIB // 8))
    command = [sys.executable, "-c", SENDER, address, path, tmp_path / "copy"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 64 * 1024  # KiB
    assert (tmp_path / "copy").stat().st_size == 200 * MIB
