"""Files in Postgres by the SHA-256 of their bytes, sent and read in pieces."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import text

from harbour.db import Session
from harbour.db.queries import query
from harbour.errors import DatabaseError, NotFound

__all__ = ["Artefacts"]

PIECE = 1 << 20  # bytes; the table takes no longer ones


class Artefacts:
    """The files of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, content: bytes | Path) -> str:
        """Store bytes or a file and return its SHA-256, as the database computed it."""
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
            stored: str = connection.execute(text(query("finish_upload")), {"upload": upload}).scalar_one()
            if stored != sent.hexdigest():
                raise DatabaseError(
                    f"The database stored {stored} where {sent.hexdigest()} was sent: send it again."
                )
        return stored

    def get(self, sha256: str) -> bytes:
        """Return the bytes; NotFound when there are none that one may see."""
        return b"".join(self.pieces(sha256))

    def save(self, sha256: str, path: Path) -> Path:
        """Write the bytes to a file, piece by piece, and return its path."""
        with path.open("wb") as stream:
            stream.writelines(self.pieces(sha256))
        return path

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes piece by piece; DatabaseError at the end when the digest is another."""
        found = self._session.row("artefact", sha256=sha256)
        if found is None:
            raise NotFound(f"There is no artefact {sha256[:12]}… that you may see.")
        read, position, size = hashlib.sha256(), 0, 0
        while size < found.size:
            row = self._session.row("chunk", upload=found.upload_id, position=position)
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
