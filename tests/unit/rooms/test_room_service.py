"""A room as a real process behind a Hub of ours: sign-in, websocket, and what strangers get."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from harbour.services.hub_auth import SignIns

ROOT = Path(__file__).resolve().parents[3]
PREFIX = "/services/review/"
NO_DATABASE = "it cannot reach the database: see whether postgres runs with `harbour doctor`\n"
SCOPES = ["access:services!service=review"]


@dataclass
class Hub:
    """The two answers of a Hub that a room needs: a token for a code, and whose a token is."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    server: ThreadingHTTPServer | None = None

    def sign_in(self, name: str, scopes: list[str] | None = None) -> str:
        token = f"token-{name}"
        self.people[token] = {"name": name, "kind": "user", "scopes": SCOPES if scopes is None else scopes}
        return token


def hub_handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:  # the base class's name
            token = self.headers.get("Authorization", "").removeprefix("token ")
            person = hub.people.get(token)
            self.answer(200 if person else 403, person or {"message": "no"})

        def do_POST(self) -> None:  # the base class's name
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            proved = form["client_secret"] == ["service-secret"] and "code_verifier" in form
            self.answer(200 if proved else 403, {"access_token": f"token-{form['code'][0]}"})

        def log_message(self, *_: object) -> None:
            return None

    return Handler


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(hub_port: int, port: int, name: str = "review") -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "JUPYTERHUB_SERVICE_NAME": name,
        "JUPYTERHUB_SERVICE_PREFIX": f"/services/{name}/",
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
        "JUPYTERHUB_API_URL": f"http://127.0.0.1:{hub_port}/hub/api",
        "JUPYTERHUB_API_TOKEN": "service-secret",
        "JUPYTERHUB_CLIENT_ID": f"service-{name}",
        "PLIMSOLL_DSN": "host=127.0.0.1 port=1 dbname=none user=none connect_timeout=1",
    }


COMMAND = [sys.executable, "-m", "harbour.services.dashboards"]


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    made = Hub()
    made.server = ThreadingHTTPServer(("127.0.0.1", 0), hub_handler(made))
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@contextmanager
def serving(hub: Hub, name: str, log: Path) -> Iterator[str]:
    """Run a room and yield its address."""
    assert hub.server is not None
    port = free_port()
    with log.open("w") as out:
        process = subprocess.Popen(
            [*COMMAND, name],
            env=environment(hub.server.server_port, port, name),
            stdout=out,
            stderr=out,
            cwd="/",
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                httpx.get(f"{address}/services/{name}/health")
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.25)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def room(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running review room."""
    with serving(hub, "review", tmp_path_factory.mktemp("room") / "log") as address:
        yield address


OPEN: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def closed_browsers() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def browser(room: str) -> httpx.Client:
    OPEN.append(httpx.Client(base_url=room, headers={"Sec-Fetch-Mode": "navigate"}))
    return OPEN[-1]


def signed_in(room: str, name: str, prefix: str = PREFIX) -> httpx.Client:
    """Go through the whole OAuth dance as a browser does."""
    client = browser(room)
    start = client.get(f"{prefix}login", params={"next": prefix})
    state = parse_qs(urlsplit(start.headers["Location"]).query)["state"][0]
    back = client.get(f"{prefix}oauth_callback", params={"code": name, "state": state})
    assert back.status_code == 302, back.text
    return client


def page_token(client: httpx.Client, **more: Any) -> str:
    page = client.get(PREFIX, **more)
    assert page.status_code == 200, page.text
    found = re.search(r'"token":"([^"]+)"', page.text)
    assert found
    return found[1]


def made_for(token: str) -> str:
    payload = token.split(".", maxsplit=1)[0]
    read = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if "__bk__zlib_" in read:
        import zlib

        packed = read["__bk__zlib_"]
        read |= json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))))
    return str(read["headers"]["X-Hub-User"])


def knock(room: str, client: httpx.Client, token: str, origin: str | None = None) -> int:
    """Open the websocket; return 101 when it opened and said hello, else the refusal's status."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    headers = {"Cookie": cookies, "Origin": origin or room, "Sec-Fetch-Mode": "websocket"}
    request = HTTPRequest(room.replace("http", "ws") + f"{PREFIX}ws", headers=headers)

    async def attempt() -> int:
        try:
            opened = await websocket_connect(request, subprotocols=["bokeh", token])
        except HTTPClientError as refused:
            return int(refused.code)
        hello = await asyncio.wait_for(opened.read_message(), 20)
        opened.close()
        return 101 if hello is not None else 0

    return asyncio.run(attempt())


def test_health_needs_no_sign_in_and_says_only_what_to_do(room: str) -> None:
    answer = httpx.get(f"{room}{PREFIX}health")
    assert (answer.status_code, answer.text) == (503, NO_DATABASE), "there is none behind this room"


def test_a_stranger_is_sent_to_the_hub_and_gets_nothing(room: str) -> None:
    client = browser(room)
    first = client.get(PREFIX)
    assert first.status_code == 302
    login = first.next_request
    assert login is not None
    assert login.url.path == f"{PREFIX}login"
    target = urlsplit(client.send(login).headers["Location"])
    asked = parse_qs(target.query)
    assert target.path == "/hub/api/oauth2/authorize"
    assert asked["client_id"] == ["service-review"]
    assert asked["redirect_uri"] == [f"{PREFIX}oauth_callback"]
    assert asked["code_challenge_method"] == ["S256"]
    for path in ("metadata", "autoload.js?bokeh-autoload-element=x"):
        assert client.get(PREFIX + path).status_code in {302, 403, 404}


def test_without_the_last_slash_the_page_is_found_too(room: str) -> None:
    assert browser(room).get(PREFIX.rstrip("/")).headers["Location"] == PREFIX


def test_who_signed_in_gets_a_page_made_for_him(room: str, hub: Hub) -> None:
    hub.sign_in("port-benoit")
    client = signed_in(room, "port-benoit")
    page = client.get(PREFIX)
    assert "port-benoit" in page.text
    assert 'class="skeleton"' in page.text
    assert made_for(page_token(client)) == "port-benoit"
    assert page.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text), "every asset is our own"


