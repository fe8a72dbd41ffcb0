"""A real mail server on loopback that keeps what comes."""

from __future__ import annotations

import email
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class Letterbox:
    """A mail server's handler that keeps what comes, or refuses it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusing = False
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.open()

    def open(self) -> None:
        """Begin to serve; again after `close`."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Serve no longer."""
        self._controller.stop()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's own name
        if self.refusing:
            return "451 the disk is full"
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def wait_for(self, fits: Callable[[EmailMessage], bool], seconds: float = 60) -> EmailMessage:
        """Return the first mail that fits, once it is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = next((mail for mail in self.mails if fits(mail)), None)
            if found is not None:
                return found
            time.sleep(0.2)
        raise AssertionError(f"no such mail among {[(m['To'], m['Subject']) for m in self.mails]}")


@contextmanager
def open_letterbox() -> Iterator[Letterbox]:
    """Serve on a free port of loopback; the server ends with the block."""
    kept = Letterbox()
    try:
        yield kept
    finally:
        kept.close()
