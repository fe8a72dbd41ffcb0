"""Set the Hub's values on a configuration object."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jupyterhub.metrics import prometheus_log_method

from harbour.credentials import read_secret
from harbour.hub.access import load_roles, next_room
from harbour.hub.authenticator import HarbourAuthenticator
from harbour.hub.directory import DirectoryAuthenticator
from harbour.hub.profiles import profiles_of
from harbour.hub.spawner import MemberSpawner
from harbour.hub.words import french, room_names
from harbour.identity.directory import Directory, load_directory
from harbour.settings import REPOSITORY, ROOMS, Settings
from harbour.telemetry import log_request

__all__ = ["configure"]

REFRESH_SECONDS = 60
"""How old the Hub's knowledge of a member may be; what `watch` sees changed is read anew at once."""

TEMPLATES = REPOSITORY / "hub_config" / "templates"
MARK = REPOSITORY / "dashboards" / "theme" / "mark.svg"


def configure(c: Any, settings: Settings) -> None:  # noqa: ANN401  # traitlets' Config has no types
    """Set everything: address, database, sign-in, servers, rooms."""
    set_address(c, settings)
    set_storage(c, settings)
    set_sign_in(c, settings)
    set_servers(c)
    set_rooms(c, settings)
    set_looks(c, settings)
    set_logs(c)


def set_address(c: Any, settings: Settings) -> None:  # noqa: ANN401  # as above
    """Listen behind the proxy, which the supervisor runs: a Hub that starts its own would kill ours."""
    c.JupyterHub.bind_url = f"http://{settings.bind}:{settings.port}/"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.port_of('hub')}"
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.port_of('proxy_api')}"
    c.ConfigurableHTTPProxy.auth_token = read_secret(settings, "proxy_token")
    c.JupyterHub.cleanup_proxy = False
    c.JupyterHub.cleanup_servers = True


def set_storage(c: Any, settings: Settings) -> None:  # noqa: ANN401  # as above
    """Keep the Hub's own state in its own database; the password comes by PGPASSFILE."""
    c.JupyterHub.db_url = f"postgresql+psycopg://hub@127.0.0.1:{settings.port_of('postgres')}/hub"
    c.JupyterHub.upgrade_db = True
    c.JupyterHub.db_kwargs = {"pool_pre_ping": True}
    c.JupyterHub.cookie_secret_file = str(settings.secrets / "cookie_secret")


def set_sign_in(c: Any, settings: Settings) -> None:  # noqa: ANN401  # as above
    """Sign in with the bank's directory where one is set, else with our own accounts; roles become groups."""
    directory = load_directory(settings)
    if directory is None:
        c.JupyterHub.authenticator_class = HarbourAuthenticator
    else:
        set_directory(c, settings, directory)
    c.Authenticator.allow_all = True  # who has an account has been let in by his administrator
    c.Authenticator.admin_users = set()
    c.Authenticator.manage_groups = True
    c.Authenticator.auth_refresh_age = REFRESH_SECONDS
    c.Authenticator.auth_refresh_strict = True  # who must sign in again is refused with a token, too
    c.JupyterHub.admin_access = False
    c.JupyterHub.cookie_max_age_days = 0.5


def set_directory(c: Any, settings: Settings, directory: Directory) -> None:  # noqa: ANN401  # as above
    """Ask the directory; its tokens, which the Hub needs to ask again, are kept encrypted."""
    c.JupyterHub.authenticator_class = DirectoryAuthenticator
    c.DirectoryAuthenticator.directory = directory
    c.DirectoryAuthenticator.client_id = directory.client_id
    c.DirectoryAuthenticator.client_secret = directory.client_secret
    c.DirectoryAuthenticator.scope = list(directory.scopes)
    c.DirectoryAuthenticator.login_service = directory.label
    c.DirectoryAuthenticator.enable_pkce = True
    c.DirectoryAuthenticator.enable_auth_state = True
    c.DirectoryAuthenticator.username_claim = "member"
    c.DirectoryAuthenticator.auth_state_groups_key = "oauth_user.hub_groups"
    c.CryptKeeper.keys = [bytes.fromhex(read_secret(settings, "crypt_key"))]
    if settings.public_address:
        c.DirectoryAuthenticator.oauth_callback_url = f"{settings.public_address}hub/oauth_callback"


def set_servers(c: Any) -> None:  # noqa: ANN401  # as above
    """Give each analyst JupyterLab, as his own system user where the installation is isolated."""
    c.JupyterHub.spawner_class = MemberSpawner
    c.JupyterHub.allow_named_servers = True  # one name, which is a viewer's: the spawner refuses any other
    c.JupyterHub.named_server_limit_per_user = 1
    c.Spawner.cmd = [str(Path(sys.executable).parent / "jupyterhub-singleuser")]
    c.Spawner.default_url = "/lab"
    c.Spawner.args = [
        "--ServerApp.terminals_enabled=True",
        # Loopback ports are shared by everybody: kernels talk over files only their owner can open.
        "--KernelManager.transport=ipc",
    ]
    c.Spawner.start_timeout = 90
    c.Spawner.http_timeout = 90
    c.Spawner.env_keep = ["PATH", "LANG"]


def set_rooms(c: Any, settings: Settings) -> None:  # noqa: ANN401  # as above
    """Register the rooms and the culler as services that run outside the Hub; say who may open what."""
    rooms = [_room(settings, name) for name in ROOMS]
    others = [
        {"name": name, "api_token": read_secret(settings, f"{name}_token")} for name in ("culler", "metrics")
    ]
    c.JupyterHub.services = [*rooms, *others]
    c.JupyterHub.load_roles = load_roles(ROOMS)
    c.JupyterHub.default_url = next_room


def _room(settings: Settings, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "url": f"http://127.0.0.1:{settings.port_of(name)}",
        "api_token": read_secret(settings, f"{name}_token"),
        "oauth_client_id": f"service-{name}",
        "oauth_no_confirm": True,
        "oauth_client_allowed_scopes": ["read:users:name!user", "read:users:groups!user"],
        "display": True,
    }


def set_looks(c: Any, settings: Settings) -> None:  # noqa: ANN401  # as above
    """Use our pages, and the mark where the theme has one."""
    c.JupyterHub.template_paths = [str(TEMPLATES)]
    # The Hub calls what it can, with the user.
    c.JupyterHub.template_vars = {
        "french": lambda _: french,
        "rooms": room_names(),
        "profiles": lambda user: profiles_of(settings, [group.name for group in user.groups] if user else []),
    }
    if MARK.is_file():
        c.JupyterHub.logo_file = str(MARK)


def set_logs(c: Any) -> None:  # noqa: ANN401  # as above
    """Write lines as the other services do: JSON, a request's id, no query; the Hub counts requests itself."""
    formatter = {"()": "harbour.telemetry.json_formatter", "service": "hub"}
    ours = {"level": "INFO", "handlers": ["console"]}  # the Hub sets up its own logger alone
    c.JupyterHub.logging_config = {"formatters": {"console": formatter}, "loggers": {"harbour": ours}}
    c.JupyterHub.authenticate_prometheus = True
    c.JupyterHub.tornado_settings = {"log_function": _log_request}


def _log_request(handler: Any) -> None:  # noqa: ANN401  # as above
    prometheus_log_method(handler)
    log_request(handler)
