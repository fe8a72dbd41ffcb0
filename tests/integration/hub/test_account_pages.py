"""Invitations, resets and one-time codes on the Hub's own pages, as a browser without scripts would use them."""

from __future__ import annotations

import re
import time

import httpx
import pyotp
import pytest
from tests.integration.hub.conftest import Bank
from tests.integration.hub.test_directory import signed_in, until
from tests.platform_fixture import XSRF, RunningPlatform

from harbour.identity import lifecycle

OWN = "correct horse battery"
RECOVERY = re.compile(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>")


def command(bank: Bank, *arguments: str) -> str:
    platform = RunningPlatform(bank.settings.data, bank.settings.port)
    done = platform.harbour(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def invite(bank: Bank, login: str, *more: str) -> str:
    """Return the token of a printed invitation."""
    address, token = command(bank, "member", "invite", login, *more).splitlines()[0].split("#")
    assert address == f"{bank.address}/hub/welcome"
    return token


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    xsrf = XSRF.findall(client.get(path).text)[0]
    return client.post(path, data={"_xsrf": xsrf} | fields)


def accept(client: httpx.Client, token: str, password: str = OWN, again: str = "") -> httpx.Response:
    return post(
        client, "/hub/welcome", token=token, new_password=password, new_password_again=again or password
    )


@pytest.fixture
def client(own_accounts: Bank):
    with own_accounts.visitor() as visitor:
        yield visitor


def test_from_an_invitation_to_one_time_codes_and_back(own_accounts: Bank, client: httpx.Client) -> None:
    token = invite(own_accounts, "lena@port", "--name", "Lena", "--role", "viewer")
    assert "Choose your password" in client.get("/hub/welcome").text
    for password, again, said in (("short", "", "12 characters"), (OWN, OWN + "!", "differ")):
        wrong = accept(client, token, password, again)
        assert (wrong.status_code, said in wrong.text, token in wrong.text) == (422, True, True)
    page = accept(client, token)
    assert page.url.path == "/hub/codes"
    secret = re.search(r'<code id="secret">([A-Z2-7]+)</code>', page.text)[1]
    assert "<path" in page.text.split('role="img"')[1]
    assert secret in client.get("/hub/codes").text, "a page loaded again shows the same secret"
    refused = post(client, "/hub/codes", action="confirm", otp="12")
    assert (refused.status_code, "not right" in refused.text, "pas le bon" in refused.text) == (
        403,
        True,
        True,
    )
    device = pyotp.TOTP(secret)
    kept = post(client, "/hub/codes", action="confirm", otp=device.now())
    recovery = RECOVERY.findall(kept.text)
    assert (len(recovery), kept.headers["cache-control"]) == (10, "no-store")
    again = client.get("/hub/codes")
    assert not RECOVERY.findall(again.text)
    assert secret not in again.text
    with own_accounts.visitor() as other:
        asked = post(other, "/hub/login", username="lena@port", password=OWN)
        assert "otp_input" in asked.text
        post(other, "/hub/login", username="lena@port", password=OWN, otp=device.at(time.time() + 30))
        assert signed_in(other)
        wrong = post(other, "/hub/codes", action="forget", password="a wrong password", otp=recovery[0])
        assert (wrong.status_code, "not right" in wrong.text) == (403, True)
        gone = post(other, "/hub/codes", action="forget", password=OWN, otp=recovery[1])
        new = re.search(r'<code id="secret">([A-Z2-7]+)</code>', gone.text)[1]
        assert new != secret, "another device gets another secret"


def test_a_link_works_once_and_is_in_no_log(own_accounts: Bank, client: httpx.Client) -> None:
    token = invite(own_accounts, "mona@port", "--role", "viewer")
    accept(client, token)
    with own_accounts.visitor() as other:
        late = accept(other, token, "another horse battery")
        assert (late.status_code, "has been used" in late.text, "a déjà servi" in late.text) == (
            403,
            True,
            True,
        )
        assert not signed_in(other)
    reset = invite(own_accounts, "mona@port")
    with own_accounts.visitor() as other:
        accept(other, reset, "another horse battery")
        assert signed_in(other)
    assert accept(client, "a guess").status_code == 403
    logs = own_accounts.logs()
    assert "/hub/welcome" in logs
    assert not [secret for secret in (token, reset, OWN) if secret in logs]


def test_a_reset_does_not_get_around_the_code(own_accounts: Bank, client: httpx.Client) -> None:
    accept(client, invite(own_accounts, "nora@port", "--role", "viewer"))
    secret = re.search(r'<code id="secret">([A-Z2-7]+)</code>', client.get("/hub/codes").text)[1]
    device = pyotp.TOTP(secret)
    post(client, "/hub/codes", action="confirm", otp=device.now())
    with own_accounts.visitor() as other:
        page = accept(other, invite(own_accounts, "nora@port"), "another horse battery")
        assert page.url.path == "/hub/login"
        assert not signed_in(other)
        password = {"username": "nora@port", "password": "another horse battery"}  # pragma: allowlist secret
        assert "otp_input" in post(other, "/hub/login", **password).text
        post(other, "/hub/login", **password, otp=device.at(time.time() + 30))
        assert signed_in(other)


def test_pages_of_ones_own_need_a_sign_in_and_the_forms_own_token(
    own_accounts: Bank, client: httpx.Client
) -> None:
    assert client.get("/hub/codes").url.path == "/hub/login"
    bare = client.post("/hub/welcome", data={"token": "x", "new_password": OWN, "new_password_again": OWN})
    assert bare.status_code == 403
    assert client.get("/hub/oauth_login").status_code == 404


def test_a_suspension_or_a_lost_role_is_felt_within_seconds(own_accounts: Bank, client: httpx.Client) -> None:
    accept(client, invite(own_accounts, "olga@nordhaven", "--role", "viewer"))
    assert signed_in(client)
    command(own_accounts, "member", "roles", "olga@nordhaven", "--role", "reviewer")
    until(
        lambda: client.get("/hub/home", follow_redirects=False).headers["location"].startswith("/services/")
    )
    command(own_accounts, "member", "suspend", "olga@nordhaven")
    until(lambda: not signed_in(client))
    refused = post(client, "/hub/login", username="olga@nordhaven", password=OWN)
    assert refused.status_code == 403
    with own_accounts.admin() as admin:
        lifecycle.reinstate(admin, "nordhaven-olga")
    client.cookies.clear()
    post(client, "/hub/login", username="olga@nordhaven", password=OWN)
    assert signed_in(client)
