"""Every refusal of the database can be read in French, with its facts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dashboards.theme.refusals import say_refusal

GUARD = Path(__file__).resolve().parents[3] / "platform" / "harbour" / "db" / "sql" / "guard"
QUOTED = r"'((?:[^']|'')*)'"
REFUSAL = re.compile(r"refusal\(\s*'\w+',\s*(?:format\()?\s*" + QUOTED)
ACTIONS = re.compile(r"^    \('\w+',\s+'\w+',\s+'\{(\w[\w,]*)\}'.*, '([^']+)'\)[,;]$", re.MULTILINE)


def sentences() -> list[str]:
    """Return every sentence that a function of the guard refuses with, %s for its facts."""
    found = set()
    for path in GUARD.glob("*.sql"):
        found |= {match.replace("''", "'") for match in REFUSAL.findall(path.read_text(encoding="utf-8"))}
    return sorted(found)


def test_there_are_sentences_to_read() -> None:
    assert len(sentences()) > 40


@pytest.mark.parametrize("sentence", sentences())
def test_a_refusal_is_said_in_french_with_its_facts(sentence: str) -> None:
    facts = [f"fact{place}" for place in range(sentence.count("%s"))]
    english = sentence
    for fact in facts:
        english = english.replace("%s", fact, 1)
    french = say_refusal(english, "fr")
    assert french != english, "add it to dashboards/theme/refusals.toml"
    assert all(fact in french for fact in facts)
    assert say_refusal(english, "en") == english


def test_terms_of_ours_are_said_in_french_too() -> None:
    asked = "You may not approve this submission: it takes the role reviewer or org admin."
    assert say_refusal(asked, "fr") == (
        "Vous ne pouvez pas approuver cette soumission : il faut le rôle réviseur ou administrateur."
    )
    state = "Submission 12 is in review: you cannot void it now."
    assert (
        say_refusal(state, "fr")
        == "La soumission 12 est en revue : l'action « annuler » n'est pas possible maintenant."
    )


def test_what_the_database_never_said_stays_as_it_is() -> None:
    assert say_refusal("Something else went wrong.", "fr") == "Something else went wrong."
