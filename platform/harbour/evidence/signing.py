"""The installation's own signature: an Ed25519 key that never leaves its folder of secrets."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harbour.credentials import read_secret, write_private
from harbour.settings import Settings

__all__ = ["SigningKey", "ensure_key"]

NAME = "evidence_key"


@dataclass(frozen=True)
class SigningKey:
    """A key that signs. `seed` is its 32 secret bytes."""

    seed: bytes

    @property
    def public(self) -> bytes:
        """The 32 bytes that check its signatures."""
        return self._private.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, in hex: what the bank publishes, and a checker compares."""
        return hashlib.sha256(self.public).hexdigest()

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature (RFC 8032, pure Ed25519); the same message, the same bytes."""
        return self._private.sign(message)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __repr__(self) -> str:
        return f"SigningKey({self.fingerprint[:16]}…)"


def ensure_key(settings: Settings) -> SigningKey:
    """Return the installation's key, made at its first use.

    Raises
    ------
    SettingsError
        When it is not readable by this user: only the installation signs.
    """
    path = settings.secrets / NAME
    if settings.secrets.is_dir() and not path.exists():
        write_private(path, secrets.token_hex(32) + "\n")
    return SigningKey(bytes.fromhex(read_secret(settings, NAME)))
