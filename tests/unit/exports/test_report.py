"""The management report says what the position says, in PDF, Word and HTML alike."""

from __future__ import annotations

import datetime
import io
import re
from html import unescape
from pathlib import Path

import docx
import pypdf
import pytest

from plimsoll.data import sample_book
from plimsoll.errors import ReturnError, SimulationError
from plimsoll.exports import Standing, write_report
from plimsoll.exports.board import describe_position
from plimsoll.exports.document import Bars, Gauges, Paragraph, Tabular
from plimsoll.exports.phrases import phrases
from plimsoll.simulation import Result, simulate

APPROVED = Standing("approved", "Run 12", "Benoît Roux, 14 Jul 2026", "ab" * 32)


@pytest.fixture(scope="module")
def june() -> Result:
    return simulate(sample_book(exposures=400))


@pytest.fixture(scope="module")
def march() -> Result:
    return simulate(sample_book(exposures=380, seed=8, reference_date=datetime.date(2026, 3, 31)))


def text_of(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".pdf":
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
        return re.sub(r"\s+", " ", " ".join(pages))
    if path.suffix == ".docx":
        word = docx.Document(io.BytesIO(content))
        cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        ends = [word.sections[0].header.paragraphs[0].text, word.sections[0].footer.paragraphs[0].text]
        return " ".join([*ends, *(paragraph.text for paragraph in word.paragraphs), *cells])
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))


@pytest.mark.parametrize("ending", ["pdf", "docx", "html"])
def test_every_form_says_the_figures_and_whose_they_are(
    june: Result, march: Result, tmp_path: Path, ending: str
) -> None:
    path = write_report(june, tmp_path / f"board.{ending}", previous=march, standing=APPROVED)
    said = text_of(path)
    for expected in (
        "Banque du Port, consolidated, as of 30 Jun 2026",
        "Approved · Benoît Roux, 14 Jul 2026",
        f"{june.ratios['cet1_ratio'] * 100:.2f}%",
        f"{june.ratios['rwa'] / 1e6:,.1f}",
        "What moved since 31 Mar 2026",
        "Pillar 2 guidance",
        "969500DEMOPORT000140.CON",
        june.book.digest,
    ):
        assert expected in said, expected
    again = write_report(june, tmp_path / f"again.{ending}", previous=march, standing=APPROVED)
    assert again.read_bytes() == path.read_bytes()


def test_every_page_of_a_draft_says_so(june: Result, tmp_path: Path) -> None:
    path = write_report(june, tmp_path / "draft.pdf")
    pages = pypdf.PdfReader(path).pages
    assert len(pages) >= 2
    assert all("Draft: not approved" in page.extract_text() for page in pages)


def test_in_french(june: Result, tmp_path: Path) -> None:
    said = text_of(write_report(june, tmp_path / "conseil.html", language="fr"))
    assert "Banque du Port, consolidé, au 30 juin 2026" in said
    assert "Projet : non approuvé" in said
    assert f"{june.ratios['cet1_ratio'] * 100:.2f}".replace(".", ",") in said


def test_both_languages_have_the_same_sentences() -> None:
    english, french = phrases("en").sentences, phrases("fr").sentences
    assert {(s, k) for s in english for k in english[s]} == {(s, k) for s in french for k in french[s]}


def test_the_parts_add_up(june: Result, march: Result) -> None:
    document = describe_position(june, previous=march)
    tables = [block for block in document.blocks if isinstance(block, Tabular)]
    waterfall, risks, funds = tables
    amounts = [float(row[1].replace(",", "")) for row in risks.rows]
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=0.05 * len(amounts))
    assert waterfall.rows[-1][-1] == phrases("en").percentage(june.ratios["cet1_ratio"])
    assert funds.rows[-1][0] == "Own funds"
    (bars,) = (block for block in document.blocks if isinstance(block, Bars))
    assert sum(amount for _, amount, _ in bars.rows) == pytest.approx(june.by_class()["rwa"].sum(), abs=0.01)
    (gauges,) = (block for block in document.blocks if isinstance(block, Gauges))
    assert next(rating.previous for rating in gauges.ratings) == march.ratios["cet1_ratio"]


def _with_requirement(result: Result, ratio: float) -> Result:
    book = result.book
    requirements = book.requirements
    requirements.loc[requirements["requirement"] == "pillar_2_requirement", "ratio"] = ratio
    return simulate(book.replace(requirements=requirements))


def test_a_breach_is_said_first_and_never_softened(june: Result) -> None:
    document = describe_position(_with_requirement(june, 0.14))
    said = next(block.text for block in document.blocks if isinstance(block, Paragraph))
    assert said.startswith("A requirement is not met: ")
    assert "below" in said
    (gauges,) = (block for block in document.blocks if isinstance(block, Gauges))
    assert not all(rating.met for rating in gauges.ratings)


def test_a_hair_below_a_mark_is_a_breach() -> None:
    say = phrases("en")
    assert say.points(0.08 - 4e-6, 0.08) == -1
    assert say.points(0.1 + 0.2, 0.3) == 0, "what is only floating-point residue is none"


def test_a_scenario_is_called_a_simulation(june: Result) -> None:
    document = describe_position(simulate(june.book, scenario="house_prices_down_20"), previous=june)
    said = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert "A simulation, not the position as it stands." in said[0]


def test_what_cannot_be_written_is_refused(june: Result, tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match=r"board.txt must end in .pdf, .docx, .html"):
        write_report(june, tmp_path / "board.txt")
    with pytest.raises(ReturnError, match="in en or fr, not in 'de'"):
        write_report(june, tmp_path / "board.pdf", language="de")
    other = simulate(
        sample_book(
            exposures=200, entity=june.book.entity.__class__("N", "549300DEMONORD000184", "IND", "SE")
        )
    )
    with pytest.raises(SimulationError, match="one bank"):
        write_report(june, tmp_path / "board.pdf", previous=other)


def test_words_that_look_like_markup_stay_words(june: Result, tmp_path: Path) -> None:
    sly = Standing("approved", "<b>#run</b>", "*Eve* $x$ \\ <script>", "")
    assert "<script>" in text_of(write_report(june, tmp_path / "sly.pdf", standing=sly))
    assert b"<script>" not in write_report(june, tmp_path / "sly.html", standing=sly).read_bytes()
