"""The explorer: sliders, what they move, and what is kept of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dashboards.explorer import app, compute
from dashboards.explorer.app import ExplorerRoom
from dashboards.theme.sheet import Press
from dashboards.theme.waterfall import lay_out_waterfall
from tests.unit.rooms.conftest import SUMMARY

import plimsoll
from harbour.errors import NotFound, QuotaReached
from harbour.execution.books import pack_book

SAMPLE = "sample:savings_bank?exposures=300"
LEI = "969500DEMOPORT000140"
SHA = "ab" * 32


@dataclass
class Person:
    """An analyst whose bank has one approved run: the platform in memory."""

    book: str = SAMPLE
    roles: tuple[str, ...] = ("analyst",)
    language: Any = "en"
    name: str = "port-amelie"
    visible: bool = True
    packed: bytes = b""
    refusal: Exception | None = None
    saved: list[tuple[Any, str]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def is_signed_in(self) -> bool:
        return True

    def connect(self) -> Person:
        return self

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    @property
    def me(self) -> Any:
        return SimpleNamespace(name=self.name, organisation_name="Banque du Port", roles=self.roles)

    @property
    def publications(self) -> Any:
        published = [SimpleNamespace(run_id=7, summary=SUMMARY)]
        return SimpleNamespace(list=lambda: published if self.visible else [])

    @property
    def runs(self) -> Any:
        return SimpleNamespace(
            get=self._run, list=lambda limit: [], made_with=lambda _: (), request=self._request
        )

    @property
    def workspace(self) -> Any:
        return SimpleNamespace(save=self._save)

    @property
    def artefacts(self) -> Any:
        return SimpleNamespace(pieces=self._pieces, save=lambda _, path: self._written(path))

    def _run(self, id_: int) -> Any:
        if not self.visible:
            raise NotFound(f"There is no run {id_} that you may see.")
        parameters = {"book": self.book, "entity": LEI, "reference_date": "2026-06-30", "out": "x"}
        return SimpleNamespace(id=id_, template="corep_own_funds", parameters=parameters)

    def _request(self, template: str, parameters: dict[str, Any]) -> Any:
        self.asked.append((template, parameters))
        return SimpleNamespace(id=12)

    def _save(self, result: Any, name: str) -> Any:
        if self.refusal:
            raise self.refusal
        self.saved.append((result, name))
        return SimpleNamespace(id=11)

    def _pieces(self, sha256: str) -> Iterator[bytes]:
        if not self.packed:
            raise NotFound(f"There is no file {sha256[:12]} that you may see.")
        yield self.packed

    def _written(self, path: Path) -> Path:
        path.write_bytes(self.packed)
        return path


def opened(person: Any, wanted: int | None = None) -> ExplorerRoom:
    room = ExplorerRoom(person, wanted)
    asyncio.run(room.open())
    return room


def press(room: ExplorerRoom, act: str, id_: str = "", **fields: str) -> None:
    asyncio.run(room.press(Press(act, id_, fields)))


def turn(room: ExplorerRoom, target: str, size: float) -> None:
    press(room, "turn", target, **{target: str(size)})


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture(scope="module")
def shocked() -> Any:
    book = plimsoll.sample_book(exposures=300)
    return plimsoll.simulate(book), plimsoll.simulate(book, scenario="house_prices_down_20")


def test_it_opens_on_the_approved_book_and_says_it_is_a_simulation(shocked: Any) -> None:
    room = opened(Person())
    baseline, _ = shocked
    said = words_of(room.paper.html)
    assert "What if: a simulation, not an approved figure" in said
    assert f"{baseline.ratios['cet1_ratio'] * 100:.2f}%" in said
    assert "Nothing moves yet" in said
    for lever in ("Residential property", "Rating steps down", "Credit losses", "Loan growth"):
        assert lever in words_of(room.form.html)


def test_a_slider_moves_the_ratios_by_what_the_engine_says(shocked: Any) -> None:
    room = opened(Person())
    turn(room, "residential_property_value", -0.2)
    baseline, result = shocked
    said = words_of(room.paper.html)
    assert f"{result.ratios['cet1_ratio'] * 100:.2f}%" in said
    change = (result.ratios["rwa"] - baseline.ratios["rwa"]) / 1e6
    press(room, "measure", "rwa")
    assert f"+{change:,.1f}" in words_of(room.paper.html)


def test_two_sliders_are_two_bars_and_a_bar_opens_on_its_exposures() -> None:
    room = opened(Person())
    turn(room, "residential_property_value", -0.2)
    turn(room, "credit_quality_step", 1)
    assert room.explored is not None
    assert room.explored.movement.steps["detail"].tolist() == [
        "",
        "residential_property_value",
        "credit_quality_step",
    ]
    press(room, "bar", "1")
    first = room.explored.movement.exposures(1).iloc[0]
    assert first["exposure_id"] in room.paper.html
    assert f"{first['change']:,.0f}" in room.paper.html
    press(room, "bar", "1")
    assert first["exposure_id"] not in room.paper.html


def test_reset_and_preset() -> None:
    room = opened(Person())
    press(room, "preset", "rating_downgrade_1")
    assert room.sizes == {"credit_quality_step": 1.0}
    press(room, "reset")
    assert room.sizes == {}
    assert "Nothing moves yet" in room.paper.html


@pytest.mark.parametrize(
    ("target", "typed"),
    [
        ("residential_property_value", "-0.9"),
        ("boom", "0.1"),
        ("credit_quality_step", "x"),
        ("loan_growth", "nan"),
    ],
)
def test_what_no_slider_offers_is_not_computed(target: str, typed: str) -> None:
    room = opened(Person())
    press(room, "turn", target, **{target: typed})
    assert room.sizes == {}


def test_a_run_is_saved_under_its_name_with_its_scenario() -> None:
    person = Person()
    room = opened(person)
    turn(room, "credit_losses", 0.01)
    press(room, "save", name="Losses 1 %")
    ((result, name),) = person.saved
    assert (name, result.scenario.name) == ("Losses 1 %", "credit_losses=0.01")
    assert "Saved as run 11." in room.paper.html


def test_the_return_is_asked_for_under_the_scenario() -> None:
    person = Person()
    room = opened(person)
    turn(room, "loan_growth", 0.05)
    press(room, "return")
    parameters = {
        "book": SAMPLE,
        "entity": LEI,
        "reference_date": "2026-06-30",
        "scenario": "loan_growth=0.05",
    }
    assert person.asked == [("corep_own_funds", parameters)]
    assert "Run 12 is queued" in room.paper.html


def test_a_refusal_is_told_in_the_guard_s_words() -> None:
    room = opened(Person(refusal=QuotaReached("Your bank has no runs left today.")))
    press(room, "save")
    assert "Your bank has no runs left today." in room.paper.html


def test_a_viewer_explores_and_saves_nothing() -> None:
    person = Person(roles=("viewer",), language="fr")
    room = opened(person)
    turn(room, "loan_growth", 0.05)
    assert "vous pouvez explorer" in words_of(room.paper.html)
    assert 'data-act="save"' not in room.paper.html


def test_a_stored_book_is_opened_as_the_viewer_each_time() -> None:
    packed = pack_book(plimsoll.sample_book(exposures=300, seed=11))
    person = Person(book=f"artefact:{SHA}", packed=packed)
    room = opened(person)
    assert room.position is not None
    stranger = Person(book=f"artefact:{SHA}")
    refused = opened(stranger)
    assert refused.position is None
    assert "may no longer see" in refused.paper.html


def test_a_book_in_its_maker_s_folder_is_not_opened(tmp_path: Path) -> None:
    room = opened(Person(book=str(tmp_path)))
    assert "pack_book" in room.paper.html
    assert room.position is None


def test_nothing_approved_and_nothing_made() -> None:
    assert "no position to explore yet" in opened(Person(visible=False, roles=("viewer",))).paper.html


def test_long_work_shows_how_far_it_is_and_stops_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    room = opened(Person())
    shown: list[str] = []
    monkeypatch.setattr(app, "PATIENCE", 0.0)
    paint = room.status.paint
    monkeypatch.setattr(room.status, "paint", lambda html: (shown.append(words_of(html)), paint(html)))
    before = room.explored

    def slow(position: Any, sizes: Any, tell: Any) -> Any:
        tell("weigh credit risk", 2, 5)
        room.stop = True
        tell("add up own funds", 3, 5)
        raise AssertionError("it went on after cancel")

    monkeypatch.setattr(app, "explore", slow)
    turn(room, "loan_growth", 0.07)
    assert any("Weighing credit risk (2 of 5)" in text for text in shown)
    assert shown[-1] == ""
    assert room.explored is before
    assert "Stopped" in room.paper.html


def test_the_last_word_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    room = opened(Person())
    computed: list[Any] = []
    real = compute.explore

    def noted(position: Any, sizes: Any, tell: Any) -> Any:
        computed.append(dict(sizes))
        return real(position, sizes, tell)

    monkeypatch.setattr(app, "explore", noted)

    async def drag() -> None:
        sizes = (0.01, 0.02, 0.03, 0.04, 0.05)
        await asyncio.gather(
            *(room.press(Press("turn", "loan_growth", {"loan_growth": str(s)})) for s in sizes)
        )

    asyncio.run(drag())
    assert computed[-1] == {"loan_growth": 0.05}
    assert len(computed) < 5
    assert room.explored is not None
    assert room.explored.scenario.name == "loan_growth=0.05"


def test_bars_stand_where_their_levels_are() -> None:
    start, up, down = lay_out_waterfall([("start", "", 100.0), ("a", "", 110.0), ("b", "", 95.0)])
    assert up.change == 10.0
    assert up.left == pytest.approx(start.line)
    assert down.line == pytest.approx(down.left)
    assert down.left + down.width == pytest.approx(up.line)
    assert 0 < down.left < up.line < 100
    (alone,) = lay_out_waterfall([("start", "", 0.0)])
    assert 0 < alone.line < 100
