"""Viewers of several organisations at once: nobody receives a word of another's, by any way the platform has.

Each organisation's work carries a word of its own (a canary). What a viewer receives must hold his own, or the search
would prove nothing, and none of the others'.
"""

from __future__ import annotations

import copy
import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import psutil
import pytest
from tests.kernels import cookie, open_lab, run_code
from tests.platform_fixture import RunningPlatform
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

import harbour
from harbour.errors import HarbourError
from harbour.hub.access import OFFICES
from harbour.identity import accounts, names
from harbour.services.database import as_login
from harbour.settings import ROOMS, Settings, load_settings

SEEN_ROOMS = ("cockpit", "returns", "home", "calendar", "voila", "explorer")
DIGITS = "123456789"
READY = {"type": "event", "name": "document_ready", "values": {"type": "map", "entries": []}}


@dataclass
class Bank:
    """One organisation with work in force."""

    slug: str
    canary: str
    viewers: tuple[str, ...]
    submission: int = 0
    run: int = 0
    artefact: str = ""


def settings_of(platform: RunningPlatform) -> Settings:
    return load_settings({"PLIMSOLL_DATA": str(platform.data), "PLIMSOLL_PORT": str(platform.port)})


def found_banks(platform: RunningPlatform, organisations: int, viewers: int) -> list[Bank]:
    """Make organisations with a member in each role and published work that carries the canary."""
    settings, made = settings_of(platform), []
    for place in range(organisations):
        slug = f"iso{organisations}{chr(97 + place)}"
        bank = Bank(
            slug, f"kanari-{slug}-{os.urandom(4).hex()}", tuple(f"v{chr(97 + n)}" for n in range(viewers))
        )
        people = {"maker": "analyst", "judge": "reviewer"} | dict.fromkeys(bank.viewers, "viewer")
        with as_login(settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
            accounts.create_organisation(admin, slug, f"Bank {bank.canary}")
            for first, role in people.items():
                given = accounts.create_member(
                    admin, f"{slug}-{first}", f"{first} {bank.canary}", roles=(role,)
                )
                platform.one_time[f"{first}@{slug}"] = given
        _work(settings, bank, place)
        made.append(bank)
    return made


def _work(settings: Settings, bank: Bank, place: int) -> None:
    with as_login(settings, "harbour_dashboards") as dsn:
        with harbour.connect(dsn, member="port-amelie") as amelie:
            summary = copy.deepcopy(dict(amelie.submissions.list()[-1].summary))
        summary["entity"] = {
            "name": f"Entity {bank.canary}",
            "lei": f"529900ISO0000000{place:02d}{DIGITS[place]}0"[:20],
        }
        parts = ("code", "data", "parameters", "environment", "outputs", "verdict")
        with harbour.connect(dsn, member=f"{bank.slug}-maker") as maker:
            record = harbour.RunRecord(
                name=f"Run {bank.canary}",
                template="corep_own_funds",
                parameters={"scenario": "baseline", "note": bank.canary},
                digests={part: f"{n:x}" * 64 for n, part in enumerate(parts, 1)},
                summary=summary,
                artefacts={"package.zip": f"book of {bank.canary}".encode()},
            )
            run = maker.runs.record(record)
            bank.run, bank.artefact = run.id, run.artefacts["package.zip"]
            bank.submission = maker.submissions.submit(run.id, f"Note {bank.canary}").id
        with harbour.connect(dsn, member=f"{bank.slug}-judge") as judge:
            judge.submissions.comment(bank.submission, f"Comment {bank.canary}")
            judge.submissions.approve(bank.submission, judge.submissions.open(bank.submission).digest)


def receive(platform: RunningPlatform, login: str, others: list[Bank], rooms: tuple[str, ...]) -> str:
    """Return everything this viewer is sent: pages, websockets, caches asked twice, refusals, his own reading."""
    heard = []
    with platform.signed_in(login) as client:
        for room in rooms:
            page = client.get(f"/services/{room}/")
            assert page.status_code == 200, room
            heard += [str(page.headers), page.text, *_socket(client, room, page.text)]
        for room in (*rooms, *OFFICES):  # a second time: from whatever was cached for whomever
            heard.append(client.get(f"/services/{room}/").text)
        for other in others:
            for path in (
                f"/services/review/?submission={other.submission}",
                f"/services/returns/?run={other.run}&submission={other.submission}",
                f"/services/cockpit/?entity={other.slug}",
                f"/user/{other.slug}-maker/lab",
                f"/hub/api/users/{other.slug}-maker",
            ):
                heard.append(client.get(path).text)
        heard.append(client.get("/hub/home").text)
    return "".join(heard) + _reads(settings_of(platform), names.hub_name(login), others)


def _socket(client: httpx.Client, room: str, page: str) -> Iterator[str]:
    """Open the page's websocket as its script does, say that it is ready, and yield all that comes."""
    token = re.search(r'"token": ?"([^"]+)"', page)
    assert token, f"{room} has no session: {page[:500]}"
    path = f"/services/{room}/"
    held = "; ".join(f"{n}={cookie(client, n, path)}" for n in sorted({c.name for c in client.cookies.jar}))
    origin = str(client.base_url).rstrip("/")
    with connect(
        f"{origin.replace('http', 'ws')}{path}ws",
        additional_headers={"Cookie": held, "Origin": origin},
        subprotocols=[Subprotocol("bokeh"), Subprotocol(token[1])],
        max_size=None,
    ) as socket:
        yield str(socket.recv(timeout=60))
        event = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": READY}
        for kind, content in (("PULL-DOC-REQ", {}), ("PATCH-DOC", {"events": [event]})):
            for part in ({"msgid": os.urandom(4).hex(), "msgtype": kind}, {}, content):
                socket.send(json.dumps(part))
        end = time.monotonic() + 90
        quiet = 5.0
        while time.monotonic() < end:
            try:
                yield str(socket.recv(timeout=quiet))
            except (TimeoutError, WebSocketException):
                return


def _reads(settings: Settings, member: str, others: list[Bank]) -> str:
    """Return what the rooms may read for him, and what he is told when he asks for what is another's."""
    said = []
    with as_login(settings, "harbour_dashboards") as dsn, harbour.connect(dsn, member=member) as own:
        said += [
            str(own.publications.list()),
            str(own.submissions.list()),
            str(own.members()),
            str(own.notices.list()),
        ]
        for other in others:
            for ask in (
                lambda other=other: own.submissions.get(other.submission),
                lambda other=other: own.submissions.comments(other.submission),
                lambda other=other: own.runs.get(other.run),
                lambda other=other: own.artefacts.get(other.artefact),
                lambda other=other: own.submissions.approve(other.submission, "0" * 64),
                lambda other=other: own.look_at(other.slug).publications.list(),
            ):
                try:
                    said.append(str(ask()))
                except HarbourError as refusal:
                    said.append(f"{refusal} {refusal.__cause__}")
    return "".join(said)


def nothing_foreign(platform: RunningPlatform, banks: list[Bank], rooms: tuple[str, ...]) -> None:
    """Have all viewers work at once, and search what each received."""
    everyone = [(bank, f"{viewer}@{bank.slug}") for bank in banks for viewer in bank.viewers]
    with ThreadPoolExecutor(len(everyone)) as pool:
        received = list(
            pool.map(
                lambda who: receive(
                    platform, who[1], [other for other in banks if other is not who[0]], rooms
                ),
                everyone,
            )
        )
    for (bank, login), text in zip(everyone, received, strict=True):
        assert f"Entity {bank.canary}" in text, f"{login} did not see his own: the search would prove nothing"
        foreign = [other.canary for other in banks if other is not bank and other.canary in text]
        assert not foreign, f"{login} received {foreign}"
    _nothing_in_logs_and_figures(settings_of(platform), banks)


def _nothing_in_logs_and_figures(settings: Settings, banks: list[Bank]) -> None:
    token = (settings.secrets / "metrics_token").read_text().strip()
    addresses = [f"http://127.0.0.1:{settings.port_of(room)}/services/{room}/metrics" for room in ROOMS]
    addresses += [f"http://127.0.0.1:{settings.port_of('worker')}/metrics", f"{settings.address}hub/metrics"]
    for address in addresses:
        text = httpx.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=60).text
        assert "process_" in text
        assert not [bank for bank in banks if bank.canary in text], address
    for log in settings.logs.iterdir():
        content = log.read_text(errors="replace")
        assert not [bank for bank in banks if bank.canary in content], log


