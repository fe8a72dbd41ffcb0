"""What the database refuses, said in the platform's own errors."""

from __future__ import annotations

from typing import NoReturn

import psycopg
from psycopg import errors as postgres
from sqlalchemy.exc import DBAPIError

from harbour.errors import (
    Blocked,
    DatabaseError,
    HarbourError,
    NotAllowed,
    NotFound,
    OwnWork,
    QuotaReached,
    StaleDigest,
    WrongState,
)

__all__ = ["raise_refusal", "translated"]

BY_CODE: dict[str, type[HarbourError]] = {
    "not_allowed": NotAllowed,
    "own_work": OwnWork,
    "wrong_state": WrongState,
    "blocked": Blocked,
    "quota": QuotaReached,
    "stale_digest": StaleDigest,
    "not_found": NotFound,
    "invalid": HarbourError,
}
BY_CLASS: tuple[tuple[type[psycopg.Error], type[HarbourError]], ...] = (
    (postgres.InsufficientPrivilege, NotAllowed),
    (postgres.NoDataFound, NotFound),
    (postgres.ConfigurationLimitExceeded, QuotaReached),
    (postgres.IntegrityError, HarbourError),
    (postgres.DataError, HarbourError),
)


def raise_refusal(code: str, sentence: str) -> NoReturn:
    """Raise the error of an outcome's code with the sentence the database gave."""
    raise BY_CODE[code](sentence)


def translated(error: DBAPIError | psycopg.Error) -> HarbourError:
    """Return the platform's error for a database error; the sentence is the server's first line."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        sentence = cause.diag.message_primary or str(cause)
        for theirs, ours in BY_CLASS:
            if isinstance(cause, theirs):
                return ours(sentence)
        return DatabaseError(f"{DatabaseError.__doc__} ({sentence.strip()})")
    return DatabaseError(f"{DatabaseError.__doc__} ({cause})")
