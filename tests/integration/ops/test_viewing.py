"""A viewer opens a published notebook on the real platform: live, as himself, and can run no code by any path."""

from __future__ import annotations

import json
import re
import time
import uuid
from urllib.parse import urlsplit

import httpx
import pytest
from tests.kernels import cookie, open_lab, run_code
from tests.platform_fixture import RunningPlatform
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

import harbour
from harbour.services.database import as_login
from harbour.settings import load_settings

BASE = "/user/port-victor/dashboards"
SECRET_CODE = "forty_two_of_the_code"  # pragma: allowlist secret
SOURCE = f"""
import os, pwd, harbour
import ipywidgets
{SECRET_CODE} = 42
with harbour.connect() as hub:
    me = hub.me.name
print("SEEN", me, pwd.getpwuid(os.getuid()).pw_name, sorted(k for k in os.environ if "TOKEN" in k or "PASSWORD" in k))
ipywidgets.IntSlider(description="Slide me")
"""
PUBLISH = f"""
import harbour, nbformat
made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Look"), nbformat.v4.new_code_cell({SOURCE!r})])
nbformat.write(made, "look.ipynb")
with harbour.connect() as hub:
    lei = hub.submissions.list()[0].summary["entity"]["lei"]
    print("SUBMITTED", hub.workspace.publish_notebook("look.ipynb", "Look", entity=lei).id)
"""


@pytest.fixture(scope="module")
def published(running_platform: RunningPlatform) -> int:
    """Have the analyst publish from her Lab, and the reviewer approve."""
    with running_platform.signed_in("amelie@port") as client:
        open_lab(client, "port-amelie")
        printed = run_code(client, "port-amelie", PUBLISH)
    submission = int(re.search(r"SUBMITTED (\d+)", printed)[1])
    return decide(running_platform, submission, "approve")


def decide(platform: RunningPlatform, submission: int, what: str) -> int:
    """Decide as René does in the review room, and return the id of the dashboard in force."""
    given = {"PLIMSOLL_DATA": str(platform.data), "PLIMSOLL_PORT": str(platform.port)}
    with (
        as_login(load_settings(given), "harbour_dashboards") as dsn,
        harbour.connect(dsn, member="port-rene") as judge,
    ):
        if what == "approve":
            judge.submissions.approve(submission, judge.submissions.open(submission).digest)
        else:
            judge.submissions.void(submission, "Taken back by the test.")
        return next((found.id for found in judge.dashboards.list() if found.title == "Look"), submission)


def open_dashboard(client: httpx.Client, id_: int) -> httpx.Response:
    client.get("/hub/spawn/port-victor/dashboards", params={"next": f"{BASE}/dashboard/{id_}"})
    end = time.monotonic() + 120
    while time.monotonic() < end:
        page = client.get(f"{BASE}/dashboard/{id_}", timeout=120)
        if page.url.path.startswith(BASE):
            return page
        time.sleep(0.5)
    raise AssertionError(f"{page.status_code} {page.url} {page.text[-2000:]}")


def test_a_viewer_sees_a_dashboard_as_himself_and_no_code(
    running_platform: RunningPlatform, published: int
) -> None:
    with running_platform.signed_in("victor@port") as client:
        page = open_dashboard(client, published)
        assert page.status_code == 200, f"{page.url} {page.text[-3000:]} {running_platform.logs()}"
        assert re.search(r"SEEN port-victor (pl-port-victor|(?!port)\w+) \[\]", page.text), page.text[-3000:]
        assert SECRET_CODE not in page.text
        assert "cdn.jsdelivr" not in page.text
        kernel = re.search(r'"kernelId": "([0-9a-f-]{36})"', page.text)[1]
        forged = execute(client, kernel)
        assert not any(said in ("execute_reply", "execute_result", "stream", "error") for said in forged)
        for attempt in attempts(client, kernel):
            assert attempt.status_code in {403, 404, 405}, (attempt.request.method, attempt.url)
        assert client.get(f"{BASE}/dashboard/999999").status_code == 404
        assert client.get("/hub/spawn").status_code == 403
        assert client.get("/user/port-amelie/lab").status_code in {403, 404}
        other = client.post("/hub/api/users/port-victor/servers/mine", headers=xsrf(client, "/hub/"), json={})
        assert other.status_code >= 400
    with running_platform.signed_in("vera@nordhaven") as stranger:
        assert stranger.get(f"{BASE}/dashboard/{published}").status_code in {403, 404}
        assert stranger.get("/hub/spawn/port-victor/dashboards").status_code in {403, 404}


