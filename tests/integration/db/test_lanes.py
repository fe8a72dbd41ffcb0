"""Many act over few connections: in turn, each as himself, and whatever becomes of a connection."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from tests.database import Harbour

from harbour.db.calls import Link
from harbour.db.lanes import RESTED, Lane

OWN = "SELECT pg_backend_pid(), current_user, current_setting('harbour.looking_at', true)"


@pytest.fixture
def opened() -> list[psycopg.Connection]:
    """Every connection that was opened."""
    return []


@pytest.fixture
def connect(banks: Harbour, opened: list[psycopg.Connection]) -> Iterator[Callable[[], psycopg.Connection]]:
    """How the dashboards' service connects."""

    def dashboards() -> psycopg.Connection:
        opened.append(psycopg.connect(banks.dsn("harbour_dashboards"), autocommit=True))
        return opened[-1]

    yield dashboards
    for connection in opened:
        connection.close()


def name_of(link: Link, login: str) -> str:
    return str(link.call(login, "", "me", {})["name"])


def test_nobody_overtakes(connect, opened):
    lane, order = Lane(connect, 1), []

    def act(number: int) -> None:
        with lane.lend():
            order.append(number)

    with lane.lend():
        waiting = [threading.Thread(target=act, args=(number,)) for number in range(8)]
        for place, thread in enumerate(waiting, start=1):
            thread.start()
            while len(lane._waiting) < place:
                time.sleep(0.001)
        assert order == []
    for thread in waiting:
        thread.join()
    assert order == list(range(8))
    assert len(opened) == 1
    lane.close()
    assert opened[0].closed


def test_each_acts_as_himself_over_one_connection(connect, banks):
    lane = Lane(connect, 1)
    with lane.lend() as link:
        for login in ("m_port_chloe", "m_nordhaven_olga", "m_port_chloe"):
            assert name_of(link, login) == login.removeprefix("m_").replace("_", "-")
            assert link.connection.execute(OWN).fetchone()[1:] == ("harbour_dashboards", "")
        # What is prepared for one who may is refused to one who may not, and to the service itself.
        for login, sentence in (("harbour_owner", "permission denied"), ("none", "permission denied")):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match=sentence):
                name_of(link, login)
        assert name_of(link, "m_port_chloe") == "port-chloe"


def test_a_refused_call_leaves_nothing_behind(connect):
    with Lane(connect, 1).lend() as link:
        with pytest.raises(psycopg.errors.UndefinedFunction):
            link.call("m_port_chloe", "", "no_such_function", {"number": 1})
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            link.call("m_port_chloe", "", "comment", {"submission": "no number", "body": "Seen."})
        assert link.connection.execute(OWN).fetchone()[1:] == ("harbour_dashboards", "")
        assert name_of(link, "m_port_chloe") == "port-chloe"


def test_calls_of_every_kind_share_a_connection(connect, banks):
    asked = ["me", "no_such_function", "my_channel", "my_organisation", "sees_work", "me"]
    with Lane(connect, 1).lend() as link:
        for request in ("", "harbour/one", "", "harbour/" + "x" * 50):
            for function in asked:
                if function == "no_such_function":
                    with pytest.raises(psycopg.errors.UndefinedFunction):
                        link.call("m_port_chloe", "", function, {}, request)
                else:
                    answer = link.call("m_port_chloe", "", function, {}, request)
                    assert set(answer) == {function} or answer["name"] == "port-chloe"
        # Named in the other order: the first of a statement and of a name in one message.
        with Lane(connect, 1).lend() as other:
            assert other.call("m_port_chloe", "", "me", {}, "harbour/two")["name"] == "port-chloe"
            assert other.call("m_port_chloe", "", "sees_work", {}) == {"sees_work": True}


def test_a_connection_that_broke_is_replaced(connect, banks, opened):
    lane = Lane(connect, 1)

    def end_it(link: Link) -> None:
        with banks.superuser() as root:
            root.execute("SELECT pg_terminate_backend(%s, 5000)", [link.connection.info.backend_pid])

    with lane.lend() as link:
        assert name_of(link, "m_port_chloe") == "port-chloe"
        end_it(link)
        with pytest.raises(psycopg.OperationalError):
            name_of(link, "m_port_chloe")
    with lane.lend() as link:
        assert name_of(link, "m_port_chloe") == "port-chloe"
        end_it(link)
    link.rested_from -= 2 * RESTED
    with lane.lend() as link:  # asked after its rest, before anyone's call is lost on it
        assert name_of(link, "m_port_chloe") == "port-chloe"
    assert len(opened) == 3
    lane.close()


def test_a_server_that_is_down_is_told_of_at_once_and_keeps_no_place(connect):
    answers = iter([psycopg.OperationalError("connection refused"), None])

    def reach() -> psycopg.Connection:
        if (error := next(answers)) is not None:
            raise error
        return connect()

    lane = Lane(reach, 1)
    with pytest.raises(psycopg.OperationalError, match="refused"), lane.lend():
        pass
    with lane.lend() as link:
        assert name_of(link, "m_port_chloe") == "port-chloe"


def test_who_interrupts_a_call_interrupts_it(connect, banks, opened):
    """A notebook's interrupt ends a call that waits inside the server; its connection is not used again."""
    lane, heads = Lane(connect, 1), "SELECT organisation_id, seq, hash FROM harbour.audit_heads ORDER BY 1"

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with banks.superuser() as root, root.transaction():
            before_it = root.execute(heads + " FOR UPDATE").fetchall()
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(KeyboardInterrupt), lane.lend() as link:
                link.call("m_port_chloe", "", "comment", {"submission": 1, "body": "Seen."})
    finally:
        signal.signal(signal.SIGALRM, before)
    assert link.connection.closed
    with lane.lend() as link:
        assert name_of(link, "m_port_chloe") == "port-chloe"
    assert len(opened) == 2
    with banks.superuser() as root:
        assert root.execute(heads + " FOR UPDATE").fetchall() == before_it