def test_language_by_address_and_by_browser(room: str, hub: Hub) -> None:
    hub.sign_in("port-benoit")
    client = signed_in(room, "port-benoit")
    assert '<html lang="fr">' in client.get(PREFIX, headers={"Accept-Language": "fr-FR"}).text
    assert '<html lang="en">' in client.get(f"{PREFIX}?lang=en", headers={"Accept-Language": "fr"}).text


def test_a_header_does_not_make_one_someone_else(room: str, hub: Hub) -> None:
    hub.sign_in("port-benoit")
    client = signed_in(room, "port-benoit")
    assert made_for(page_token(client, headers={"X-Hub-User": "port-chloe"})) == "port-benoit"
    assert browser(room).get(PREFIX, headers={"X-Hub-User": "port-chloe"}).status_code == 302


def test_the_websocket_wants_page_cookie_and_origin_of_one_person(room: str, hub: Hub) -> None:
    for name in ("port-benoit", "nord-erik"):
        hub.sign_in(name)
    mine, theirs = signed_in(room, "port-benoit"), signed_in(room, "nord-erik")
    token = page_token(mine)
    assert knock(room, browser(room), token) == 403, "a token without a sign-in"
    assert knock(room, theirs, token) == 403, "another's page with my sign-in"
    assert knock(room, mine, token, origin="https://elsewhere.example") == 403, "another site"
    assert knock(room, mine, token[:-2] + "xx") == 403, "a forged signature"
    assert knock(room, mine, token) == 101


@pytest.mark.parametrize("name", ["bokeh-token", "bokeh-session-id"])
def test_another_session_cannot_be_asked_for(room: str, hub: Hub, name: str) -> None:
    hub.sign_in("port-benoit")
    client = signed_in(room, "port-benoit")
    assert client.get(PREFIX, params={name: page_token(client)}).status_code == 403
    assert client.get(PREFIX, headers={"Bokeh-Session-Id": "x"}).status_code == 403


def test_pages_cannot_be_embedded_or_fetched_by_scripts(room: str, hub: Hub) -> None:
    hub.sign_in("port-benoit")
    client = signed_in(room, "port-benoit")
    assert client.get(f"{PREFIX}autoload.js", params={"bokeh-autoload-element": "x"}).status_code == 404
    fetched = client.get(PREFIX, headers={"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"})
    assert fetched.status_code == 302, "the cookie alone, without its XSRF token, is not a sign-in"