def attempts(client: httpx.Client, kernel: str) -> list[httpx.Response]:
    headers = xsrf(client, f"{BASE}/")
    return [
        client.request(method, f"{BASE}/{path}", headers=headers, json=body, follow_redirects=False)
        for method, path, body in (
            ("POST", "api/kernels", {"name": "python3"}),
            ("GET", "api/kernels", None),
            ("GET", "api/contents", None),
            ("GET", "api/contents/examples/01_first_simulation.ipynb", None),
            ("PUT", "api/contents/x.ipynb", {"type": "notebook"}),
            ("POST", "api/sessions", {}),
            ("POST", "api/terminals", {}),
            ("POST", f"api/kernels/{kernel}/restart", {}),
            ("GET", "terminals/websocket/1", None),
            ("GET", "lab", None),
            ("GET", "tree", None),
            ("GET", "voila/tree", None),
            ("GET", "voila/render/examples/01_first_simulation.ipynb", None),
            ("GET", "voila/files/examples/01_first_simulation.ipynb", None),
            ("GET", "voila/api/contents/", None),
            ("GET", "nbconvert/html/x.ipynb", None),
            ("GET", "files/x", None),
        )
    ]


def xsrf(client: httpx.Client, path: str) -> dict[str, str]:
    return {"X-XSRFToken": cookie(client, "_xsrf", path)}


def execute(client: httpx.Client, kernel: str) -> list[str]:
    """Send code on every channel of a page's own kernel, in both spellings; return the kinds of the answers."""
    address = f"ws://{urlsplit(str(client.base_url)).netloc}{BASE}/api/kernels/{kernel}/channels"
    held = "; ".join(
        f"{n}={cookie(client, n, f'{BASE}/')}" for n in sorted({c.name for c in client.cookies.jar})
    )
    heard = []
    with connect(address, additional_headers={"Cookie": held}, max_size=None) as socket:
        for channel in ("shell", "control", "stdin"):
            socket.send(json.dumps(message(channel, "execute_request")))
        socket.send(json.dumps(message("shell", "kernel_info_request")))
        end = time.monotonic() + 8
        while time.monotonic() < end:
            try:
                heard.append(json.loads(socket.recv(timeout=2))["msg_type"])
            except (TimeoutError, WebSocketException):
                break
    assert "kernel_info_reply" in heard, heard  # the kernel was there to answer
    return heard


def message(channel: str, kind: str) -> dict[str, object]:
    asked = uuid.uuid4().hex
    header = {"msg_id": asked, "msg_type": kind, "username": "", "session": asked, "version": "5.3"}
    content = {"code": "print('RAN')", "silent": False, "store_history": False, "allow_stdin": False}
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel}


def test_nothing_of_it_is_open_to_one_who_is_not_signed_in(
    running_platform: RunningPlatform, published: int
) -> None:
    with httpx.Client(base_url=running_platform.address) as nobody:
        assert nobody.get(f"{BASE}/dashboard/{published}").status_code == 302
        assert nobody.post(f"{BASE}/api/kernels").status_code == 403
        assert nobody.post(f"{BASE}/voila/api/shutdown/{uuid.uuid4()}").status_code == 403
        assert nobody.get(f"{BASE}/api/kernels/{uuid.uuid4()}").status_code == 403


def test_the_room_lists_it_and_a_voided_one_is_gone_at_once(
    running_platform: RunningPlatform, published: int
) -> None:
    with running_platform.signed_in("victor@port") as client:
        assert open_dashboard(client, published).status_code == 200
        assert client.get("/services/voila/").status_code == 200
        with running_platform.signed_in("amelie@port") as maker:
            open_lab(maker, "port-amelie")
            code = "import harbour\nprint([s.id for s in harbour.connect().submissions.list('published')"
            code += " if s.template == 'dashboard'][0])"
            submission = int(run_code(maker, "port-amelie", code))
        decide(running_platform, submission, "void")
        assert open_dashboard(client, published).status_code == 404
