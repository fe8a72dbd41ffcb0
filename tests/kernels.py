"""Run code in a member's own kernel, over the same HTTP and websocket a browser uses."""

from __future__ import annotations

import json
import time
import uuid
from urllib.parse import urlsplit

import httpx
from websockets.sync.client import connect

START_SECONDS = 120


def open_lab(client: httpx.Client, member: str) -> httpx.Response:
    """Have a member's server started and return his JupyterLab page."""
    client.get("/hub/spawn")
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        page = client.get(f"/user/{member}/lab")
        if page.status_code == 200 and page.url.path.startswith(f"/user/{member}/"):
            return page
        time.sleep(0.5)
    raise AssertionError(
        f"the server of {member} did not start: {page.status_code} {page.url} {page.text[-2000:]}"
    )


def run_code(client: httpx.Client, member: str, code: str, *, seconds: float = 180) -> str:
    """Return what the code printed in a new kernel; its error's traceback counts as printed."""
    base = f"/user/{member}"
    started = client.post(f"{base}/api/kernels", headers={"X-XSRFToken": cookie(client, "_xsrf", f"{base}/")})
    started.raise_for_status()
    kernel = started.json()["id"]
    address = f"ws://{urlsplit(str(client.base_url)).netloc}{base}/api/kernels/{kernel}/channels"
    names = {held.name for held in client.cookies.jar}
    held = "; ".join(f"{name}={cookie(client, name, f'{base}/')}" for name in sorted(names))
    with connect(address, additional_headers={"Cookie": held}, max_size=None) as socket:
        asked = uuid.uuid4().hex
        header = {
            "msg_id": asked,
            "msg_type": "execute_request",
            "username": "",
            "session": asked,
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
        }
        socket.send(json.dumps(message))
        printed, end = "", time.monotonic() + seconds
        while time.monotonic() < end:
            answer = json.loads(socket.recv(timeout=seconds))
            if answer["parent_header"].get("msg_id") != asked:
                continue
            kind, said = answer["msg_type"], answer["content"]
            if kind == "stream":
                printed += said["text"]
            elif kind == "error":
                printed += f"{said['ename']}: {said['evalue']}"
            elif kind == "status" and said["execution_state"] == "idle":
                return printed
    raise AssertionError(f"the kernel did not end within {seconds} s; it printed {printed!r}")


def cookie(client: httpx.Client, name: str, path: str) -> str:
    """Return a cookie as a browser would send it to a path: the one with the longest path that holds it."""
    fitting = [held for held in client.cookies.jar if held.name == name and path.startswith(held.path)]
    return str(max(fitting, key=lambda held: len(held.path)).value) if fitting else ""
