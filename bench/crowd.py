"""Many viewers of one room at once: each asks for the page and speaks over its websocket, as a browser would."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

__all__ = ["Crowd", "room_memory"]

TOKEN = re.compile(r'"token":"([^"]+)"')
READY = {
    "events": [
        {
            "kind": "MessageSent",
            "msg_type": "bokeh_event",
            "msg_data": {"type": "event", "name": "document_ready", "values": {"type": "map"}},
        }
    ]
}


def room_memory(data: Path, room: str) -> int:
    """Return the resident bytes of the process that serves a room of the installation in a folder."""
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        ours = line[-2:] == ["harbour.services.dashboards", room]
        if ours and process.environ().get("PLIMSOLL_DATA") == str(data):
            return int(process.memory_info().rss)
    raise LookupError(f"no process serves {room} in {data}")


@dataclass(frozen=True)
class Crowd:
    """Viewers of a room, all with the same sign-in; each page is a session of its own."""

    address: str
    room: str
    cookies: Mapping[str, str]

    async def open(self, viewers: int, measure: Callable[[], int]) -> tuple[list[float], int]:
        """Open that many pages at once; return the seconds until each had its figures, and the measure then."""
        limits = httpx.Limits(max_connections=viewers)
        async with httpx.AsyncClient(
            base_url=self.address, cookies=dict(self.cookies), timeout=120, limits=limits
        ) as client:
            opened = await asyncio.gather(*(self._view(client) for _ in range(viewers)))
        held = measure()
        for _, socket in opened:
            socket.close()
        return [seconds for seconds, _ in opened], held

    async def _view(self, client: httpx.AsyncClient) -> tuple[float, WebSocketClientConnection]:
        begun = time.perf_counter()
        page = await client.get(f"/services/{self.room}/")
        found = TOKEN.search(page.text)
        if found is None:
            raise LookupError(f"the page of {self.room} carries no token: {page.status_code}")
        headers = {
            "Origin": self.address,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        address = f"{self.address.replace('http', 'ws', 1)}/services/{self.room}/ws"
        request = HTTPRequest(address, headers=headers, request_timeout=120)
        socket = await websocket_connect(request, subprotocols=["bokeh", found[1]])
        await _hear(socket, '"ACK"')
        await _say(socket, "PULL-DOC-REQ", {})
        await _hear(socket, '"PULL-DOC-REPLY"')
        await _say(socket, "PATCH-DOC", READY)
        await _hear(socket, "<svg")
        return time.perf_counter() - begun, socket


async def _hear(socket: WebSocketClientConnection, wanted: str) -> None:
    """Read until something with these letters comes."""
    while True:
        heard = await socket.read_message()
        if heard is None:
            raise ConnectionError("the room closed the websocket")
        if wanted in str(heard):
            return


async def _say(socket: WebSocketClientConnection, kind: str, content: Mapping[str, object]) -> None:
    for frame in ({"msgid": f"{time.perf_counter_ns():x}", "msgtype": kind}, {}, content):
        await socket.write_message(json.dumps(frame))
