"""Files in Postgres by the SHA-256 of their bytes, sent and read in pieces: none is ever held whole.

The server takes the SHA-256 of each piece, and up to 16 MiB of the whole; above, the sender's is kept, and
whoever reads checks it: `db/sql/guard/40_artefacts.sql` says whose word is whose.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from sqlalchemy import text

from harbour.db import Session
from harbour.db.queries import query
from harbour.errors import DatabaseError, NotFound

__all__ = ["PIECE", "Artefacts", "Store", "save_pieces"]

PIECE = 1 << 20  # bytes; the table takes no longer ones


class Store(Protocol):
    """What a store of files does, wherever it keeps them."""

    def put(self, content: bytes | Path) -> str:
        """Store bytes or a file and return its SHA-256."""

    def get(self, sha256: str) -> bytes:
        """Return the bytes, in memory."""

    def save(self, sha256: str, path: Path) -> Path:
        """Write the bytes to a file."""

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes piece by piece; an error at the end when they do not have this SHA-256."""


def save_pieces(pieces: Iterator[bytes], path: Path) -> Path:
    """Write pieces to a file and return its path; nothing is left of one not read to its end."""
    try:
        with path.open("wb") as stream:
            stream.writelines(pieces)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


class Artefacts:
    """The files of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, content: bytes | Path) -> str:
        """Store bytes or a file and return its SHA-256."""
        if isinstance(content, Path):
            with content.open("rb") as stream:
                return self._upload(stream)
        return self._upload(io.BytesIO(content))

    def _upload(self, stream: BinaryIO) -> str:
        sent = hashlib.sha256()
        with self._session.transaction() as connection:
            upload = connection.execute(text(query("start_upload"))).scalar_one()
            for position, piece in enumerate(iter(lambda: stream.read(PIECE), b"")):
                sent.update(piece)
                connection.execute(
                    text(query("put_chunk")), {"upload": upload, "position": position, "content": piece}
                )
            finish = {"upload": upload, "sha256": sent.hexdigest()}
            stored: str = connection.execute(text(query("finish_upload")), finish).scalar_one()
            if stored != sent.hexdigest():
                raise DatabaseError(
                    f"The database stored {stored} where {sent.hexdigest()} was sent: send it again."
                )
        return stored

    def get(self, sha256: str) -> bytes:
        """Return the bytes, in memory; NotFound when there are none that one may see."""
        return b"".join(self.pieces(sha256))

    def save(self, sha256: str, path: Path) -> Path:
        """Write the bytes to a file, piece by piece, and return its path."""
        return save_pieces(self.pieces(sha256), path)

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes piece by piece; DatabaseError at the end when the digest is another."""
        read, position, size = hashlib.sha256(), 0, 0
        with self._session.transaction() as connection:
            found = connection.execute(text(query("artefact")), {"sha256": sha256}).first()
            if found is None:
                raise NotFound(f"There is no artefact {sha256[:12]}… that you may see.")
            while size < found.size:
                wanted = {"upload": found.upload_id, "position": position}
                row = connection.execute(text(query("chunk")), wanted).first()
                if row is None:
                    break
                piece = bytes(row.content)
                read.update(piece)
                position, size = position + 1, size + len(piece)
                yield piece
        if read.hexdigest() != sha256:
            raise DatabaseError(
                f"The bytes kept as {sha256[:12]}… are not those stored: restore them from a backup."
            )