def test_four_viewers_of_two_organisations_at_once(running_platform: RunningPlatform) -> None:
    nothing_foreign(running_platform, found_banks(running_platform, 2, 2), SEEN_ROOMS[:2])


@pytest.mark.slow
def test_twenty_viewers_of_five_organisations_at_once(running_platform: RunningPlatform) -> None:
    nothing_foreign(running_platform, found_banks(running_platform, 5, 4), SEEN_ROOMS)


PATHS = (
    "/", "/api/routes", "/api/kernels", "/api/contents", "/api/terminals", "/hub/api/users", "/metrics",
    "/hub/metrics", "/user/port-victor/dashboards/api/kernels", "/user/nordhaven-anders/api/contents",
    *(f"/services/{room}/{end}" for room in ROOMS for end in ("", "metrics", "ws", "autoload.js")),
)  # fmt: skip
SCAN = """
import os, psycopg, socket, urllib.error, urllib.request
class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given): return None
opener = urllib.request.build_opener(Stay)
os.environ.pop("PGPASSFILE", None)
for port in {ports}:
    for path in {paths}:
        try:
            answer = opener.open("http://127.0.0.1:%d%s" % (port, path), timeout=20)
            print("OPEN", port, path, answer.status)
        except urllib.error.HTTPError as error:
            print("http", port, path, error.code)
        except Exception as error:
            print("none", port, path, type(error).__name__)
            break
    else:
        continue  # it speaks HTTP: no database to sign in to
    for user in ("postgres", "hub", "harbour_admin", "harbour_worker", "m_nordhaven_anders"):
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=user, dbname="plimsoll", connect_timeout=3).close()
            print("OPEN", port, user)
        except psycopg.Error:
            pass
print("DONE")
"""
LOOK = """
import os, pathlib
found = [" ".join(k + "=" + v for k, v in os.environ.items())]
for one in pathlib.Path("/proc").iterdir():
    if one.name.isdecimal():
        for part in ("cmdline", "environ"):
            try:
                found.append((one / part).read_bytes().replace(b"\\0", b" ").decode("utf-8", "replace"))
            except OSError:
                pass
print("PLIMSOLL_DSN" in os.environ, len(found))
print("\\n".join(found))
"""


