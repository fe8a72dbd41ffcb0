"""What an organisation reports for, how many servers it runs, and uploads that nobody ended."""

from __future__ import annotations

import json
import threading
from io import BytesIO
from zipfile import ZipFile

import pytest
from dashboards.review.compute import read_detail
from dashboards.review.draw import draw_detail, why_not
from dashboards.theme.words import words
from tests.database import Harbour, records

from harbour.errors import HarbourError, NotAllowed, QuotaReached
from harbour.identity import accounts, lifecycle, organisations

OURS, THEIRS, NOBODYS = "5299000000000000PO11", "5299000000000000NO22", "5299000000000000XX33"


def named(lei: str, name: str) -> object:
    summary = {
        "entity": {"name": "A bank", "lei": lei},
        "reference_date": "2026-06-30",
        "scenario": "baseline",
        "ratios": {"cet1_ratio": 0.15},
    }
    return records(name, summary=summary)


@pytest.fixture
def reporting(banks: Harbour):
    with banks.admin() as admin:
        organisations.set_entities(admin, "port", [OURS])
        organisations.set_entities(admin, "nordhaven", [THEIRS])
        yield banks, admin
        organisations.set_entities(admin, "port", [])
        organisations.set_entities(admin, "nordhaven", [])


def test_a_return_of_another_bank_is_refused_by_the_database(reporting):
    banks, _ = reporting
    with banks.member("port-amelie") as amelie:
        own = amelie.submissions.submit(amelie.workspace.save(named(OURS, "ours")).id)
        for lei in (THEIRS, NOBODYS, ""):
            run = amelie.workspace.save(named(lei, "theirs"))
            with pytest.raises(NotAllowed, match="for which your organisation does not report"):
                amelie.submissions.submit(run.id)
        denied = amelie.audit.events(f"run:{run.id}")[0]
        assert (denied.action, denied.outcome) == ("submit", "denied")
        # By raw SQL it is the same function, and by a return it is the same sentence.
    with banks.raw("m_port_amelie") as raw:
        assert raw.execute("SELECT code FROM harbour.submit(%s, '')", [run.id]).fetchone() == ("not_allowed",)
    with banks.member("port-chloe") as chloe:
        chloe.submissions.return_(own.id, "Once more, please.")
    with banks.member("port-amelie") as amelie, pytest.raises(NotAllowed, match="does not report"):
        amelie.submissions.resubmit(own.id, run.id)


def test_the_package_itself_tells_the_reviewer_whose_it_is(reporting):
    """An analyst writes the summary; what he says there he cannot make the package say."""
    banks, _ = reporting
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("x/reports/parameters.csv", f"name,value\nentityID,rs:{THEIRS}.CON\n")
    with banks.member("port-amelie") as amelie:
        sha256 = amelie.artefacts.put(made.getvalue())
    summary = named(OURS, "forged").summary
    digests = named(OURS, "forged").digests
    result = {"state": "succeeded", "digests": digests, "summary": summary, "artefacts": {"port.zip": sha256}}
    with banks.raw("m_port_amelie") as raw:
        run = raw.execute(
            "SELECT id FROM harbour.record_run('forged', 'corep_own_funds', '{}', %s)", [json.dumps(result)]
        ).fetchone()[0]
        submitted = raw.execute("SELECT id, code FROM harbour.submit(%s, '')", [run]).fetchone()
    assert submitted[1] == "done"
    with banks.member("port-chloe") as chloe:
        detail = read_detail(chloe, submitted[0])
        assert [package.leis for package in detail.filed] == [(THEIRS,)]
        assert detail.foreign == THEIRS
        english = words("en")
        assert f"filed for {THEIRS}, but the figures here are of {OURS}" in draw_detail(detail, english)
        assert THEIRS in str(why_not(detail, "approve", english))
        assert why_not(detail, "return", english) is None


def test_an_organisation_without_entities_reports_for_what_is_nobody_elses(reporting):
    banks, admin = reporting
    organisations.set_entities(admin, "port", [])
    with banks.member("port-amelie") as amelie:
        amelie.submissions.submit(amelie.workspace.save(named(NOBODYS, "nobody's")).id)
        with pytest.raises(NotAllowed):
            amelie.submissions.submit(amelie.workspace.save(named(THEIRS, "theirs")).id)


