"""The installation's own secrets: generated once, one file each, never printed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from harbour.errors import SettingsError
from harbour.settings import ROOMS, Settings

__all__ = ["SECRET_NAMES", "ensure_secrets", "pgpass_line", "read_secret", "write_private"]

SECRET_NAMES = (
    "cookie_secret",
    "crypt_key",
    "proxy_token",
    *(f"{room}_token" for room in ROOMS),
    "culler_token",
    "metrics_token",
    "postgres_password",
    "harbour_admin_password",
    "harbour_dashboards_password",
    "harbour_worker_password",
    "harbour_migrator_password",
    "hub_password",
)


def ensure_secrets(settings: Settings) -> int:
    """Generate each missing secret and return how many were; those present stay as they are."""
    settings.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.secrets.chmod(0o700)
    missing = [name for name in SECRET_NAMES if not (settings.secrets / name).is_file()]
    for name in missing:
        write_private(settings.secrets / name, secrets.token_hex(32) + "\n")
    return len(missing)


def read_secret(settings: Settings, name: str) -> str:
    """Return a secret by name.

    Raises
    ------
    SettingsError
        When it is absent, or not readable by this user.
    """
    try:
        return (settings.secrets / name).read_text(encoding="ascii").strip()
    except OSError as error:
        reason = f"the secret {name} cannot be read ({error.strerror}): run `make up` as the installing user"
        raise SettingsError(reason) from error


def write_private(path: Path, text: str, *, owner: tuple[int, int] | None = None) -> None:
    """Write a file only its owner can read, never readable by others in between.

    Parameters
    ----------
    owner
        uid and gid to give it to; None keeps the writer.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    if owner is not None:
        os.chown(draft, *owner)
    draft.replace(path)


def pgpass_line(settings: Settings, user: str, password: str) -> str:
    """Return the line of a PGPASSFILE for one login of the embedded server."""
    return f"127.0.0.1:{settings.port_of('postgres')}:*:{user}:{password}\n"
