"""A zip archive of which every byte follows from its members' names and contents.

Members are stored as they are, without times, owners or comments, so that the same content gives the same
archive, and a checker that knows the members can say what any byte must be (tools/check_evidence.py does).
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from harbour.errors import HarbourError

__all__ = ["Member", "describe", "write_archive"]

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
FORMAT, MADE_BY, FIRST_OF_JANUARY_1980, READABLE_FILE = 20, 0x0314, 0x21, 0o100644 << 16
PIECE = 1 << 20
LARGEST = 0xFFFFFFFE  # bytes of the whole; one more would need another format of archive


@dataclass(frozen=True)
class Member:
    """A file of the archive: where its content is, and what it comes to."""

    name: str
    content: bytes | Path
    size: int
    sha256: str
    crc: int


def describe(name: str, content: bytes | Path) -> Member:
    """Read a content once and return it as a member."""
    sha256, crc, size = hashlib.sha256(), 0, 0
    for piece in _pieces(content):
        sha256.update(piece)
        crc, size = zlib.crc32(piece, crc), size + len(piece)
    return Member(name, content, size, sha256.hexdigest(), crc)


def write_archive(path: Path, members: Sequence[Member]) -> None:
    """Write the members in their order."""
    listing = bytearray()
    place = 0
    with path.open("xb") as stream:
        for member in members:
            name = member.name.encode("ascii")
            if place + member.size + len(listing) > LARGEST - (1 << 20):
                raise HarbourError("The evidence is larger than 4 GiB, which one archive cannot hold.")
            about = (0, 0, 0, FIRST_OF_JANUARY_1980, member.crc, member.size, member.size, len(name), 0)
            listing += CENTRAL.pack(b"PK\1\2", MADE_BY, FORMAT, *about, 0, 0, 0, READABLE_FILE, place)
            listing += name
            place += _write_member(stream, LOCAL.pack(b"PK\3\4", FORMAT, *about) + name, member)
        count = len(members)
        stream.write(listing)
        stream.write(END.pack(b"PK\5\6", 0, 0, count, count, len(listing), place, 0))


def _write_member(stream: BinaryIO, header: bytes, member: Member) -> int:
    stream.write(header)
    for piece in _pieces(member.content):
        stream.write(piece)
    return len(header) + member.size


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as stream:
        yield from iter(lambda: stream.read(PIECE), b"")
