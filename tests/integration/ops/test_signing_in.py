"""Sign in at the Hub with a one-time code, as its page asks for it; sessions that end."""

from __future__ import annotations

import re
import time

import httpx
import psycopg
import pyotp
import pytest
from tests.platform_fixture import RunningPlatform

pytestmark = pytest.mark.xdist_group("platform")

XSRF = re.compile(r'name="_xsrf" value="([^"]+)"')
LOGIN = "odile@port"


def post(client: httpx.Client, page: str, **fields: str) -> httpx.Response:
    form = {"username": LOGIN, "_xsrf": XSRF.findall(page)[0]} | fields
    return client.post("/hub/login", data=form, follow_redirects=False)


def test_the_page_asks_for_the_code_of_who_has_one(running_platform: RunningPlatform) -> None:
    with running_platform.signed_in(LOGIN):
        pass  # his own password is chosen now
    password = running_platform.chosen[LOGIN]
    begun = running_platform.harbour("member", "codes", LOGIN)
    device = pyotp.TOTP(begun.stdout.split()[0])
    wrong = running_platform.harbour("member", "codes", LOGIN, "--confirm", "12")
    assert (wrong.returncode, "not right" in wrong.stderr) == (7, True)
    on = running_platform.harbour("member", "codes", LOGIN, "--confirm", device.now())
    assert on.returncode == 0, on.stderr
    recovery = re.findall(r"^[a-z2-7-]{19}$", on.stdout, re.MULTILINE)
    assert len(recovery) == 10
    with httpx.Client(base_url=running_platform.address, follow_redirects=True, timeout=60) as client:
        first = client.get("/hub/login").text
        assert "otp_input" not in first
        asked = post(client, first, password=password)
        assert (asked.status_code, "otp_input" in asked.text) == (200, True)
        assert f'value="{"port-odile"}"' in asked.text
        refused = post(client, asked.text, password=password, otp="000000")
        assert refused.status_code == 403
        code = device.at(time.time() + 30)  # the one that confirmed is used up
        assert post(client, asked.text, password=password, otp=code).status_code == 302
        assert client.get("/hub/home").status_code == 200
    with httpx.Client(base_url=running_platform.address, follow_redirects=True, timeout=60) as client:
        page = client.get("/hub/login").text
        assert post(client, page, password=password, otp=code).status_code == 403  # a replay
        assert post(client, page, password=password, otp=recovery[0]).status_code == 302
    off = running_platform.harbour("member", "codes", LOGIN, "--off")
    assert off.returncode == 0
    with running_platform.signed_in(LOGIN):
        pass


def test_a_one_time_password_that_came_too_late_says_so(running_platform: RunningPlatform) -> None:
    given = running_platform.harbour("member", "reset-password", LOGIN).stdout.split()[1]
    try:
        in_database(running_platform, "UPDATE harbour.credentials SET expires_at = now() WHERE must_change")
        with httpx.Client(base_url=running_platform.address, follow_redirects=True, timeout=60) as client:
            late = post(client, client.get("/hub/login").text, password=given)
        assert (late.status_code, "came too late" in late.text) == (403, True)
    finally:
        running_platform.chosen.pop(LOGIN)
        again = running_platform.harbour("member", "reset-password", LOGIN)
        running_platform.one_time[LOGIN] = again.stdout.split()[1]
        in_database(
            running_platform,
            "UPDATE harbour.credentials SET expires_at = now() + interval '72 hours' WHERE must_change",
        )


def in_database(platform: RunningPlatform, statement: str) -> None:
    password = (platform.data / "secrets" / "postgres_password").read_text().strip()
    dsn = f"host=127.0.0.1 port={platform.port + 3} dbname=plimsoll user=postgres password={password}"
    with psycopg.connect(dsn) as connection:
        connection.execute(statement.encode())
