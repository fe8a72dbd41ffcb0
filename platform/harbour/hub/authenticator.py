"""Sign in with the accounts of `harbour`, and choose a password of one's own at the first time."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyterhub.auth import Authenticator
from tornado import web

import harbour
from harbour.errors import HarbourError
from harbour.hub.login import CodeNeeded, NewPasswordNeeded, SignInHandler, refuse_password
from harbour.hub.pages import account_pages, our_pages
from harbour.hub.standing import model_of, standing_of
from harbour.hub.watch import Watch, keep_watch
from harbour.identity import accounts, names

__all__ = ["HarbourAuthenticator"]

EXPIRED = "This one-time password came too late: ask your administrator for a new one."
LOCKED = "Too many wrong passwords: this account is locked for a while. Try later, or ask your administrator."


class HarbourAuthenticator(Authenticator):  # type: ignore[misc]  # the Hub has no types
    """Accounts with argon2 passwords in Postgres, a lockout that survives restarts, one-time passwords."""

    watch: Watch

    def normalize_username(self, username: str) -> str:
        """Accept the sign-in name (`amelie@port`) and the Hub's own form of it (`port-amelie`)."""
        try:
            return names.hub_name(username)
        except HarbourError:
            return username.lower()  # no member's name: refused like a wrong password

    async def authenticate(
        self,
        handler: Any,  # noqa: ANN401, ARG002  # as above
        data: dict[str, str],
    ) -> dict[str, Any] | None:
        """Check name and password; with a one-time password, set the new one that came with it.

        Raises
        ------
        NewPasswordNeeded
            When the password was right but must be replaced first.
        CodeNeeded
            When the password was right and the member's one-time code is needed beside it.
        HTTPError
            403 when the account is locked.
        """
        model = await asyncio.to_thread(_sign_in, self.normalize_username(data["username"]), data)
        if model is not None:
            self.watch.note(model["name"])
        return model

    async def refresh_user(self, user: Any, handler: Any = None) -> dict[str, Any] | bool:  # noqa: ANN401, ARG002  # as above
        """Read the member's roles again; a session ends with its account, its lifetime, or idleness."""
        return await asyncio.to_thread(standing_of, user.name)

    def get_handlers(self, app: Any) -> list[tuple[str, type]]:  # noqa: ANN401  # as above
        """Put our pages before the Hub's; from now on the members are watched."""
        self.watch = keep_watch(app)
        return [("/login", SignInHandler), *account_pages(), *our_pages()]


def _sign_in(name: str, data: dict[str, str]) -> dict[str, Any] | None:
    with harbour.connect() as admin:
        login = accounts.verify_password(admin, name, data.get("password", ""), data.get("otp"))
        if login.outcome == "locked":
            raise web.HTTPError(403, LOCKED)
        if login.outcome == "expired":
            raise web.HTTPError(403, EXPIRED)
        if login.outcome == "code_needed":
            raise CodeNeeded(name)
        if login.outcome == "must_change":
            problem = refuse_password(data)
            if problem is not None:
                raise NewPasswordNeeded(name, problem)
            accounts.change_password(admin, name, data["password"], data["new_password"])
            if accounts.has_codes(admin, name):
                raise CodeNeeded(name)
        elif login.outcome != "ok":
            return None
        accounts.begin_session(admin, name)
        return model_of(admin, name)
