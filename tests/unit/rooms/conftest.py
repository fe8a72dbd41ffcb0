"""A bank in memory with the guard's own sentences, so that the rooms can be tested without a database."""

from __future__ import annotations

import copy
import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harbour.approvals import Decision
from harbour.errors import HarbourError, NotFound, OwnWork, StaleDigest, WrongState
from harbour.publication import Publication, Void
from harbour.submissions import Comment, Submission

NOON = datetime.datetime(2026, 7, 14, 12, 5, tzinfo=datetime.UTC)
SUMMARY: dict[str, Any] = {
    "entity": {"name": "Banque du Port", "lei": "969500PORT0000000042", "scope": "CON", "currency": "EUR"},
    "reference_date": "2026-06-30",
    "scenario": "baseline",
    "ratios": {"cet1_ratio": 0.1389, "tier1_ratio": 0.1509, "total_ratio": 0.1699},
    "amounts": {
        "cet1": 668.4e6,
        "tier1": 726.2e6,
        "own_funds": 817.6e6,
        "rwa": 4812.3e6,
        "rwa_credit": 4379.2e6,
    },
    "marks": {
        "cet1_ratio": [
            {"mark": "minimum", "level": 0.045, "article": "CRR Art. 92(1)(a)"},
            {"mark": "combined_buffer", "level": 0.0875, "article": "CRD Art. 128"},
        ]
    },
    "rwa_by_class": [
        {"class": "retail", "exposure_value": 1_300e6, "rwa": 820e6},
        {"class": "corporates_other", "exposure_value": 2_400e6, "rwa": 1_990e6},
    ],
    "verdict": {
        "outcome": "fail",
        "layers": [{"layer": "arelle", "evaluated": 1412, "passed": 1411, "failed": 1, "not_applicable": 9}],
        "findings": [
            {
                "layer": "arelle",
                "severity": "error",
                "rule": "v6250_m",
                "table": "C_07.00.a",
                "row": "0010",
                "column": "0200",
                "sheet": "0010",
                "sentence": "Total must equal the sum of its parts.",
            }
        ],
    },
    "package": {"name": "port.zip", "sha256": "9f" * 32},
    "notices": ["Market risk is not reported."],
}


@dataclass
class Bank:
    """Submissions and publications in memory; `acting_as` gives the connection of a person."""

    submissions: dict[int, Submission] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    published: list[Publication] = field(default_factory=list)
    voids: list[Void] = field(default_factory=list)
    files: dict[int, dict[str, bytes]] = field(default_factory=dict)
    runs: dict[int, Any] = field(default_factory=dict)
    """Runs beside those of the submissions, by number."""
    reads: int = 0

    def acting_as(self, name: str) -> Any:
        return _connection(self, name)

    def submit(self, maker: str = "port-amelie", **changes: Any) -> Submission:
        id_ = len(self.submissions) + 1
        given = {"state": "in_review", "summary": copy.deepcopy(SUMMARY), "digest": f"{id_:064d}", **changes}
        made = Submission(
            id=id_,
            run_id=10 + id_,
            organisation="port",
            maker=maker,
            note="Second quarter.",
            created_at=NOON,
            decided_at=None,
            template="corep_own_funds",
            run_name="q2",
            **given,
        )
        self.submissions[id_] = made
        self.files.setdefault(made.run_id, {})
        return made

    def publish(self, id_: int = 1, published_at: datetime.datetime = NOON, **changes: Any) -> Publication:
        summary = copy.deepcopy(SUMMARY) | changes
        made = Publication(
            id=id_,
            submission_id=id_,
            run_id=10 + id_,
            kind="corep_own_funds",
            entity="969500PORT0000000042",
            reference_date=summary["reference_date"],
            scenario=summary["scenario"],
            digest="d" * 64,
            summary=summary,
            approved_by="port-benoit",
            published_at=published_at,
        )
        self.published.append(made)
        return made

    def void(self, publication: Publication, **changes: Any) -> Void:
        self.published.remove(publication)
        facts = {
            "entity_name": "Banque du Port",
            "voided_at": NOON + datetime.timedelta(days=1),
            "voided_by": "port-benoit",
            "changed": None,
            "comment": "A rating was wrong.",
        }
        kept = (
            "id",
            "submission_id",
            "kind",
            "entity",
            "reference_date",
            "scenario",
            "approved_by",
            "published_at",
        )
        made = Void(**{name: getattr(publication, name) for name in kept}, **(facts | changes))
        self.voids.append(made)
        return made


