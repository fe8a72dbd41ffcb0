"""The whole code flow with a real provider over real HTTP, without a browser: who comes in, and who leaves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwk
from tests.integration.hub.conftest import Bank
from tests.oidc_provider import SECRET

from harbour.identity import accounts, lifecycle


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what must happen soon; the time is only where waiting is given up."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)


def signed_in(client: httpx.Client) -> bool:
    return (
        client.get("/hub/home", follow_redirects=False).headers.get("location", "").startswith("/hub/login")
        is False
    )


def test_the_sign_in_page_names_the_bank_and_asks_for_no_password(bank: Bank) -> None:
    with bank.visitor() as client:
        page = client.get("/hub/login").text
    assert "Sign in with Banque du Port" in page
    assert 'type="password"' not in page


def test_a_person_with_a_group_comes_in_as_a_member_with_its_role(bank: Bank) -> None:
    bank.hire("s-1", "lucie", "pl-analysts", "canteen")
    with bank.visitor() as client:
        bank.sign_in(client, "s-1")
        assert signed_in(client)
    member = bank.member("port-lucie")
    assert (member.roles, member.state, member.display_name) == (("analyst",), "active", "Lucie")
    assert bank.sql(
        "SELECT action FROM harbour.audit_events WHERE subject = 'member:port-lucie' LIMIT 1"
    ) == [("create_member",)]


def test_the_request_carries_state_nonce_and_pkce(bank: Bank) -> None:
    with bank.visitor() as client:
        sent = client.get("/hub/oauth_login", follow_redirects=False)
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[part][0]) >= 40 for part in ("state", "nonce", "code_challenge"))
    assert "openid" in asked["scope"][0]


def test_who_has_no_group_is_told_so_and_nothing_is_made(bank: Bank) -> None:
    bank.hire("s-2", "marc", "canteen")
    with bank.visitor() as client:
        refused = bank.sign_in(client, "s-2")
        assert (refused.status_code, "no group that gives a role" in refused.text) == (403, True)
        assert "Aucun groupe de votre compte" in refused.text
        assert not signed_in(client)
    assert bank.member("port-marc") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "of another sign-in"},
        {"aud": "another program"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_700_000_000},
        {"sub": "somebody else"},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(bank: Bank, changes: dict[str, object]) -> None:
    bank.hire("s-3", "nina", "pl-readers")
    bank.directory.spoil = lambda claims: claims.update(changes)
    try:
        with bank.visitor() as client:
            refused = bank.sign_in(client, "s-3")
            assert refused.status_code == 403
            assert not signed_in(client)
    finally:
        bank.directory.spoil = None
    assert bank.member("port-nina") is None


def test_a_token_signed_by_another_key_is_refused(bank: Bank) -> None:
    bank.hire("s-3", "nina", "pl-readers")
    bank.directory.signing_key = jwk.RSAKey.generate_key(2048)
    try:
        with bank.visitor() as client:
            refused = bank.sign_in(client, "s-3")
        assert (refused.status_code, "cannot be trusted" in refused.text) == (403, True)
    finally:
        bank.directory.signing_key = None
    assert bank.member("port-nina") is None


def test_an_answer_with_another_state_or_a_stolen_code_is_refused(bank: Bank) -> None:
    bank.hire("s-4", "oscar", "pl-readers")
    bank.directory.signs_in = "s-4"
    with bank.visitor() as victim, bank.visitor() as thief:
        at_provider = victim.get("/hub/oauth_login", follow_redirects=False).headers["location"]
        back = httpx.get(at_provider, follow_redirects=False).headers["location"]
        assert thief.get(back).status_code == 400  # no cookie of this sign-in
        thief.get("/hub/oauth_login", follow_redirects=False)
        assert thief.get(back).status_code == 400  # the state of another
        own = thief.get("/hub/oauth_login", follow_redirects=False).headers["location"]
        state = parse_qs(urlsplit(own).query)["state"][0]
        code = parse_qs(urlsplit(back).query)["code"][0]
        stolen = thief.get("/hub/oauth_callback", params={"code": code, "state": state})
        assert stolen.status_code == 403  # Authlib: the verifier of PKCE is not the code's
        assert not signed_in(thief)
        denied = thief.get("/hub/oauth_callback?error=access_denied&error_description=Call+0800+666")
        assert (denied.status_code, "0800" in denied.text) == (403, False)


def test_a_change_of_groups_reaches_who_is_signed_in(bank: Bank) -> None:
    bank.hire("s-5", "paul", "pl-analysts")
    with bank.visitor() as client:
        bank.sign_in(client, "s-5")
        assert bank.member("port-paul").roles == ("analyst",)
        bank.directory.people["s-5"]["groups"] = ["pl-readers"]
        refresh(bank, "port-paul", "reviewer")
        until(lambda: signed_in(client) and bank.member("port-paul").roles == ("viewer",))
        bank.directory.people["s-5"]["groups"] = []
        refresh(bank, "port-paul", "org_admin")
        until(lambda: not signed_in(client))
    assert bank.member("port-paul").state == "suspended"
    bank.directory.people["s-5"]["groups"] = ["pl-readers"]
    with bank.visitor() as client:
        bank.sign_in(client, "s-5")
        assert signed_in(client)
    assert bank.member("port-paul").state == "active"


def test_who_left_the_bank_is_asked_to_sign_in_again(bank: Bank) -> None:
    bank.hire("s-6", "rosa", "pl-readers")
    with bank.visitor() as client:
        bank.sign_in(client, "s-6")
        assert signed_in(client)
        bank.directory.revoke("s-6")
        refresh(bank, "port-rosa", "reviewer")
        until(lambda: not signed_in(client))


def test_a_suspended_member_is_out_within_seconds_and_stays_out(bank: Bank) -> None:
    bank.hire("s-7", "sven", "nb-readers")
    with bank.visitor() as client:
        bank.sign_in(client, "s-7")
        assert signed_in(client)
        with bank.admin() as admin:
            lifecycle.suspend(admin, "nordhaven-sven")
        until(lambda: not signed_in(client), seconds=10)
        refused = bank.sign_in(client, "s-7")
        assert (refused.status_code, "suspended" in refused.text) == (403, True)


def test_no_log_holds_a_secret_a_token_or_a_code(bank: Bank) -> None:
    logs = bank.logs()
    assert SECRET not in logs
    assert not [token for token in bank.directory.tokens if token in logs]
    assert not re.search(r"eyJ[\w-]{20,}", logs)
    assert not re.search(r"code=(?!\[secret\])", logs)


def refresh(bank: Bank, name: str, role: str) -> None:
    """Make the Hub ask the directory anew: the watch sees a role change, and it does not outlast the answer."""
    with bank.admin() as admin:
        accounts.set_roles(admin, name, (role,))