def ports_of(platform: RunningPlatform) -> list[int]:
    """Return every port something of this platform listens on, members' servers too."""
    supervisor = psutil.Process(int((platform.data / "run" / "supervisor.pid").read_text()))
    pids = {supervisor.pid, *(child.pid for child in supervisor.children(recursive=True))}
    held = [c for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.pid in pids]
    return sorted({c.laddr.port for c in held})


@pytest.mark.skipif(
    os.geteuid() != 0, reason="who is not root gives every member the same user: for evaluation only"
)
def test_from_a_kernel_every_port_refuses_and_nothing_secret_is_to_be_seen(
    running_platform: RunningPlatform,
) -> None:
    with running_platform.signed_in("anders@nordhaven") as neighbour:
        open_lab(neighbour, "nordhaven-anders")  # another's server listens, too
        with running_platform.signed_in("amelie@port") as client:
            open_lab(client, "port-amelie")
            ports = ports_of(running_platform)
            settings = settings_of(running_platform)
            assert {settings.port_of("hub"), settings.port_of("postgres"), settings.port_of("worker")} <= set(
                ports
            )
            assert len(ports) >= len(ROOMS) + 7, "the platform's and two members' servers"
            scanned = run_code(
                client, "port-amelie", SCAN.format(ports=ports, paths=list(PATHS)), seconds=400
            )
            seen = run_code(client, "port-amelie", LOOK)
    assert scanned.rstrip().endswith("DONE"), scanned[-2000:]
    assert {int(line.split()[1]) for line in scanned.splitlines()[:-1]} == set(ports)
    assert "OPEN" not in scanned, [line for line in scanned.splitlines() if line.startswith("OPEN")]
    codes = {line.split()[3] for line in scanned.splitlines() if line.startswith("http")}
    assert codes <= {"302", "400", "401", "403", "404", "405", "426", "503"}, codes
    assert seen.startswith("True ")
    secrets = {path.name: path.read_text().strip() for path in settings.secrets.iterdir()}
    secrets |= {
        path.parent.name: path.read_text().rpartition(":")[2].strip()
        for path in (settings.run / "members").glob("*/pgpass")
    }
    secrets |= running_platform.chosen
    assert len(secrets) > 20
    assert not [name for name, secret in secrets.items() if secret in seen]
