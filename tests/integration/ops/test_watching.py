"""Metrics and logs of a running platform, read as who runs it reads them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.platform_fixture import RunningPlatform

import harbour
from harbour.services.database import as_login
from harbour.settings import ROOMS, Settings, load_settings

REQUEST = "0a1b2c3d" * 4
ALLOWED_LABELS = {"state", "service", "status", "le"}
"""Of our own figures; none can hold a bank's, a person's or a book's name."""


@pytest.fixture
def settings(running_platform: RunningPlatform) -> Settings:
    return load_settings(
        {"PLIMSOLL_DATA": str(running_platform.data), "PLIMSOLL_PORT": str(running_platform.port)}
    )


def addresses(settings: Settings) -> dict[str, str]:
    rooms = {name: f"http://127.0.0.1:{settings.port_of(name)}/services/{name}/metrics" for name in ROOMS}
    others = {
        "hub": f"{settings.address}hub/metrics",
        "worker": f"http://127.0.0.1:{settings.port_of('worker')}/metrics",
    }
    return rooms | others


def lines(settings: Settings, name: str) -> Iterator[dict[str, object]]:
    for line in (settings.logs / f"{name}.log").read_text().splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def until(found: Callable[[], object]) -> object:
    end = time.monotonic() + 120
    while not (answer := found()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.2)
    return answer


def test_every_service_is_scraped_with_one_token_and_by_nobody_else(settings: Settings) -> None:
    token = (settings.secrets / "metrics_token").read_text().strip()
    found: dict[str, dict[str, list[object]]] = {}
    for name, address in addresses(settings).items():
        for wrong in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {token[:-1]}x"}):
            assert httpx.get(address, headers=wrong).status_code == 403, name
        answer = httpx.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert answer.status_code == 200, f"{name} {answer.text}"
        families = list(text_string_to_metric_families(answer.text))
        found[name] = {family.name: family.samples for family in families}
        assert found[name]
        for family in families:
            if family.name.startswith("plimsoll_"):
                assert {label for sample in family.samples for label in sample.labels} <= ALLOWED_LABELS
        assert not re.search(r"amelie|nordhaven|port-|savings|529900", answer.text), name
    worker = found["worker"]
    assert worker["plimsoll_database_up"][0].value == 1
    assert {s.labels["state"] for s in worker["plimsoll_runs"]} == {
        "queued",
        "running",
        "succeeded",
        "failed",
    }
    assert {s.labels["service"]: s.value for s in worker["plimsoll_service_up"]} == dict.fromkeys(
        ("hub", *ROOMS, "worker"), 1
    )
    assert worker["plimsoll_submissions_in_review"][0].value >= 1
    assert 0 <= worker["plimsoll_anchor_age_seconds"][0].value < 3600
    for name in (
        "plimsoll_queue_length",
        "plimsoll_oldest_job_seconds",
        "plimsoll_database_bytes",
        "plimsoll_disk_free_bytes",
    ):
        assert worker[name][0].value >= 0
    assert any(sample.value > 0 for sample in found["review"]["plimsoll_request_seconds"])


def test_one_id_leads_from_a_page_to_the_run_it_asked_for(
    running_platform: RunningPlatform, settings: Settings
) -> None:
    with running_platform.signed_in("amelie@port") as client:
        given = client.get("/services/explorer/", headers={"X-Request-Id": REQUEST})
        assert given.headers["X-Request-Id"] == REQUEST
        client.get("/hub/login", headers={"X-Request-Id": REQUEST})
        forged = client.get("/services/explorer/", headers={"X-Request-Id": 'x" onload="'})
        assert re.fullmatch(r"[0-9a-f]{32}", forged.headers["X-Request-Id"])
    seen = [line for line in lines(settings, "explorer") if line.get("request") == REQUEST]
    assert ("explorer", "/services/explorer/", 200) in {(e["service"], e["path"], e["status"]) for e in seen}
    until(lambda: [line for line in lines(settings, "hub") if line.get("request") == REQUEST])
    with (
        as_login(settings, "harbour_dashboards") as dsn,
        harbour.connect(dsn, member="port-amelie", request=REQUEST) as room,
    ):
        run = room.runs.request("no_such_report", {})
        with room.session.transaction() as connection:
            assert connection.exec_driver_sql("SHOW application_name").scalar() == f"harbour/{REQUEST}"
        until(lambda: room.runs.get(run.id).state == "failed")
    theirs = [line for line in lines(settings, "worker") if line.get("run") == run.id]
    assert theirs
    assert {line["request"] for line in theirs} == {REQUEST}
    assert any(f"run {run.id} failed" in str(line["event"]) for line in theirs)


def test_the_servers_own_log_names_the_request_and_quotes_no_row(
    running_platform: RunningPlatform, settings: Settings
) -> None:
    with (
        as_login(settings, "harbour_dashboards") as dsn,
        harbour.connect(dsn, member="port-amelie", request=REQUEST) as room,
        pytest.raises(harbour.errors.HarbourError),
        room.session.transaction() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM harbour.runs WHERE name = 'canary-4711-of-port'")
    log = settings.logs / "postgres.log"  # the supervisor writes it, a moment later
    until(lambda: f"harbour/{REQUEST} ERROR" in re.sub(r"\s+", " ", log.read_text()))
    assert "canary-4711-of-port" not in log.read_text()


def test_every_line_of_our_services_is_json_and_no_log_holds_a_secret(
    running_platform: RunningPlatform, settings: Settings
) -> None:
    for name in (*ROOMS, "worker", "hub"):
        text = (settings.logs / f"{name}.log").read_text()
        assert text.strip(), f"{name} wrote nothing"
        # What Bokeh prints when it is told to stop goes by no logger.
        said = (line for line in text.splitlines() if not line.startswith("Received signal"))
        strange = [line for line in said if not line.startswith("{")]
        assert not strange, f"{name}: {strange[:5]}"
        for line in lines(settings, name):
            assert {"service", "event", "level", "timestamp"} <= set(line), line
    secrets = [path.read_text().strip() for path in settings.secrets.iterdir()]
    secrets += [*running_platform.one_time.values(), *running_platform.chosen.values()]
    secrets += [
        path.read_text().rpartition(":")[2].strip() for path in (settings.run / "members").glob("*/pgpass")
    ]
    assert len(secrets) > 20
    for log in settings.logs.iterdir():
        content = log.read_text(errors="replace")
        assert not [secret for secret in secrets if secret in content], log
