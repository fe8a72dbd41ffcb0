"""One Arelle session in a process of its own: `python worker.py PACKAGE TAXONOMY ANSWER MEMORY`.

It stands alone (it imports nothing of plimsoll, and nothing of plimsoll imports it), for Arelle keeps global
state, can grow large and can only be stopped by ending its process. Its answer is a JSON file; a process
without one has judged nothing.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

from arelle.api.Session import Session
from arelle.logging.handlers.StructuredMessageLogHandler import StructuredMessageLogHandler
from arelle.RuntimeOptions import RuntimeOptions

__all__ = ["main"]

_KEPT_MESSAGES = 500
_SILENT = {"INFO", "DEBUG", "INFO-SEMANTIC", "INFO-RESULT"}


def main(arguments: list[str]) -> int:
    """Validate a package and write what Arelle said about it."""
    package, taxonomy, answer, memory = arguments
    _limit_memory(int(memory))
    _end_with_parent()
    document = _validate(package, taxonomy)
    unfinished = Path(answer + ".part")
    unfinished.write_text(json.dumps(document), "utf-8")
    unfinished.replace(answer)
    return 0


def _limit_memory(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _end_with_parent() -> None:
    """End as soon as the process that asked is gone, however it went."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


def _validate(package: str, taxonomy: str) -> dict[str, Any]:
    options = RuntimeOptions(
        entrypointFile=package,
        packages=[taxonomy],
        plugins="loadFromOIM",
        validate=True,
        internetConnectivity="offline",
        disablePersistentConfig=True,
        keepOpen=True,
    )
    with Session() as session:
        session.run(options, logHandler=StructuredMessageLogHandler())
        messages = [entry for entry in session.get_log_messages() if entry["levelname"] not in _SILENT]
        facts = sum(len(model.facts) for model in session.get_models())
    return {
        "facts": facts,
        "count": len(messages),
        "messages": [
            {
                "level": str(entry["levelname"]),
                "code": str(entry["messageCode"]),
                "text": str(entry["msg"]),
                "refs": [str(ref.get("href", "")) for ref in entry.get("refs", [])],
            }
            for entry in messages[:_KEPT_MESSAGES]
        ],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
