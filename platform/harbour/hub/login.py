"""The sign-in page, the page that replaces a one-time password, and the door to servers."""

from __future__ import annotations

from typing import Any

from jupyterhub.handlers import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from jupyterhub.handlers.pages import HomeHandler, SpawnHandler
from tornado import web

from harbour.hub.access import HOME, first_room, may_have_server

__all__ = [
    "SHORTEST_PASSWORD",
    "CodeNeeded",
    "HomeDoor",
    "LabDoor",
    "NewPasswordNeeded",
    "NotebooksDoor",
    "SignInHandler",
    "refuse_password",
]

SHORTEST_PASSWORD = 12


class NewPasswordNeeded(Exception):  # named for what happened
    """The one-time password was right: a password of one's own must be chosen now."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(problem)
        self.name = name
        self.problem = problem


class CodeNeeded(Exception):  # named for what happened
    """The password was right: the one-time code is needed beside it."""

    def __init__(self, name: str) -> None:
        super().__init__(self.__doc__)
        self.name = name


def refuse_password(data: dict[str, str]) -> str | None:
    """Return why the new password of a form will not do ("" when none was given yet), or None."""
    new = data.get("new_password", "")
    if not new:
        return ""
    if new == data.get("password"):
        return "Choose a password other than the one-time password."
    if len(new) < SHORTEST_PASSWORD:
        return f"Choose at least {SHORTEST_PASSWORD} characters."
    if new != data.get("new_password_again"):
        return "The two new passwords differ: type the same one twice."
    return None


class SignInHandler(LoginHandler):  # type: ignore[misc]  # the Hub has no types
    """The Hub's own sign-in, and a second page when the password was for one time only."""

    async def post(self) -> None:
        """Sign in, or ask for a new password or for the one-time code."""
        try:
            await super().post()
        except NewPasswordNeeded as need:
            self.set_status(200 if not need.problem else 422)
            html = await self.render_template(
                "new_password.html",
                username=need.name,
                problem=need.problem,
                shortest=SHORTEST_PASSWORD,
                action=self.request.uri,
                xsrf=self.xsrf_token.decode("ascii"),
            )
            self.finish(html)
        except CodeNeeded as need:
            self.finish(await self._render(username=need.name, ask_code=True))


class LabDoor(SpawnHandler):  # type: ignore[misc]  # as above
    """Start a server for those who may have one; tell the others where their room is."""

    def write_error(self, status_code: int, **facts: Any) -> None:  # noqa: ANN401  # tornado's own signature
        """Show why a start was refused: the Hub would say only that it failed."""
        error = facts.get("exc_info", (None, None, None))[1]
        if sentence := getattr(error, "jupyterhub_message", ""):
            error.reason = sentence
        super().write_error(status_code, **facts)

    @web.authenticated
    def get(self, *names: str) -> Any:  # noqa: ANN401  # the Hub's own return
        """Start the server, or say why not."""
        groups = [group.name for group in self.current_user.groups]
        if not may_have_server(groups):
            raise web.HTTPError(
                403,
                f"Notebooks are for analysts, and your account is not one: open {first_room(groups)}, "
                "or ask your administrator for the role.",
                reason="Forbidden",
            )
        return super().get(*names)


class HomeDoor(BaseHandler):  # type: ignore[misc]  # as above
    """The Hub's home is the first page, a room of its own."""

    @web.authenticated
    async def get(self) -> None:
        """Go there."""
        self.redirect(f"/services/{HOME}/")


class NotebooksDoor(HomeHandler):  # type: ignore[misc]  # as above
    """Whether one's server runs, and how to start and stop it; for those who may have one."""

    @web.authenticated
    async def get(self) -> None:
        """Show the page, or go to the first page."""
        if may_have_server(group.name for group in self.current_user.groups):
            await super().get()
        else:
            self.redirect(f"/services/{HOME}/")
