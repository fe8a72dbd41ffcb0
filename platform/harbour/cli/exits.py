"""Exit codes, fixed: scripts and schedulers may rely on them.

==== =================================================================================
0    done; for a report or packages, the verdict is pass
1    the verdict is fail, `doctor` found something wrong, or a run did not come out the same
2    the command was not understood
3    what was given cannot be used: book, parameters, entity, scenario
4    not evaluated: the dictionary is missing, or no verdict could be reached
5    a service did not start or does not answer; a setting or port is wrong
6    the report's notebook stopped before its end
7    not allowed, or nothing of that name
130  interrupted
==== =================================================================================
"""

from __future__ import annotations

import plimsoll.errors
from harbour.errors import (
    BadParameters,
    DatabaseError,
    HarbourError,
    NotAllowed,
    NotFound,
    RunFailed,
    SettingsError,
    StaleDigest,
    StartFailed,
    WrongState,
)
from plimsoll.errors import DictionaryError, PlimsollError

__all__ = ["BY_VERDICT", "DONE", "FAIL", "INTERRUPTED", "NOT_EVALUATED", "USAGE", "exit_code"]

DONE, FAIL, USAGE, BAD_INPUT, NOT_EVALUATED, SERVICE, STOPPED, REFUSED = range(8)
INTERRUPTED = 130

BY_VERDICT = {"pass": DONE, "fail": FAIL, "not_evaluated": NOT_EVALUATED}

# Read from the top: the first class an error belongs to gives its code.
BY_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (DictionaryError, NOT_EVALUATED),
    (PlimsollError, BAD_INPUT),
    (BadParameters, BAD_INPUT),
    (RunFailed, STOPPED),
    (NotAllowed, REFUSED),
    (NotFound, REFUSED),
    (WrongState, REFUSED),
    (StaleDigest, REFUSED),
    (StartFailed, SERVICE),
    (DatabaseError, SERVICE),
    (SettingsError, SERVICE),
    (HarbourError, SERVICE),
)


def exit_code(error: PlimsollError | HarbourError) -> int:
    """Return the exit code of an error; what the library refused inside a notebook counts as refused outside."""
    kind = _refusal(error) or type(error)
    return next(code for known, code in BY_ERROR if issubclass(kind, known))


def _refusal(error: Exception) -> type[PlimsollError] | None:
    failure = getattr(getattr(error, "manifest", None), "failure", None)
    kind = getattr(plimsoll.errors, failure.error, None) if failure else None
    return kind if isinstance(kind, type) and issubclass(kind, PlimsollError) else None