def test_an_entity_reports_through_one_organisation(reporting):
    _, admin = reporting
    with pytest.raises(HarbourError, match="another organisation's"):
        organisations.set_entities(admin, "port", [OURS, THEIRS])
    with pytest.raises(HarbourError, match="is no LEI"):
        organisations.set_entities(admin, "port", ["too short"])


def test_so_many_servers_at_once_and_no_more(banks):
    with banks.admin() as admin:
        lifecycle.set_quota(admin, "port", servers=2)
        organisations.start_server(admin, "port-amelie")
        organisations.start_server(admin, "port-amelie")  # the same one again is one
        organisations.start_server(admin, "port-bruno")
        with pytest.raises(QuotaReached, match="may have 2 notebook servers at once"):
            organisations.start_server(admin, "port-chloe")
        organisations.start_server(admin, "nordhaven-nils")  # another bank's is not counted
        organisations.stop_server(admin, "port-bruno")
        organisations.start_server(admin, "port-chloe")
        assert organisations.keep_servers(admin, ["port-chloe", "nordhaven-nils"]) == 1
        organisations.start_server(admin, "port-bruno")
        assert organisations.keep_servers(admin, []) == 3
        lifecycle.set_quota(admin, "port")
    with banks.member("port-elsa") as elsa:
        told = [(event.action, event.outcome) for event in elsa.audit.events("member:port-chloe", limit=3)]
    assert told == [("stop_server", "done"), ("start_server", "done"), ("start_server", "denied")]


def test_two_servers_started_at_once_are_not_both_the_last(banks):
    with banks.admin() as admin:
        lifecycle.set_quota(admin, "port", servers=1)
    outcomes: list[str] = []

    def start(name: str) -> None:
        with banks.admin() as admin:
            try:
                organisations.start_server(admin, name)
                outcomes.append("started")
            except QuotaReached:
                outcomes.append("refused")

    threads = [
        threading.Thread(target=start, args=(f"port-{name}",)) for name in ("amelie", "bruno", "chloe")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with banks.admin() as admin:
        organisations.keep_servers(admin, [])
        lifecycle.set_quota(admin, "port")
    assert sorted(outcomes) == ["refused", "refused", "started"]


def test_a_suspended_members_server_is_not_started(banks):
    with banks.admin() as admin:
        accounts.set_state(admin, "port-dario", "suspended")
        with pytest.raises(NotAllowed, match="suspended"):
            organisations.start_server(admin, "port-dario")
        accounts.set_state(admin, "port-dario", "active")


def test_uploads_that_nobody_ended_are_dropped_and_their_bytes_given_back(banks):
    with banks.raw("m_port_amelie") as amelie, banks.superuser() as root:
        old, new = (amelie.execute("SELECT harbour.start_upload()").fetchone()[0] for _ in range(2))
        for upload in (old, new):
            amelie.execute("SELECT harbour.put_chunk(%s, 0, %s)", [upload, b"twelve bytes"])
        root.execute("UPDATE harbour.uploads SET started_at = now() - interval '2 days' WHERE id = %s", [old])
        with banks.raw("harbour_worker") as worker:
            assert worker.execute(
                "SELECT harbour.drop_abandoned_uploads(interval '24 hours')"
            ).fetchone() == (1,)
            assert worker.execute(
                "SELECT harbour.drop_abandoned_uploads(interval '24 hours')"
            ).fetchone() == (0,)
        left = root.execute("SELECT id FROM harbour.uploads WHERE NOT finished").fetchall()
        assert (new,) in left
        assert (old,) not in left
        pieces = root.execute("SELECT count(*) FROM harbour.artefact_chunks WHERE upload_id = %s", [old])
        assert pieces.fetchone() == (0,)
        event = root.execute(
            "SELECT detail FROM harbour.audit_events WHERE action = 'drop_abandoned_uploads' ORDER BY at DESC LIMIT 1"
        )
        assert event.fetchone()[0] == {"uploads": 1, "bytes": 12}
    with banks.raw("m_port_amelie") as amelie, pytest.raises(Exception, match="permission denied"):
        amelie.execute("SELECT harbour.drop_abandoned_uploads(interval '0')")
