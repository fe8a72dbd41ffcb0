"""One action, one message: become the member, call the function, commit.

What an action costs beside its own work is journeys to the server and statements to read and plan. So both statements
are prepared once for each connection and sent together (libpq's pipeline mode); the server makes one transaction of
them, committed at their end, or undone when either fails.
"""

from __future__ import annotations

import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import Buffer, PGresult

from harbour.errors import DatabaseError

__all__ = ["Link"]

BECOME = b"SELECT set_config('harbour.looking_at', $1, true), set_config('role', $2, true)"
BECOME_NAMED = BECOME.replace(b"SELECT ", b"SELECT set_config('application_name', $3, true), ")


@dataclass
class Link:
    """A connection in which every message is a transaction, and what has been prepared on it."""

    connection: psycopg.Connection
    rested_from: float = 0.0
    _prepared: dict[bytes, bytes] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def call(
        self, role: str, looking_at: str, function: str, values: Mapping[str, Any], name: str = ""
    ) -> dict[str, Any]:
        """Call a function of the schema `harbour` as a role, and return the one row it answers.

        Parameters
        ----------
        role : str
            The member's login; `none` for the connection's own.
        looking_at : str
            The organisation below one's own that is looked at; empty for one's own.
        function : str
            Its name, checked by the caller.
        values : mapping
            Its arguments, in its order; they travel apart from the statement.
        name : str
            What the server's log calls the transaction; empty: as it calls the connection.

        Raises
        ------
        psycopg.Error
            When the server refuses; nothing of the message was done.
        """
        shaper = Transformer(self.connection)
        become: list[Buffer | None] = [
            part.encode() for part in ([looking_at, role, name] if name else [looking_at, role])
        ]
        given = shaper.dump_sequence(list(values.values()), [PyFormat.TEXT] * len(values))
        places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
        statement = f"SELECT * FROM harbour.{function}({places})".encode()  # noqa: S608  # a name, checked by the caller
        try:
            answers = self._converse([(BECOME_NAMED if name else BECOME, become), (statement, given)])
        except BaseException:
            # Cut off in mid-message: it shall not be done behind our back, and nobody can tell what would be answered.
            with suppress(psycopg.Error):
                self.connection.cancel_safe(timeout=5)
            self.connection.close()
            raise
        for answer in answers:
            if answer.status not in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
                raise error_from_result(answer, self.connection.info.encoding)
        shaper.set_pgresult(answers[-1])
        if answers[-1].ntuples != 1:
            raise DatabaseError(f"harbour.{function} gave no answer.")
        return dict(zip(_names(answers[-1]), shaper.load_row(0, tuple) or (), strict=True))

    def _converse(self, statements: Sequence[tuple[bytes, Sequence[Buffer | None]]]) -> list[PGresult]:
        link = self.connection.pgconn
        link.enter_pipeline_mode()
        asked: list[tuple[bytes, bytes] | None] = []
        for statement, given in statements:
            name = self._prepared.get(statement)
            if name is None:
                # Prepared as the member: a service itself may not so much as name a function.
                name = f"call {next(self._numbers)}".encode()  # the server knows 63 bytes of a name
                link.send_prepare(name, statement)
                asked.append((statement, name))
            link.send_query_prepared(name, given)
            asked.append(None)
        link.pipeline_sync()
        answers = list(self._answers())
        link.exit_pipeline_mode()
        # What was prepared stays so, also when what followed was refused and undone.
        for named, answer in zip(asked, answers, strict=False):
            if named is not None and answer.status == ExecStatus.COMMAND_OK:
                self._prepared[named[0]] = named[1]
        return answers

    def _answers(self) -> Iterator[PGresult]:
        link = self.connection.pgconn
        readable = select.poll()
        readable.register(link.socket, select.POLLIN)
        while True:
            while link.is_busy():
                readable.poll()  # and not inside libpq, where an interrupted notebook would wait on
                link.consume_input()
            answer = link.get_result()
            if answer is not None and answer.status == ExecStatus.PIPELINE_SYNC:
                return
            if answer is not None:
                yield answer
            elif link.status == ConnStatus.BAD:
                raise psycopg.OperationalError("the server closed the connection")


def _names(answer: PGresult) -> list[str]:
    return [(answer.fname(place) or b"").decode() for place in range(answer.nfields)]
