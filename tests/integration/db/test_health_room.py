"""The health room against a real Postgres: what stands, said in words, and no more than the viewer may see."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from dashboards.health.app import HealthRoom
from dashboards.health.compute import settings_of

from harbour.db import anchor
from harbour.services.ports import free_block
from harbour.settings import PORT_NAMES

BACKUP = {"taken": datetime.now(UTC).isoformat(), "bytes": 3 * 2**30}


@dataclass
class Person:
    """A viewer of the room, over the rooms' own login."""

    banks: Any
    name: str
    language: Any = "en"
    signed_in: bool = True

    def connect(self) -> Any:
        return self.banks.through("harbour_dashboards", self.name)

    async def is_signed_in(self) -> bool:
        return self.signed_in


class Well(BaseHTTPRequestHandler):
    """A service that answers."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port():
    """Have one port of an installation answer in place of Hub and proxy; the rooms' ports stay silent."""
    first = free_block(len(PORT_NAMES))
    stand = ThreadingHTTPServer(("127.0.0.1", first), Well)
    Thread(target=stand.serve_forever, daemon=True).start()
    yield first
    stand.shutdown()
    stand.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("anchors", "run/worker"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "run" / "worker" / "heartbeat").touch()
    (tmp_path / "run" / "last_backup.json").write_text(json.dumps(BACKUP))
    return tmp_path


@pytest.fixture
def look(banks, folder, port):
    def look_as(name: str, language: str = "en") -> str:
        settings = settings_of({"PLIMSOLL_DATA": str(folder), "PLIMSOLL_PORT": str(port)})
        room = HealthRoom(Person(banks, name, language), settings)
        asyncio.run(room.open())
        return str(room.sheet.html)

    return look_as


def test_the_platforms_administrator_sees_the_whole(banks, look, folder):
    with banks.admin() as admin:
        anchor(admin, folder / "anchors")
    html = look("platform-root")
    for expected in ("The whole platform", "3.0 GiB", "Postgres", "Mails", "Free on the disk", "0.1.0"):
        assert expected in html
    assert html.count(">answers<") == 3  # database, Hub and proxy, worker; the rooms stand still here
    assert "Not answering: review, cockpit" in html
    assert "No backup of the last 26 hours" not in html


def test_a_banks_administrator_sees_his_own_part_only(banks, look, folder):
    with banks.admin() as admin:
        anchor(admin, folder / "anchors")
    html = look("port-elsa", "fr")
    assert "Ce qui concerne Banque du Port" in html
    for hidden in ("Courriels", "Libre sur le disque", "Dernière</dt>", "Nordhaven"):
        assert hidden not in html
    anchors = (folder / "anchors" / "anchors.jsonl").read_text().splitlines()
    assert len(anchors) > 1
    assert "<dd>1</dd>" in html.split("Ancrages gardés</dt>")[1][:40]


@pytest.mark.parametrize("name", ["port-amelie", "port-chloe", "port-dario"])
def test_nobody_else_sees_anything(look, name):
    html = look(name)
    assert "For administrators" in html
    assert "Services" not in html


def test_each_bank_counts_its_own_queue(banks, look):
    with banks.through("harbour_dashboards", "nordhaven-nils") as nils:
        nils.runs.request("corep_of", {}, name="waits")
    queued = {}
    for name in ("port-elsa", "platform-root"):
        with banks.through("harbour_dashboards", name) as connection:
            queued[name] = connection.administration.standing().queued
    assert queued["platform-root"] == queued["port-elsa"] + 1


def test_what_is_wrong_is_said_first(banks, look, folder):
    (folder / "run" / "worker" / "heartbeat").unlink()
    old = {"taken": (datetime.now(UTC) - timedelta(days=2)).isoformat(), "bytes": 1}
    (folder / "run" / "last_backup.json").write_text(json.dumps(old))
    (folder / "run" / "last_verification.json").write_text(
        json.dumps({"at": datetime.now(UTC).isoformat(), "whole": False})
    )
    html = look("platform-root")
    for expected in ("worker", "NOT whole", "No backup of the last 26 hours"):
        assert expected in html.split('<div class="standing">')[0]
    (folder / "run" / "last_backup.json").unlink()
    assert "No backup of the last 26 hours" in look("platform-root")
