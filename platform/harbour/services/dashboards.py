"""One dashboard as a service of the Hub: `python -m harbour.services.dashboards review`.

A process for each room: the Hub's OAuth client is one per process. Everything a person sees is read as that
person, through the guard in the database; the process itself may read nothing.
"""

from __future__ import annotations

import importlib
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import panel as pn
from bokeh.server.server import Server
from jupyterhub.services.auth import HubOAuth
from panel.io.application import build_applications
from tornado.httputil import HTTPServerRequest

import harbour
from harbour.errors import SettingsError
from harbour.services.answering import HealthHandler, database_fault
from harbour.services.hub_auth import VIEWER_HEADER, CallbackHandler, HubProvider, SignIns
from harbour.settings import REPOSITORY, ROOMS
from harbour.telemetry import REQUEST_HEADER, MetricsHandler, log_request, start_logging

__all__ = ["SessionViewer", "main", "serve"]

REQUIRED = (
    "JUPYTERHUB_SERVICE_PREFIX",
    "JUPYTERHUB_SERVICE_URL",
    "JUPYTERHUB_API_URL",
    "JUPYTERHUB_API_TOKEN",
    "JUPYTERHUB_CLIENT_ID",
    "PLIMSOLL_DSN",
)
HUB_MEMORY_SECONDS = 10  # how long a page request may rely on the Hub's last answer
CONFIGURATION_EXIT = 78


class Connect(Protocol):
    """How a room reaches the database as one person."""

    def __call__(
        self, dsn: str | None = None, *, member: str | None = None, request: str = ""
    ) -> harbour.Connection:
        """Return a connection that acts as the member."""


@dataclass(frozen=True)
class SessionViewer:
    """The signed-in person of one open page."""

    name: str
    language: Literal["en", "fr"]
    session_id: str
    sign_ins: SignIns
    connector: Connect
    request: str = ""
    """Id of the request that opened the page, in every log."""

    def connect(self) -> harbour.Connection:
        """Return a connection that acts as this person."""
        return self.connector(member=self.name, request=self.request)

    async def is_signed_in(self) -> bool:
        """Ask the Hub whether the sign-in of this page still holds."""
        return await self.sign_ins.holds(self.session_id, self.name)


def check_settings(room: str, environment: Mapping[str, str]) -> None:
    """Raise SettingsError unless the room exists and everything it needs is given."""
    if room not in ROOMS:
        raise SettingsError(f"there is no room {room!r}: choose one of {', '.join(ROOMS)}")
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise SettingsError(
            f"the {room} room needs {', '.join(missing)}: start it with `harbour up`, which gives them"
        )


def _language(request: HTTPServerRequest) -> Literal["en", "fr"]:
    words = importlib.import_module("dashboards.theme.words")
    asked = (request.arguments.get("lang") or [b""])[0].decode("ascii", "replace")
    chosen: Literal["en", "fr"] = words.choose_language(asked or None, request.headers.get("Accept-Language"))
    return chosen


def _page(room: str, sign_ins: SignIns, connector: Connect, base_url: str) -> Callable[[], pn.Template]:
    """Return the function that makes the page of one session."""
    build = importlib.import_module(f"dashboards.{room}").build

    def page() -> pn.Template:
        context: Any = pn.state.curdoc.session_context  # type: ignore[union-attr]  # set inside a session
        headers = context.request.headers
        name, request = headers[VIEWER_HEADER], headers.get(REQUEST_HEADER, "")
        viewer = SessionViewer(name, _language(context.request), context.id, sign_ins, connector, request)
        pn.state.on_session_destroyed(lambda ended: sign_ins.forget(ended.id))
        made: pn.Template = build(viewer, base_url)
        return made

    return page


def serve(room: str, environment: Mapping[str, str], connector: Connect) -> Server:
    """Return the server of a room, listening, to be run by its `run_until_shutdown`.

    Raises
    ------
    SettingsError
        When the room is unknown or a variable the Hub gives its services is missing.
    """
    check_settings(room, environment)
    if str(REPOSITORY) not in sys.path:
        sys.path.append(str(REPOSITORY))  # the rooms live beside the packages, not in them
    pn.extension()
    address = urlsplit(environment["JUPYTERHUB_SERVICE_URL"])
    prefix = environment["JUPYTERHUB_SERVICE_PREFIX"]
    auth = HubOAuth.instance(cache_max_age=HUB_MEMORY_SECONDS)
    sign_ins, secret = SignIns(auth), secrets.token_bytes(32)
    page = _page(room, sign_ins, connector, environment.get("JUPYTERHUB_BASE_URL") or "/")
    server = Server(
        build_applications({"/": page}, location=False),
        port=address.port,
        address=address.hostname,
        prefix=prefix,
        use_index=False,
        auth_provider=HubProvider(auth, prefix, sign_ins, secret),
        extra_patterns=[
            ("/oauth_callback", CallbackHandler),
            ("/health", HealthHandler, {"find_fault": database_fault(environment["PLIMSOLL_DSN"])}),
            ("/metrics", MetricsHandler, {"token": environment.get("PLIMSOLL_METRICS_TOKEN", "")}),
        ],
        log_function=log_request,
        # The provider compares each websocket's origin with the host it was sent to.
        allow_websocket_origin=["*"],
        include_headers=[VIEWER_HEADER, REQUEST_HEADER, "Accept-Language"],
        include_cookies=[],
        secret_key=secret,
        sign_sessions=True,
        session_token_expiration=300,
        unused_session_lifetime_milliseconds=60_000,
        cookie_secret=secrets.token_bytes(32),
        xheaders=True,
        ico_path="none",
    )
    server.start()
    return server


def main(arguments: list[str]) -> int:
    """Run one room until it is stopped; 78 when its settings do not allow it to start."""
    start_logging(arguments[0] if arguments else "room")
    try:
        server = serve(arguments[0] if arguments else "", os.environ, harbour.connect)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return CONFIGURATION_EXIT
    server.run_until_shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