def test_no_server_code_is_reachable_as_a_component(room: str) -> None:
    assert browser(room).get(f"{PREFIX}components/antigravity/x/__css__/y").status_code == 404


def test_the_callback_wants_its_own_state(room: str, hub: Hub) -> None:
    hub.sign_in("port-benoit")
    client = browser(room)
    client.get(f"{PREFIX}login")
    refused = client.get(f"{PREFIX}oauth_callback", params={"code": "port-benoit", "state": "guessed"})
    assert refused.status_code == 403
    assert "service-review" not in client.cookies


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "/hub/admin"])
def test_signing_in_leads_back_to_this_room_only(room: str, hub: Hub, wanted: str) -> None:
    hub.sign_in("port-benoit")
    client = browser(room)
    start = client.get(f"{PREFIX}login", params={"next": wanted})
    state = parse_qs(urlsplit(start.headers["Location"]).query)["state"][0]
    back = client.get(f"{PREFIX}oauth_callback", params={"code": "port-benoit", "state": state})
    assert back.headers["Location"] == PREFIX


def test_one_without_access_to_the_room_is_refused(room: str, hub: Hub) -> None:
    hub.sign_in("port-nobody", scopes=[])
    assert signed_in(room, "port-nobody").get(PREFIX).status_code == 403


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["review"], "JUPYTERHUB_API_TOKEN"), (["harbour"], "there is no room"), ([], "there is no room")],
)
def test_without_its_settings_a_room_says_what_is_missing(arguments: list[str], sentence: str) -> None:
    given = environment(1, 1) | {"JUPYTERHUB_API_TOKEN": ""}
    stopped = subprocess.run(
        [*COMMAND, *arguments], env=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert stopped.returncode == 78
    assert sentence in stopped.stderr
    assert "Traceback" not in stopped.stderr


def test_the_returns_room_is_a_process_of_its_own(hub: Hub, tmp_path: Path) -> None:
    prefix = "/services/returns/"
    hub.sign_in("port-chloe", scopes=["access:services!service=returns"])
    hub.sign_in("port-benoit")
    with serving(hub, "returns", tmp_path / "log") as address:
        assert httpx.get(f"{address}{prefix}health").text == NO_DATABASE
        assert browser(address).get(f"{prefix}?submission=1").status_code == 302
        assert signed_in(address, "port-benoit", prefix).get(prefix).status_code == 403, (
            "review is not returns"
        )
        page = signed_in(address, "port-chloe", prefix).get(prefix, params={"submission": "1; DROP"})
        assert page.status_code == 200
        assert '<body class="room-returns">' in page.text
        assert "Returns · Plimsoll" in page.text


class FakeAuth:
    """A Hub's answer that can be taken back."""

    access_scopes = frozenset(SCOPES)

    def __init__(self) -> None:
        self.user: dict[str, Any] | None = {"name": "port-benoit", "scopes": SCOPES}

    async def user_for_token(self, _: str, *, use_cache: bool, sync: bool) -> dict[str, Any] | None:
        assert not use_cache, "an open page asks the Hub, not a memory of it"
        return self.user

    def check_scopes(self, required: frozenset[str], user: dict[str, Any]) -> set[str]:
        return set(required) & set(user["scopes"])


def test_an_open_page_follows_the_sign_in() -> None:
    auth = FakeAuth()
    sign_ins = SignIns(auth)  # type: ignore[arg-type]  # the two questions it asks
    held = lambda: asyncio.run(sign_ins.holds("session", "port-benoit"))  # noqa: E731  # asked five times
    assert not held(), "a session nobody signed in to"
    sign_ins.remember("session", "token")
    assert held()
    auth.user = {"name": "port-chloe", "scopes": SCOPES}
    assert not held(), "someone else signed in with this browser"
    auth.user = {"name": "port-benoit", "scopes": []}
    assert not held(), "access was taken away"
    auth.user = None
    assert not held(), "signed out"
    auth.user = {"name": "port-benoit", "scopes": SCOPES}
    sign_ins.forget("session")
    assert not held()
