"""End within seconds what a suspended member still has open: his Hub session, his server, the rooms' tokens."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyterhub import orm
from jupyterhub.utils import new_token
from tornado.httpclient import HTTPClientError
from tornado.ioloop import PeriodicCallback

import harbour
from harbour.errors import HarbourError
from harbour.hub.access import DASHBOARDS, groups_of, may_have_server, may_view
from harbour.identity import accounts, lifecycle, organisations

__all__ = ["EVERY_SECONDS", "Watch", "keep_watch"]

EVERY_SECONDS = 2.0


def keep_watch(app: Any) -> Watch:  # noqa: ANN401  # the Hub has no types
    """Look every two seconds, for as long as the Hub runs."""
    watch = Watch(app)
    for look in (watch.look, watch.mend_routes):
        PeriodicCallback(look, EVERY_SECONDS * 1000).start()
    return watch


class Watch:
    """What the members were when it last looked, and what follows from what they are now."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401  # as above
        self._app = app
        self._roles: dict[str, tuple[str, ...]] | None = None
        self._behind: set[str] = set()
        self._looking = False
        self._mending = False

    def note(self, name: str) -> None:
        """Look at who has just signed in, too: he may have been suspended since, and never been seen active."""
        self._behind.add(name)

    async def look(self) -> None:
        """Look once; a look that takes long is not overtaken by the next."""
        if self._looking:
            return
        self._looking = True
        try:
            for name in await asyncio.to_thread(_shut_out_suspended):
                self._app.log.warning("took the database password of %s, who is suspended", name)
            now = await asyncio.to_thread(_roles_of_active)
            before, self._roles = self._roles, now
            if before is None:
                await asyncio.to_thread(_keep_servers, self._running())
            for (name,) in self._app.db.query(orm.User.name).all():
                if before is None or name in self._behind or before.get(name) != now.get(name):
                    await self._follow_safely(name, now.get(name))
        except HarbourError as error:
            self._app.log.warning("members cannot be looked at: %s", error)
        finally:
            self._looking = False

    async def mend_routes(self) -> None:
        """Tell a proxy that was started anew where everything is; the Hub itself looks every five minutes only."""
        if self._mending:
            return
        self._mending = True
        try:
            if not await self._app.proxy.get_all_routes():
                self._app.log.warning("the proxy knows no way: it was started anew")
                await self._app.proxy.check_routes(self._app.users, self._app._service_map)
        except (TimeoutError, OSError, HTTPClientError) as error:
            self._app.log.warning("the proxy does not answer: %s", type(error).__name__)
        finally:
            self._mending = False

    def _running(self) -> list[str]:
        """Return whose servers run, as the Hub found them when it started."""
        found = self._app.db.query(orm.User.name).join(orm.Spawner).filter(orm.Spawner.server_id.isnot(None))
        return [name for (name,) in found]

    async def _follow_safely(self, name: str, roles: tuple[str, ...] | None) -> None:
        # A server that is just starting cannot be stopped yet: the next look tries again.
        self._behind.discard(name)
        try:
            await self._follow(name, roles)
        except Exception:
            self._app.log.exception("%s still has something open", name)
            self._behind.add(name)

    async def _follow(self, name: str, roles: tuple[str, ...] | None) -> None:
        """Let a change of state or roles reach what is open; None is no active member."""
        user = self._app.users[name]
        user._auth_refreshed = None  # his groups are read again at his next request
        groups = [] if roles is None else groups_of(name.partition("-")[0], roles)
        for server, spawner in list(user.spawners.items()):
            allowed = may_view(groups) if server == DASHBOARDS else may_have_server(groups)
            if spawner.active and not allowed:
                self._app.log.warning("stopping the server of %s, who may have none any more", name)
                await self._app.proxy.delete_user(user, server)
                await user.stop(server)
        if roles is None:
            self._sign_out(user)

    def _sign_out(self, user: Any) -> None:  # noqa: ANN401  # as above
        database = self._app.db
        for token in list(user.orm_user.api_tokens):
            database.delete(token)
        user.orm_user.cookie_id = new_token()
        database.commit()
        self._app.log.warning("signed %s out, who is no active member", user.name)


def _keep_servers(running: list[str]) -> None:
    with harbour.connect() as admin:
        organisations.keep_servers(admin, running)


def _shut_out_suspended() -> list[str]:
    with harbour.connect() as admin:
        return lifecycle.shut_out_suspended(admin)


def _roles_of_active() -> dict[str, tuple[str, ...]]:
    with harbour.connect() as admin:
        return {
            member.name: member.roles for member in accounts.list_members(admin) if member.state == "active"
        }