class _Submissions:
    def __init__(self, bank: Bank, name: str) -> None:
        self.bank, self.name = bank, name

    def list(self) -> list[Submission]:
        return sorted(self.bank.submissions.values(), key=lambda s: -s.id)

    def open(self, id_: int) -> Submission:
        return self.get(id_)

    def get(self, id_: int) -> Submission:
        if id_ not in self.bank.submissions:
            raise NotFound()
        return self.bank.submissions[id_]

    def comments(self, _: int) -> tuple[Comment, ...]:
        return tuple(self.bank.comments)

    def approvals(self, _: int) -> tuple[Decision, ...]:
        return tuple(self.bank.decisions)

    def refusal(self, id_: int, action: str) -> str | None:
        seen = self.get(id_)
        if action == "comment":
            return None
        if action == "withdraw":
            mine = seen.maker == self.name and seen.state == "in_review"
            return None if mine else "Only who prepared it takes it back."
        if action == "block" and seen.maker == self.name:
            return "You cannot block what you prepared."
        if seen.maker == self.name:
            return f"You cannot {action} what you prepared: another reviewer must decide."
        if self.name == "port-viviane":
            return f"You may not {action} this submission: it takes the role reviewer."
        return (
            None
            if seen.state == "in_review"
            else f"Submission {id_} is {seen.state}: you cannot {action} it now."
        )

    def _decide(self, id_: int, action: str, state: str, comment: str) -> None:
        refusal = self.refusal(id_, action)
        if refusal:
            raise (OwnWork if "prepared" in refusal else WrongState)(refusal)
        self.bank.submissions[id_] = replace(self.get(id_), state=state, decided_at=NOON)
        self.bank.decisions.append(Decision(1, self.name, action, self.get(id_).digest, comment, NOON))

    def approve(self, id_: int, digest: str, comment: str = "") -> None:
        if digest != self.get(id_).digest:
            raise StaleDigest()
        self._decide(id_, "approve", "published", comment)

    def return_(self, id_: int, comment: str) -> None:
        self._decide(id_, "return", "returned", comment)

    def reject(self, id_: int, comment: str) -> None:
        self._decide(id_, "reject", "rejected", comment)

    def withdraw(self, id_: int, comment: str = "") -> None:
        self._decide_own(id_, "withdraw", "withdrawn")

    def _decide_own(self, id_: int, action: str, state: str) -> None:
        refusal = self.refusal(id_, action)
        if refusal:
            raise WrongState(refusal)
        self.bank.submissions[id_] = replace(self.get(id_), state=state, decided_at=NOON)

    def submit(self, run_id: int, note: str = "") -> Submission:
        run = self.bank.runs[run_id]
        if not run.summary:
            raise HarbourError("This run holds no figures to submit.")
        made = self.bank.submit(self.name, summary=run.summary)
        self.bank.submissions[made.id] = replace(made, run_id=run_id, note=note, template=run.template)
        return self.get(made.id)

    def resubmit(self, id_: int, run_id: int, note: str = "") -> Submission:
        self.bank.submissions[id_] = replace(self.get(id_), run_id=run_id, note=note, state="in_review")
        return self.get(id_)

    def comment(self, _: int, body: str) -> None:
        self.bank.comments.append(Comment(len(self.bank.comments), self.name, body, NOON))


class _Comments:
    def __init__(self, bank: Bank, name: str) -> None:
        self.bank, self.name = bank, name

    def _say(self, body: str, **about: Any) -> None:
        if not body.strip():
            raise HarbourError("A comment says something.")
        self.bank.comments.append(Comment(len(self.bank.comments) + 1, self.name, body, NOON, **about))

    def on_submission(self, _: int, body: str, *, cell: Any = None, blocking: bool = False) -> None:
        self._say(body, blocking=blocking, **(cell or {}))

    def reply(self, id_: int, body: str) -> None:
        first = next(said for said in self.bank.comments if said.id == id_)
        place = {name: getattr(first, name) for name in ("table", "row", "column", "sheet")}
        self._say(body, reply_to=id_, **place)

    def _mark(self, id_: int, **facts: Any) -> None:
        place = next(n for n, said in enumerate(self.bank.comments) if said.id == id_)
        self.bank.comments[place] = replace(self.bank.comments[place], **facts)

    def resolve(self, id_: int) -> None:
        self._mark(id_, resolved_by=self.name, resolved_at=NOON)

    def reopen(self, id_: int) -> None:
        self._mark(id_, resolved_by=None, resolved_at=None)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _run(bank: Bank, id_: int) -> Any:
    if id_ in bank.runs:
        return bank.runs[id_]
    if id_ not in bank.files:
        raise NotFound()
    return SimpleNamespace(artefacts={name: _sha(content) for name, content in bank.files[id_].items()})


class _Artefacts:
    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def get(self, sha256: str) -> bytes:
        self.bank.reads += 1
        held = (content for files in self.bank.files.values() for content in files.values())
        return next(content for content in held if _sha(content) == sha256)

    def save(self, sha256: str, path: Path) -> Path:
        path.write_bytes(self.get(sha256))
        return path


class _Connection(SimpleNamespace):
    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def _connection(bank: Bank, name: str) -> _Connection:
    return _Connection(
        me=SimpleNamespace(
            name=name,
            organisation="port",
            organisation_name="Banque du Port",
            roles=("analyst",) if name == "port-amelie" else ("reviewer",),
        ),
        members=lambda: [SimpleNamespace(name="port-benoit", display_name="Benoît Roux")],
        submissions=_Submissions(bank, name),
        comments=_Comments(bank, name),
        delegations=SimpleNamespace(list=list),
        runs=SimpleNamespace(
            get=lambda id_: _run(bank, id_),
            list=lambda limit=50: sorted(bank.runs.values(), key=lambda run: -run.id)[:limit],
        ),
        artefacts=_Artefacts(bank),
        publications=SimpleNamespace(
            list=lambda: list(bank.published),
            voided=lambda id_=None: [v for v in bank.voids if id_ in {None, v.submission_id}],
        ),
    )


@dataclass
class Person:
    """A viewer of a room."""

    bank: Bank
    name: str = "port-benoit"
    language: Any = "en"
    signed_in: bool = True
    broken: Exception | None = None

    def connect(self) -> Any:
        if self.broken:
            raise self.broken
        return self.bank.acting_as(self.name)

    async def is_signed_in(self) -> bool:
        return self.signed_in


@pytest.fixture
def bank() -> Bank:
    """A bank without any submission."""
    return Bank()


@pytest.fixture
def person(bank: Bank) -> Callable[..., Person]:
    """Make a viewer of the bank."""
    return lambda **facts: Person(bank, **facts)
