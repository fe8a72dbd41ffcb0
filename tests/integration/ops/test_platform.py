"""A platform started by `harbour up`, used as its people use it."""

from __future__ import annotations

import os
import re
import signal
import stat
import time
from pathlib import Path

import httpx
import psutil
import pytest
from tests.kernels import open_lab, run_code
from tests.platform_fixture import RunningPlatform, platform_folder

from harbour.hub.access import OFFICES
from harbour.limits import can_limit_memory
from harbour.settings import ROOMS

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives each member a system user of his own")


def test_a_start_prints_steps_people_ratios_verdict_and_address(running_platform: RunningPlatform) -> None:
    printed = running_platform.printed
    for step in ("folders", "dictionary", "database", "services", "banks", "main job"):
        assert re.search(rf"^  {step} +[0-9.]+ s  ", printed, re.MULTILINE), step
    assert re.search(r"CET1 ratio +[0-9.]+%", printed)
    assert "verdict  pass" in printed
    assert f"Open {running_platform.address}/" in printed
    package = re.search(r"^package  (\S+\.zip)$", printed, re.MULTILINE)
    assert package
    assert Path(package[1]).is_file()
    assert "submission 1 is in review" in printed


def test_each_bank_has_a_member_in_each_role_with_a_password_of_his_own(
    running_platform: RunningPlatform,
) -> None:
    everyone = running_platform.one_time | running_platform.chosen
    people = {login: word for login, word in everyone.items() if login.endswith(("@port", "@nordhaven"))}
    assert len(people) == 8
    assert len(set(people.values())) == 8
    assert {login.partition("@")[2] for login in people} == {"port", "nordhaven"}


def test_no_one_time_password_is_kept_in_clear(running_platform: RunningPlatform) -> None:
    passwords = [password.encode() for password in running_platform.one_time.values()]
    assert passwords
    for path in running_platform.data.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            assert not [password for password in passwords if password in content], path


