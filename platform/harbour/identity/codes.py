"""One-time codes (TOTP, RFC 6238) as a second step of signing in, and recovery codes for a lost device.

For the login `harbour_admin`. Six digits, thirty seconds, one step of clock drift each way. A code works
once: the database keeps the last step used, and lets neither it nor an earlier one pass again.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Protocol

import pyotp

from harbour.db import Session
from harbour.errors import HarbourError, NotAllowed
from harbour.identity import names

__all__ = ["Enrolment", "confirm", "drop", "enrol", "find_enrolment", "is_right"]

ISSUER = "Plimsoll"
STEP = 30  # seconds
DRIFT = 1  # steps
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 random bits: no dictionary helps against their SHA-256


class Holder(Protocol):
    """Anything that holds a session: a `harbour.Connection`."""

    @property
    def session(self) -> Session:
        """The way into the database."""


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app is given: the secret to type, or the address to draw as a QR code."""

    secret: str
    address: str

    def __repr__(self) -> str:
        return "Enrolment(…)"


def enrol(admin: Holder, name: str) -> Enrolment:
    """Make a member a secret, not asked for until `confirm`; HarbourError when he has one in use."""
    name, secret = names.hub_name(name), pyotp.random_base32()
    admin.session.row("enrol_code", name=name, secret=secret)
    return _enrolment(name, secret)


def find_enrolment(admin: Holder, name: str) -> Enrolment | None:
    """Return what waits to be confirmed, or None: a page that is loaded again shows the same."""
    name = names.hub_name(name)
    row = admin.session.row("enrolled_secret", name=name)
    return None if row is None or row.secret is None else _enrolment(name, row.secret)


def _enrolment(name: str, secret: str) -> Enrolment:
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER))


def confirm(admin: Holder, name: str, code: str) -> tuple[str, ...]:
    """Switch one-time codes on with a first right code; return the recovery codes, which are kept nowhere.

    Raises
    ------
    NotAllowed
        When the code is not right.
    """
    name = names.hub_name(name)
    row = admin.session.row("enrolled_secret", name=name)
    if row is None or row.secret is None:
        raise HarbourError("There is nothing to confirm: enrol first.")
    step = _step_of(row.secret, code)
    if step is None:
        raise NotAllowed(
            "That code is not right: check the clock of the device, and give the code it shows now."
        )
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    hashes = [_hash(name, recovery) for recovery in codes]
    admin.session.row("confirm_code", name=name, step=step, recovery=hashes)
    return codes


def drop(admin: Holder, name: str) -> None:
    """Switch a member's one-time codes off and forget secret and recovery codes."""
    admin.session.row("drop_code", name=names.hub_name(name))


def is_right(admin: Holder, name: str, code: str, *, secret: str) -> bool:
    """Say whether a code, or else a recovery code, is right now, and use it up."""
    step = _step_of(secret, code)
    if step is not None:
        row = admin.session.row("use_code", name=name, step=step)
    else:
        row = admin.session.row("use_recovery_code", name=name, hash=_hash(name, code))
    return row is not None and bool(row.done)


def _step_of(secret: str, code: str) -> int | None:
    """Return the number of the step a code belongs to, within the drift allowed, or None."""
    totp, now = pyotp.TOTP(secret, interval=STEP), int(time.time()) // STEP
    typed = code.replace(" ", "").encode()
    steps = range(now - DRIFT, now + DRIFT + 1)
    right = [step for step in steps if secrets.compare_digest(totp.generate_otp(step).encode(), typed)]
    return right[-1] if right else None


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def _hash(name: str, code: str) -> str:
    plain = code.strip().lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"{name}:{plain}".encode()).hexdigest()
