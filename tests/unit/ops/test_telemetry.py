from __future__ import annotations

import io
import json
import logging

import pytest

from harbour.telemetry import REQUEST_HEADER, bind, json_formatter, request_id_of


@pytest.fixture
def written():
    """Return what logs one line as a service would, and returns it as read back."""

    def write(name: str, message: str, *arguments: object, **options: object) -> dict[str, object]:
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(json_formatter("review"))
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        try:
            logger.error(message, *arguments, **options)
        finally:
            logger.removeHandler(handler)
        [line] = stream.getvalue().splitlines()
        return json.loads(line)

    return write


def test_a_line_says_who_what_and_in_which_run(written):
    with bind(run=7, request="0a1b2c3d", absent=""):
        line = written("harbour.worker", "run %s failed", 7)
    assert (line["service"], line["event"], line["run"], line["request"]) == (
        "review",
        "run 7 failed",
        7,
        "0a1b2c3d",
    )
    assert "absent" not in line
    assert "run" not in written("harbour.worker", "x")


def test_what_an_exception_said_is_not_written(written):
    try:
        raise ValueError("exposure 12345678.90 of Fabrik GmbH")  # as a library would
    except ValueError as error:
        line = written("bokeh", "error handling message\n message: %r", str(error), exc_info=True)
    assert line["error"] == "ValueError"
    assert "test_telemetry.py" in line["where"][0]
    assert "12345678" not in json.dumps(line)
    assert "Fabrik" not in json.dumps(line)
    assert line["event"] == "error handling message"


@pytest.mark.parametrize(
    "said",
    [
        "?token=%s&x=1",
        "Authorization: Bearer %s",
        "password=%s",
        "{'api_key': '%s'}",
        "_xsrf=%s",
        "secret: %s",
    ],
)
def test_what_looks_like_a_secret_is_not_written(written, said):
    line = written("harbour", said, "c0ffee00c0ffee00c0ffee00")
    assert "c0ffee" not in json.dumps(line)
    assert "[secret]" in line["event"]


@pytest.mark.parametrize("given", ["", "short", "x" * 20, "0a1b2c3d\n{}", "0" * 37])
def test_an_id_that_is_none_is_replaced(given):
    made = request_id_of({REQUEST_HEADER: given})
    assert made != given
    assert len(made) == 32


def test_an_id_of_the_banks_proxy_is_kept():
    assert request_id_of({REQUEST_HEADER: "7d9f0a52-1c1b-4f0e-9a57-1d2f3a4b5c6d"}).startswith("7d9f0a52")
