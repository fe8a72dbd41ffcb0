"""The Hub's pages that are ours: the doors to home and servers, invitations, one-time codes."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import segno
from jupyterhub.handlers import BaseHandler
from jupyterhub.utils import url_path_join
from tornado import web

import harbour
from harbour.errors import HarbourError
from harbour.hub.login import SHORTEST_PASSWORD, CodeNeeded, HomeDoor, LabDoor, NotebooksDoor, refuse_password
from harbour.identity import accounts, codes, links

__all__ = ["CodesHandler", "WelcomeHandler", "account_pages", "draw_code", "our_pages"]

if not hasattr(BaseHandler, "_token_authenticated"):
    BaseHandler._token_authenticated = (
        False  # JupyterHub 6.1 reads it of every session that ended, and sets it of few
    )


def our_pages() -> list[tuple[str, type]]:
    """Return the pages every way of signing in has."""
    return [
        ("/home", HomeDoor),
        ("/notebooks", NotebooksDoor),
        ("/spawn", LabDoor),
        ("/spawn/([^/]+)", LabDoor),
    ]


def account_pages() -> list[tuple[str, type]]:
    """Return the pages of the platform's own accounts."""
    return [("/welcome", WelcomeHandler), ("/codes", CodesHandler)]


def draw_code(address: str) -> str:
    """Return the QR code of an `otpauth://` address as SVG: drawn here, for no other machine may see it."""
    drawn = BytesIO()
    segno.make(address, error="m").save(
        drawn,
        kind="svg",
        scale=4,
        border=3,
        dark="#0B1F33",
        light="#FFFFFF",
        xmldecl=False,
        svgclass="qr",
        omitsize=True,
    )
    return drawn.getvalue().decode()


class OurHandler(BaseHandler):  # type: ignore[misc]  # the Hub has no types
    """A page of ours: never kept in a cache, its form guarded by the Hub's own token."""

    async def show(self, template: str, *, status: int = 200, **facts: object) -> None:
        """Answer with a template."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        xsrf = self.xsrf_token.decode("ascii")
        self.finish(await self.render_template(template, xsrf=xsrf, shortest=SHORTEST_PASSWORD, **facts))


class WelcomeHandler(OurHandler):
    """Where an invitation or a reset leads: choose a password, and be signed in.

    The link's token stands behind the `#` of the address, so it reaches us only in the form that is posted.
    """

    async def get(self) -> None:
        """Show the form, which takes the token from the address."""
        await self.show("welcome.html", problem="", token="")

    async def post(self) -> None:
        """Set the password, use the link up, sign in, and go on to the one-time codes."""
        token = self.get_body_argument("token", "")
        form = {
            key: self.get_body_argument(key, "", strip=False)
            for key in ("new_password", "new_password_again")
        }
        problem = refuse_password(form)
        if problem is not None:
            await self.show("welcome.html", status=422, problem=problem, token=token)
            return
        try:
            name = await asyncio.to_thread(_use_link, token, form["new_password"])
        except HarbourError as error:
            await self.show("welcome.html", status=403, problem=str(error), token="", ended=True)
            return
        try:
            await self.login_user({"username": name, "password": form["new_password"]})
        except CodeNeeded:
            self.redirect(self.settings["login_url"])
        else:
            self.redirect(url_path_join(self.hub.base_url, "codes"))


class CodesHandler(OurHandler):
    """One-time codes of the signed-in member: begin, confirm, replace, switch off."""

    @web.authenticated
    async def get(self) -> None:
        """Show whether codes are on, or what the app is to be given."""
        await self._show()

    @web.authenticated
    async def post(self) -> None:
        """Confirm a first code; or, for who has proved himself anew, forget the device."""
        name, given = self.current_user.name, self.get_body_argument("otp", "")
        try:
            if self.get_body_argument("action", "") == "confirm":
                recovery = await asyncio.to_thread(_confirm, name, given)
                await self.show("codes.html", recovery=recovery)
                return
            password = self.get_body_argument("password", "", strip=False)
            await asyncio.to_thread(_forget, name, password, given)
        except HarbourError as error:
            await self._show(status=403, problem=str(error))
            return
        self.redirect(url_path_join(self.hub.base_url, "codes"))

    async def _show(self, **facts: Any) -> None:  # noqa: ANN401  # a template's facts
        enrolment = await asyncio.to_thread(_enrolment, self.current_user.name)
        drawn = draw_code(enrolment.address) if enrolment else ""
        secret = enrolment.secret if enrolment else ""
        await self.show("codes.html", drawn=drawn, secret=secret, **facts)


def _use_link(token: str, password: str) -> str:
    with harbour.connect() as admin:
        return links.use_link(admin, token, password)


def _enrolment(name: str) -> codes.Enrolment | None:
    """Return what the member's app is to be given; None once codes are on."""
    with harbour.connect() as admin:
        return (
            None
            if accounts.has_codes(admin, name)
            else codes.find_enrolment(admin, name) or codes.enrol(admin, name)
        )


def _confirm(name: str, code: str) -> tuple[str, ...]:
    with harbour.connect() as admin:
        return codes.confirm(admin, name, code)


def _forget(name: str, password: str, code: str) -> None:
    """Forget a member's device, when password and code are right: a stolen session cannot."""
    with harbour.connect() as admin:
        outcome = accounts.verify_password(admin, name, password, code).outcome
        if outcome == "locked":
            raise HarbourError("Too many wrong passwords: this account is locked for a while.")
        if outcome != "ok":
            raise HarbourError("The password or the code is not right.")
        codes.drop(admin, name)
