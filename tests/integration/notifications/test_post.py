"""What members are told by mail: through a real mail server, to each under his own rights, and never lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from tests.letterbox import Letterbox, open_letterbox

from harbour.db import Session
from harbour.errors import BadParameters, NotAllowed
from harbour.identity import lifecycle
from harbour.notifications import MailServer, Post, Preferences, channels, standing_of

ADDRESS = "http://127.0.0.1:8000/"


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    with open_letterbox() as kept:
        yield kept


@pytest.fixture
def post(banks, letterbox) -> Post:
    with banks.superuser() as root:
        root.execute("UPDATE harbour.deliveries SET state = 'dropped' WHERE state = 'waiting'")
        root.execute("UPDATE harbour.deliveries SET sent_at = now() - interval '1 hour'")  # no storm before
    server = MailServer("127.0.0.1", letterbox.port, "plimsoll@bank.example", security="none")
    return Post(banks.dsn("harbour_worker"), server, ADDRESS)


def tell(banks, member: str, kind: str = "run_failed", subject: str | None = None, **facts) -> None:
    given = {"name": "COREP", "schedule": 1, "fire": 1, "due": "2026-06-30T00:30:00Z", "attempts": 2} | facts
    with banks.superuser() as root:
        root.execute("SET ROLE harbour_owner")
        root.execute(
            "SELECT harbour.tell((SELECT id FROM harbour.members WHERE name = %s), %s, %s, %s)",
            [member, kind, subject or f"fire:{time.monotonic_ns()}", json.dumps(given)],
        )


def hurry(banks) -> None:
    with banks.superuser() as root:
        root.execute(
            "UPDATE harbour.deliveries SET not_before = now(), leased_until = NULL WHERE state = 'waiting'"
        )


@pytest.fixture
def failed_run(banks, record):
    message = "ZeroDivisionError: row 17 of customer Dupont"
    with banks.member("port-amelie") as amelie:
        return amelie.workspace.save(
            record("failed", state="failed", error_cell=6, error_message=message, digests={}, artefacts={})
        )


def prefer(banks, member: str, **how) -> None:
    with banks.member(member) as person:
        person.notices.prefer(Preferences(f"{member}@bank.example", **how))


def test_the_owner_reads_cell_and_message_and_who_may_not_see_the_run_does_not(
    banks, post, letterbox, failed_run
):
    prefer(banks, "port-amelie")
    prefer(banks, "port-dario", language="fr")  # a viewer, named as deputy by mistake
    for member in ("port-amelie", "port-dario"):
        tell(banks, member, run=failed_run.id)
    assert post.deliver() == 2
    owners, viewers = sorted(letterbox.mails, key=lambda mail: mail["To"])
    assert owners["To"] == "port-amelie@bank.example"
    assert owners["Subject"] == "“COREP” failed"
    text = owners.get_body(("plain",)).get_content()
    assert "It was due 30 Jun 2026 00:30 UTC and did not succeed in 2 attempt(s)." in text
    assert "It stopped at cell 6:" in text
    assert "row 17 of customer Dupont" in text
    assert f"{ADDRESS}services/calendar/?lang=en" in text
    assert viewers["Subject"] == "« COREP » a échoué"
    assert "Vous ne pouvez pas voir cette exécution" in viewers.get_body(("plain",)).get_content()
    assert "Dupont" not in viewers.as_string()
    assert post.deliver() == 0, "nothing goes twice"


def test_a_page_of_a_mail_runs_and_loads_nothing(banks, post, letterbox, record):
    prefer(banks, "port-amelie")
    with banks.member("port-amelie") as amelie:
        run = amelie.workspace.save(
            record(
                "evil", state="failed", error_message="<script>alert(1)</script>", digests={}, artefacts={}
            )
        )
    tell(banks, "port-amelie", run=run.id, name="<b>bold</b>\r\nBcc: x@evil.example")
    post.deliver()
    (mail,) = letterbox.mails
    page = mail.get_body(("html",)).get_content()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "src=" not in page
    assert mail["Bcc"] is None


def test_a_mail_server_that_is_down_loses_nothing_and_is_seen(banks, post, letterbox):
    prefer(banks, "port-amelie")
    letterbox.close()
    tell(banks, "port-amelie")
    assert post.deliver() == 0
    standing = standing_of(Session(banks.dsn("harbour_admin")))
    assert (standing.waiting, standing.failing) == (1, 1)
    assert "Connection refused" in standing.last_error
    letterbox.open()
    assert post.deliver() == 0, "not before its pause is over"
    letterbox.refusing = True
    hurry(banks)
    assert post.deliver() == 0
    assert "451" in standing_of(Session(banks.dsn("harbour_worker"))).last_error
    letterbox.refusing = False
    hurry(banks)
    assert post.deliver() == 1
    assert [mail["To"] for mail in letterbox.mails] == ["port-amelie@bank.example"]
    assert standing_of(Session(banks.dsn("harbour_admin"))).waiting == 0


def test_what_a_dead_worker_had_taken_is_sent_by_the_next_as_the_same_mail(banks, post, letterbox):
    prefer(banks, "port-amelie")
    tell(banks, "port-amelie")
    taken = Session(banks.dsn("harbour_worker")).rows("claim_deliveries")
    assert post.deliver() == 0, "it is lent to the one that died"
    hurry(banks)
    assert post.deliver() == 1
    assert letterbox.mails[0]["Message-ID"] == f"<notice-{taken[0].id}-{taken[0].id}@bank.example>"


def test_a_storm_becomes_few_mails_and_says_it_all(banks, post, letterbox):
    prefer(banks, "port-amelie")
    for number in range(40):
        tell(banks, "port-amelie", name=f"Report {number}", subject=f"fire:storm{number}")
        if number < 10:
            post.deliver()
    sent = len(letterbox.mails)
    assert sent <= 6
    hurry(banks)
    post.deliver()
    assert len(letterbox.mails) == sent + 1
    said = "".join(mail.get_body(("plain",)).get_content() for mail in letterbox.mails)
    assert all(f"“Report {number}” failed" in said for number in range(40))
    assert letterbox.mails[-1]["Subject"].endswith("messages from Plimsoll")


def test_the_same_again_is_counted_and_not_repeated(banks, post, letterbox):
    prefer(banks, "port-amelie")
    for _ in range(3):
        tell(banks, "port-amelie", kind="schedule_held", subject="fire:again")
    assert post.deliver() == 1
    with banks.member("port-amelie") as amelie:
        newest = amelie.notices.list()[0]
        assert (newest.subject, newest.times) == ("fire:again", 3)
        unread = amelie.notices.unread()
        amelie.notices.read(newest.id)
        assert (unread > 0, amelie.notices.unread()) == (True, 0)


def test_preferences_are_kept_and_obeyed(banks, post, letterbox):
    prefer(banks, "port-amelie", mail="digest")
    prefer(banks, "port-bruno", mail="off")
    prefer(banks, "port-chloe", muted=("run_failed",))
    for member in ("port-amelie", "port-bruno", "port-chloe"):
        tell(banks, member)
        tell(banks, member, kind="run_late")
    assert post.deliver() == 1
    assert [mail["To"] for mail in letterbox.mails] == ["port-chloe@bank.example"]
    with banks.superuser() as root:
        (when,) = root.execute(
            "SELECT DISTINCT not_before FROM harbour.deliveries WHERE state = 'waiting'"
        ).fetchone()
    assert (when.astimezone().utctimetuple().tm_hour, when.minute) == (6, 0)
    hurry(banks)
    assert post.deliver() == 1, "one digest"
    assert letterbox.mails[-1]["Subject"] == "2 messages from Plimsoll"
    with banks.member("port-bruno") as bruno:
        assert bruno.notices.list()[0].kind == "run_late", "the rooms tell him all the same"


@pytest.mark.parametrize("address", ["a@b\r\nBcc: evil@x", "nobody", "a@b,c@d", "<a@b>"])
def test_an_address_is_one_address(banks, address):
    with (
        banks.member("port-amelie") as amelie,
        pytest.raises(Exception, match="notice_preferences_email_check"),
    ):
        amelie.notices.prefer(Preferences(address))


def test_a_suspended_reader_learns_that_it_happened_and_nothing_of_the_run(
    banks, post, letterbox, failed_run
):
    banks.add("port-hugo", "analyst")
    prefer(banks, "port-hugo")
    with banks.admin() as admin:
        lifecycle.suspend(admin, "port-hugo")
    tell(banks, "port-hugo", run=failed_run.id)
    assert post.deliver() == 1
    assert "Dupont" not in letterbox.mails[0].as_string()


def test_members_see_their_own_notices_only(banks, post):
    tell(banks, "port-amelie", subject="fire:hers")
    for other in ("port-bruno", "port-elsa", "nordhaven-nils"):
        with banks.member(other) as person:
            assert "fire:hers" not in [notice.subject for notice in person.notices.list(limit=200)]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise's own, when it is loaded
def test_a_teams_channel_hears_that_it_happened_and_no_more(banks, post, failed_run, monkeypatch):
    heard: list[bytes] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    ear = HTTPServer(("127.0.0.1", 0), Ear)
    Thread(target=ear.serve_forever, daemon=True).start()
    address = f"json://127.0.0.1:{ear.server_port}/hook"
    with banks.member("port-elsa") as elsa:
        with pytest.raises(BadParameters, match="this machine itself"):
            elsa.notices.set_channel("risk team", address)
        with pytest.raises(BadParameters, match="begins with one of"):
            elsa.notices.set_channel("risk team", "syslog://localhost")
        # Past the first check, as raw SQL would: the worker looks again.
        elsa.session.call("set_alert_channel", name="risk team", address=address, language="en")
        assert elsa.notices.channels() == ("risk team",)
    with banks.member("port-amelie") as amelie, pytest.raises(NotAllowed):
        amelie.notices.set_channel("mine", "json://10.0.0.1/x")
    facts = json.dumps({"name": "COREP", "run": failed_run.id})
    with banks.superuser() as root:
        root.execute(
            "SET ROLE harbour_owner; SELECT harbour.tell_channels((SELECT id FROM harbour.organisations"
            f" WHERE slug = 'port'), 'run_failed', 'fire:1', '{facts}')"
        )
    assert post.deliver() == 0
    assert heard == []
    monkeypatch.setattr(channels, "check_address", lambda _: None)  # the ear of this test is on this machine
    hurry(banks)
    assert post.deliver() == 1
    ear.shutdown()
    ear.server_close()
    (said,) = heard
    assert "COREP" in said.decode("unicode_escape")
    assert b"Dupont" not in said
    with banks.member("port-elsa") as elsa:
        elsa.notices.set_channel("risk team", None)
        assert elsa.notices.channels() == ()
