"""Mail: the server, and one message."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import Literal

__all__ = ["MailServer", "Message", "mail_server_of", "send_mail"]

SECONDS = 15


@dataclass(frozen=True)
class MailServer:
    """The bank's own mail server, by SMTP."""

    host: str
    port: int
    sender: str
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Message:
    """One mail. The same `key` is the same mail: should it go twice, a reader's program shows it once."""

    to: str
    subject: str
    text: str
    html: str
    key: str


def mail_server_of(environment: Mapping[str, str]) -> MailServer | None:
    """Return the mail server of the settings, as a program is given them, or None when there is none."""
    host, _, port = environment.get("PLIMSOLL_MAIL_SERVER", "").rpartition(":")
    if not host:
        return None
    security = environment.get("PLIMSOLL_MAIL_SECURITY") or "starttls"
    return MailServer(
        host,
        int(port),
        environment.get("PLIMSOLL_MAIL_FROM") or f"plimsoll@{host}",
        security,  # type: ignore[arg-type]  # one of three: `load_settings` has seen to it
        environment.get("PLIMSOLL_MAIL_USER", ""),
        environment.get("PLIMSOLL_MAIL_PASSWORD", ""),
    )


def send_mail(server: MailServer, message: Message) -> str | None:
    """Send one mail; return why it did not go, or None."""
    try:
        with _open(server) as connection:
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(_compose(server, message))
    except (OSError, smtplib.SMTPException) as error:
        return f"{server.host}:{server.port}: {error}"
    return None


def _open(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(
            server.host, server.port, timeout=SECONDS, context=ssl.create_default_context()
        )
    return smtplib.SMTP(server.host, server.port, timeout=SECONDS)


def _compose(server: MailServer, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = server.sender, message.to
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = f"<{message.key}@{server.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail
