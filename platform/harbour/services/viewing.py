"""What a viewer's own server is: Voila over the dashboards in force, and nothing else.

`python -m harbour.services.viewing`, started by the Hub as the viewer's system user, with his own database login.
There is no Lab, no terminal, no contents and no way to start a kernel but to open a dashboard in force; a page's
kernel takes the messages of widgets and no code. Every request asks the Hub who it is.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import re
import sys
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tornado.web
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from jupyterhub.services.auth import HubOAuth
from jupyterhub.singleuser.extension import JupyterHubAuthorizer, JupyterHubIdentityProvider
from traitlets.config import Config
from voila.app import Voila
from voila.handler import VoilaHandler

import harbour
from harbour.errors import HarbourError, NotFound
from harbour.settings import REPOSITORY

__all__ = ["DashboardHandler", "Viewing", "main"]

TEMPLATE = "plimsoll"
IDLE_SECONDS = 1200
KEPT = ("api/kernels/", "voila/static/", "voila/templates/", "voila/api/shutdown/", "voila/labextensions/")
"""Beginnings of the addresses of Voila's own that are kept; every other one of its handlers is left out."""
SENTENCES = {
    404: (
        "This dashboard is not in force, or not any more.",
        "Ce tableau n’est pas en vigueur, ou ne l’est plus.",
    ),
    503: (
        "The database cannot be reached: try again in a minute.",
        "La base de données est injoignable : réessayez.",
    ),
}
OTHERWISE = ("This page could not be shown.", "Cette page n’a pas pu être affichée.")
REFUSAL = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Plimsoll</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}
body {{ font-family: var(--family); background: var(--page); color: var(--text); margin: 15vh auto; max-width: 560px;
padding: 0 24px; }} a {{ color: var(--sea); }}</style>
<p>{english}</p><p lang="fr">{french}</p><p><a href="/services/voila/">← Plimsoll</a></p></html>"""
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Voila's page has scripts of its own in it
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)


class Refusal:
    """How a page is refused: one sentence in both languages, in our theme, with the way back."""

    def write_error(self, status_code: int, **_: object) -> None:
        """Write it; no message of ours or of Voila's has anything more to say to a viewer."""
        write: Any = self
        write.set_header("Content-Type", "text/html; charset=utf-8")
        write.finish(
            REFUSAL.format(
                style=_style(), english=_sentence(status_code, 0), french=_sentence(status_code, 1)
            )
        )


class DashboardHandler(Refusal, VoilaHandler):  # type: ignore[misc]  # Voila has no types
    """One dashboard in force, fetched as the viewer for this one page and run in a kernel of its own."""

    @tornado.web.authenticated
    async def get(self, publication: str) -> None:
        """Show it; 404 for one that is voided, replaced, another bank's, or never was."""
        try:
            source = await asyncio.to_thread(_fetch, int(publication))
        except NotFound as error:
            raise tornado.web.HTTPError(404, str(error)) from error
        except HarbourError as error:
            raise tornado.web.HTTPError(503, str(error)) from error
        path = Path(self.contents_manager.root_dir) / f"dashboard-{uuid.uuid4().hex}.ipynb"
        try:
            path.write_bytes(source)
            async for part in self.get_generator(path=path.name):
                self.write(part)
                self.flush()
        finally:
            path.unlink(missing_ok=True)


class DoorHandler(Refusal, JupyterHandler):
    """The server's own address leads to the list of the dashboards, a room like the others."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Go there."""
        self.redirect("/services/voila/")


class NothingHandler(Refusal, JupyterHandler):
    """Everything else: nothing, whoever asks and however."""

    async def prepare(self, **given: Any) -> None:  # noqa: ANN401  # as the handler it replaces
        """Refuse every method alike; who is not signed in learns not even that."""
        await super().prepare(**given)
        if not self._finished:
            raise tornado.web.HTTPError(404)


class Viewing(Voila):  # type: ignore[misc]  # as above
    """Voila with the handlers that viewing needs, behind the Hub's sign-in."""

    def init_settings(self) -> dict[str, Any]:
        """Put the Hub's sign-in where Voila has a password of its own."""
        settings: dict[str, Any] = super().init_settings()
        provider = JupyterHubIdentityProvider(parent=self, hub_auth=HubOAuth.instance())
        authorizer = JupyterHubAuthorizer(parent=self, identity_provider=provider)
        self.identity_provider, self.authorizer = provider, authorizer
        return settings | {
            "identity_provider": provider,
            "authorizer": authorizer,
            "login_url": provider.hub_auth.login_url,
            "headers": {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"},
            "allow_unauthenticated_access": False,
        }

    def init_handlers(self) -> list[Any]:
        """Return the kept handlers, the dashboards, and nothing for every other address."""
        handlers = [kept for kept in super().init_handlers() if self._is_kept(kept[0])]
        own = {
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        signing_in = [
            (url_path_join(self.server_url, path), *rest)
            for path, *rest in self.identity_provider.get_handlers()
        ]
        at = re.escape(self.server_url)
        return [
            *handlers,
            *signing_in,
            (rf"{at}dashboard/(\d{{1,15}})", DashboardHandler, own),
            (rf"{at}?", DoorHandler),
            (r".*", NothingHandler),
        ]

    def _is_kept(self, pattern: str) -> bool:
        return pattern.startswith(tuple(url_path_join(self.server_url, kept) for kept in KEPT))


def _fetch(publication: int) -> bytes:
    with harbour.connect() as connection:
        return connection.dashboards.source(publication)


def configuration(environment: dict[str, str], runtime: Path) -> Config:
    """Return Voila's settings: where the Hub says, our page, sources stripped, kernels over files."""
    address = urlsplit(environment["JUPYTERHUB_SERVICE_URL"])
    config = Config()
    config.Voila.ip = address.hostname or "127.0.0.1"
    config.Voila.port = address.port
    config.Voila.port_retries = 0
    config.Voila.base_url = environment["JUPYTERHUB_SERVICE_PREFIX"]
    config.Voila.open_browser = False
    config.Voila.root_dir = str(runtime)
    config.Voila.config_file_paths = []
    formatter = {"()": "harbour.telemetry.json_formatter", "service": "viewing"}
    ours = {"level": "INFO", "handlers": ["console"]}  # Voila sets up its own logger alone
    config.Voila.logging_config = {"formatters": {"console": formatter}, "loggers": {"harbour": ours}}
    config.VoilaConfiguration.template = TEMPLATE
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.strip_sources = True
    config.VoilaConfiguration.show_tracebacks = False
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.extension_denylist = ["@plimsoll/launcher"]  # it is for the Lab
    config.VoilaConfiguration.resources = {"plimsoll_css": _style()}
    # Loopback ports are shared by everybody: kernels talk over files only their owner can open.
    config.KernelManager.transport = "ipc"
    config.MappingKernelManager.cull_idle_timeout = IDLE_SECONDS
    config.MappingKernelManager.cull_interval = 60
    config.MappingKernelManager.cull_connected = False
    return config


def _sentence(status: int, language: int) -> str:
    return SENTENCES.get(status, OTHERWISE)[language]


def _style() -> str:
    if str(REPOSITORY) not in sys.path:
        sys.path.append(str(REPOSITORY))  # the theme lives beside the packages, not in them
    css: str = importlib.import_module("dashboards.theme.tokens").tokens_css()
    return css


def main() -> None:
    """Serve until stopped."""
    runtime = Path(os.environ["JUPYTER_RUNTIME_DIR"])
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = Viewing(config=configuration(dict(os.environ), runtime))
    app.initialize([])
    # Taken out of the environment, which kernels inherit; the sign-in alone knows it from here on.
    HubOAuth.instance(parent=app, api_token=os.environ.pop("JUPYTERHUB_API_TOKEN"))
    os.environ.pop("JPY_API_TOKEN", None)
    app.start()


if __name__ == "__main__":
    main()