def test_secrets_are_private_and_in_no_command_line(running_platform: RunningPlatform) -> None:
    secrets = running_platform.data / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    values = [path.read_text().strip() for path in secrets.iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        assert not [value for value in values if value in line]


def test_a_second_start_says_it_runs_and_changes_nothing(running_platform: RunningPlatform) -> None:
    again = running_platform.harbour("up")
    assert again.returncode == 0, again.stderr
    assert "It was already running." in again.stdout
    assert "submission 1 is in review" in again.stdout
    assert "reset-password" in again.stdout
    assert "one-time password " not in again.stdout


def test_status_and_doctor_find_everything_well(running_platform: RunningPlatform) -> None:
    status = running_platform.harbour("status")
    assert status.returncode == 0, status.stdout
    assert "fatal" not in status.stdout
    doctor = running_platform.harbour("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "bad " not in doctor.stdout


def test_taken_ports_stop_another_start_before_it_begins(running_platform: RunningPlatform) -> None:
    with platform_folder() as folder:
        other = RunningPlatform(folder, running_platform.port)
        refused = other.harbour("up")
        assert refused.returncode == 5
        assert f"{other.port} (proxy" in refused.stderr
        assert "PLIMSOLL_PORT=" in refused.stderr
        assert not (folder / "postgres").exists()


@pytest.mark.parametrize(
    ("login", "room"), [("rene@port", "/services/review/"), ("victor@port", "/services/cockpit/")]
)
def test_who_reads_or_decides_lands_in_his_room_and_gets_no_server(
    running_platform: RunningPlatform, login: str, room: str
) -> None:
    with running_platform.signed_in(login) as client:
        assert running_platform.landing[login] == room
        page = client.get(room)
        assert page.status_code == 200
        assert page.url.path == room
        refused = client.get("/hub/spawn")
        assert refused.status_code == 403
        assert "Notebooks are for analysts" in refused.text
        assert client.get("/hub/home").url.path == "/services/home/"
        assert client.get("/hub/notebooks").url.path == "/services/home/"
        name = "-".join(reversed(login.split("@")))
        token = client.post(f"/hub/api/users/{name}/server", headers={"Origin": running_platform.address})
        assert token.status_code in {403, 404}


def test_an_analyst_gets_a_lab_of_his_own(running_platform: RunningPlatform) -> None:
    with running_platform.signed_in("amelie@port") as client:
        assert "JupyterLab" in open_lab(client, "port-amelie").text
        answer = run_code(
            client, "port-amelie", "import harbour\nwith harbour.connect() as c: print(c.me.name, c.me.roles)"
        )
        assert answer == "port-amelie ('analyst',)\n"
        home = client.get("/hub/home")
        assert home.url.path == "/services/home/" == running_platform.landing["amelie@port"]
        for office in OFFICES:
            assert client.get(f"/services/{office}/").status_code == 403
        for room in set(ROOMS) - {"home", *OFFICES}:
            assert f'href="/services/{room}/' in home.text
        own = client.get("/hub/notebooks").text
        assert "Your JupyterLab is running" in own
        assert "Token" not in own
        listed = client.get("/user/port-amelie/api/contents/examples").json()["content"]
        assert [entry["name"] for entry in listed if entry["name"].endswith(".ipynb")]
        assert running_platform.harbour("up").returncode == 0
        assert (
            run_code(client, "port-amelie", "import harbour\nprint(harbour.connect().me.name)")
            == "port-amelie\n"
        ), "a second start leaves the login of a server that runs alone"
        address = "from jupyter_client import find_connection_file as f; print(open(f()).read())"
        assert '"transport": "ipc"' in run_code(client, "port-amelie", address)


def test_an_administrator_opens_his_rooms_and_finds_them_on_the_hubs_pages(
    running_platform: RunningPlatform,
) -> None:
    with running_platform.signed_in("odile@port") as client:
        for office in OFFICES:
            opened = client.get(f"/services/{office}/")
            assert opened.status_code == 200
            assert opened.url.path == f"/services/{office}/"
            assert f'href="/services/{office}/' in client.get("/hub/codes").text


@AS_ROOT
def test_a_member_is_a_system_user_who_sees_nothing_of_the_others(running_platform: RunningPlatform) -> None:
    data = running_platform.data
    code = f"""
import os, pathlib, pwd
print(pwd.getpwuid(os.getuid()).pw_name)
print(oct(pathlib.Path.home().stat().st_mode & 0o777))
closed = "secrets/cookie_secret run/hub/pgpass postgres/PG_VERSION homes/nordhaven-anders logs"
for path in closed.split():
    try:
        found = pathlib.Path({str(data)!r}, path)
        print(path, os.listdir(found) if found.is_dir() else found.read_text())
    except PermissionError:
        print(path, "refused")
"""
    with running_platform.signed_in("anders@nordhaven") as client:
        open_lab(client, "nordhaven-anders")
    with running_platform.signed_in("amelie@port") as client:
        open_lab(client, "port-amelie")
        answer = run_code(client, "port-amelie", code).splitlines()
        groups = run_code(client, "port-amelie", "print(open('/proc/self/cgroup').read())")
    assert ("/plimsoll/port-amelie" in groups) == can_limit_memory()
    assert answer[:2] == ["pl-port-amelie", "0o700"]
    assert len(answer) == 7
    assert all(line.endswith(" refused") for line in answer[2:]), answer


def test_everything_that_listens_asks_who_you_are(running_platform: RunningPlatform) -> None:
    port = running_platform.port
    assert httpx.get(f"http://127.0.0.1:{port + 1}/api/routes").status_code == 403
    assert httpx.get(f"http://127.0.0.1:{port + 2}/hub/api/users").status_code == 403
    for offset, room in enumerate(ROOMS, start=4):
        asked = httpx.get(f"http://127.0.0.1:{port + offset}/services/{room}/")
        assert asked.status_code == 302
        assert "login" in asked.headers["location"]


def test_five_wrong_passwords_lock_and_a_one_time_password_works_once(
    running_platform: RunningPlatform,
) -> None:
    once = running_platform.one_time["vera@nordhaven"]
    with running_platform.signed_in("vera@nordhaven"):
        pass
    sentences = []
    for word in (once, "a", "b", "c", "d", "e"):
        with httpx.Client(base_url=running_platform.address) as client:
            xsrf = re.findall(r'name="_xsrf" value="([^"]+)"', client.get("/hub/login").text)[0]
            form = {"username": "vera@nordhaven", "password": word, "_xsrf": xsrf}
            answer = client.post("/hub/login", data=form)
            assert answer.status_code == 403
            sentences.append("locked" in answer.text)
    assert sentences[0] is False
    assert sentences[-1] is True


def test_a_new_one_time_password_opens_an_account_again(running_platform: RunningPlatform) -> None:
    listed = running_platform.harbour("member", "list").stdout
    assert len([line for line in listed.splitlines() if "@port" in line or "@nordhaven" in line]) == 8
    reset = running_platform.harbour("member", "reset-password", "oskar@nordhaven")
    assert reset.returncode == 0, reset.stderr
    running_platform.one_time["oskar@nordhaven"] = reset.stdout.split()[1]
    with running_platform.signed_in("oskar@nordhaven"):
        assert running_platform.landing["oskar@nordhaven"] == "/services/home/"
    unknown = running_platform.harbour("member", "reset-password", "nobody@port")
    assert unknown.returncode in {5, 7}
    assert "Traceback" not in unknown.stderr


def test_a_killed_supervisor_is_recovered_from(running_platform: RunningPlatform) -> None:
    os.kill(int((running_platform.data / "run" / "supervisor.pid").read_text()), signal.SIGKILL)
    time.sleep(0.5)
    assert running_platform.harbour("status").returncode == 1
    again = running_platform.harbour("up")
    assert again.returncode == 0, again.stdout + again.stderr + running_platform.logs()
    assert "stopped what a crash had left" in again.stdout
    assert running_platform.harbour("status").returncode == 0
