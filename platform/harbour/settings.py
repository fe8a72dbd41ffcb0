"""Where one installation keeps its data, and on which ports it listens."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harbour.errors import SettingsError

__all__ = ["PORT_NAMES", "REPOSITORY", "ROOMS", "Settings", "load_settings"]

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS_FILE = "settings.toml"
ROOMS = (
    "review",
    "cockpit",
    "returns",
    "explorer",
    "home",
    "calendar",
    "voila",
    "imports",
    "admin",
    "health",
)
"""The dashboards: each a process, a service of the Hub, a port and a token of its own."""

PORT_NAMES = ("proxy", "proxy_api", "hub", "postgres", *ROOMS, "worker")
"""The ports in order from `Settings.port` on: one number moves the whole installation."""

DEFAULTS: dict[str, str | int] = {
    "bind": "127.0.0.1",
    "port": 8000,
    "member_memory_mb": 4096,
    "member_cpus": 2,
    "large_memory_mb": 16384,
    "large_cpus": 8,
    "idle_minutes": 60,
    "least_free_gb": 2,
    "anchor_minutes": 15,
    "backup_days": 8,
    "warm_kernels": 1,
    "public_address": "",
    "mail_server": "",
    "mail_from": "",
    "mail_user": "",
    "mail_security": "starttls",
}
TEXTS = ("bind", "public_address", "mail_server", "mail_from", "mail_user", "mail_security")


@dataclass(frozen=True)
class Settings:
    """One installation: its data folder, address and limits."""

    data: Path
    bind: str = "127.0.0.1"
    port: int = 8000
    member_memory_mb: int = 4096
    member_cpus: int = 2
    large_memory_mb: int = 16384
    """Of the larger server an analyst may choose."""
    large_cpus: int = 8
    idle_minutes: int = 60
    least_free_gb: int = 2
    """Free space below which `harbour doctor` complains."""
    anchor_minutes: int = 15
    """How long events of the audit log may stay without an anchor before it complains."""
    backup_days: int = 8
    """How old the last backup, and the last check of the whole audit log, may be before it complains."""
    warm_kernels: int = 1
    """Kernels that wait for a report with everything imported; each holds some 300 MB. 0: none."""
    public_address: str = ""
    """Where people reach it, when a TLS proxy stands before it: `https://plimsoll.bank.example/`."""
    mail_server: str = ""
    """The bank's mail server, `host:port`; none: what is told stays in the rooms."""
    mail_from: str = ""
    mail_user: str = ""
    """Its password is the file `secrets/mail_password` of the data folder."""
    mail_security: str = "starttls"
    isolated: bool = False
    """True when run by root: one system user per person."""

    def port_of(self, service: str) -> int:
        """Return the port of a service of `PORT_NAMES`."""
        return self.port + PORT_NAMES.index(service)

    @property
    def address(self) -> str:
        """Return the address a person opens."""
        host = "127.0.0.1" if self.bind in {"0.0.0.0", "::"} else self.bind  # noqa: S104  # compared, not bound
        return f"http://{host}:{self.port}/"

    @property
    def link_address(self) -> str:
        """Return the address that links in mails and invitations begin with."""
        return self.public_address or self.address

    @property
    def dictionary(self) -> Path:
        """Return the folder of the built EBA dictionary, readable by everyone."""
        return self.data / "dictionary"

    @property
    def postgres(self) -> Path:
        """Return the folder of the embedded database cluster."""
        return self.data / "postgres"

    @property
    def secrets(self) -> Path:
        """Return the folder of generated secrets (0700, each file 0600)."""
        return self.data / "secrets"

    @property
    def run(self) -> Path:
        """Return the folder of sockets, process records and short-lived password files."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        """Return the folder of the services' logs."""
        return self.data / "logs"

    @property
    def homes(self) -> Path:
        """Return the folder of the members' homes."""
        return self.data / "homes"

    @property
    def packages(self) -> Path:
        """Return the folder where the command line leaves report packages."""
        return self.data / "packages"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read `settings.toml` of the data folder, then the environment, which wins.

    Raises
    ------
    SettingsError
        For an unknown key, or a value of the wrong kind.
    """
    env = os.environ if environment is None else environment
    data = Path(env.get("PLIMSOLL_DATA") or REPOSITORY / "var").expanduser().resolve()
    values = DEFAULTS | _read(data / SETTINGS_FILE)
    for key in DEFAULTS:
        if given := env.get(f"PLIMSOLL_{key.upper()}"):
            values[key] = given
    numbers = {key: _number(key, values[key]) for key in DEFAULTS if key not in TEXTS}
    last = numbers["port"] + len(PORT_NAMES) - 1
    if not 1 <= numbers["port"] <= last <= 65535:
        raise SettingsError(f"port {numbers['port']} leaves no room: choose PLIMSOLL_PORT from 1024 to 65500")
    texts: dict[str, Any] = {key: str(values[key]) for key in TEXTS}
    texts["public_address"] = _public(texts["public_address"])
    _check_mail(texts["mail_server"], texts["mail_security"])
    return Settings(data=data, isolated=os.geteuid() == 0, **(texts | numbers))


def _check_mail(server: str, security: str) -> None:
    host, _, port = server.rpartition(":")
    if server and not (host and port.isdecimal()):
        raise SettingsError(f"mail_server is host:port, such as mail.bank.example:587, not {server!r}")
    if security not in {"none", "starttls", "tls"}:
        raise SettingsError(f"mail_security is none, starttls or tls, not {security!r}")


def _public(address: str) -> str:
    if address and not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise SettingsError(f"public_address {address!r} must begin with https://")
    return f"{address.rstrip('/')}/" if address else ""


def _read(path: Path) -> dict[str, str | int]:
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    if unknown := sorted(set(found) - set(DEFAULTS)):
        raise SettingsError(f"{path}: unknown {', '.join(unknown)}; known are {', '.join(sorted(DEFAULTS))}")
    return found


def _number(key: str, value: str | int) -> int:
    try:
        return int(value)
    except ValueError:
        raise SettingsError(f"PLIMSOLL_{key.upper()} must be a whole number, not {value!r}") from None
