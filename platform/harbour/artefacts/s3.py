"""Files in an S3-compatible store, by the SHA-256 of their bytes: the same verbs as the store in Postgres.

The bucket's credentials are a service's and never a member's: whoever holds them reads every bank's files, so
no kernel may. Each organisation has its own prefix, and the same bytes in two banks are two objects.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from harbour.artefacts.store import PIECE, save_pieces
from harbour.errors import HarbourError, NotFound, StoreError

__all__ = ["S3Artefacts", "open_bucket"]

PARTS = TransferConfig(multipart_threshold=8 * PIECE, multipart_chunksize=8 * PIECE, max_concurrency=2)
ABSENT = {"404", "NoSuchKey", "NotFound"}


def open_bucket(endpoint: str | None = None) -> Any:  # noqa: ANN401  # boto3 makes its clients at run time
    """Return a client of the store at an address (None: Amazon's own), with the credentials boto3 finds."""
    patience = Config(connect_timeout=10, read_timeout=60, retries={"max_attempts": 3, "mode": "standard"})
    return boto3.client("s3", endpoint_url=endpoint, config=patience)


class S3Artefacts:
    """The files of one organisation in a bucket."""

    def __init__(self, client: Any, bucket: str, organisation: str) -> None:  # noqa: ANN401  # as above
        self._client = client
        self._bucket = bucket
        self._organisation = organisation

    def put(self, content: bytes | Path) -> str:
        """Store bytes or a file and return its SHA-256; the store checks each part as it arrives."""
        with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            if not self._holds(sha256):
                stream.seek(0)
                self._send(sha256, stream)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes, in memory; NotFound when there are none."""
        return b"".join(self.pieces(sha256))

    def save(self, sha256: str, path: Path) -> Path:
        """Write the bytes to a file, piece by piece, and return its path."""
        return save_pieces(self.pieces(sha256), path)

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes piece by piece; StoreError at the end when the digest is another."""
        read = hashlib.sha256()
        with self._said(sha256):
            body = self._client.get_object(Bucket=self._bucket, Key=self._key(sha256))["Body"]
            for piece in body.iter_chunks(PIECE):
                read.update(piece)
                yield piece
        if read.hexdigest() != sha256:
            raise StoreError(
                f"The bytes kept as {sha256[:12]}… are not those stored: restore them from a backup."
            )

    def _send(self, sha256: str, stream: BinaryIO) -> None:
        with self._said(sha256):
            self._client.upload_fileobj(
                stream,
                self._bucket,
                self._key(sha256),
                ExtraArgs={"ChecksumAlgorithm": "SHA256"},
                Config=PARTS,
            )

    def _holds(self, sha256: str) -> bool:
        try:
            with self._said(sha256):
                self._client.head_object(Bucket=self._bucket, Key=self._key(sha256))
        except NotFound:
            return False
        return True

    def _key(self, sha256: str) -> str:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise NotFound(f"{sha256[:80]!r} is no artefact's name.")
        return f"{self._organisation}/{sha256}"

    @contextmanager
    def _said(self, sha256: str) -> Iterator[None]:
        """Say the store's errors in ours."""
        try:
            yield
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                raise NotFound(f"There is no artefact {sha256[:12]}… in the store.") from error
            raise _unreachable(error) from error
        except BotoCoreError as error:
            raise _unreachable(error) from error


def _unreachable(error: Exception) -> HarbourError:
    return StoreError(f"{StoreError.__doc__} ({error})")
