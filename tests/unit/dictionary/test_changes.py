"""What a release changed, held to what both versions say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from plimsoll.dictionary import Changes, Dictionary, list_changes, open_dictionary
from plimsoll.dictionary.__main__ import main
from plimsoll.errors import NotInDictionary

DECEMBER, JUNE = date(2025, 12, 31), date(2026, 6, 30)


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture(scope="module")
def own_funds(dictionary: Dictionary) -> Changes:
    return list_changes("corep_of", DECEMBER, JUNE, dictionary)


def test_the_versions_are_named(own_funds: Changes) -> None:
    assert (own_funds.module, own_funds.before, own_funds.after) == ("COREP_OF", "4.0.0", "4.1.0")


def test_known_changes_are_found(own_funds: Changes) -> None:
    told = {(change.kind, change.action, change.table, change.code) for change in own_funds.items}
    assert ("template", "added", "", "C_16.02") in told
    assert ("table", "removed", "C_34.02", "C_34.02") in told
    assert ("table", "added", "C_34.02.a", "C_34.02.a") in told
    (split,) = [change for change in own_funds.items if change.code == "C_34.02" and change.what == "tables"]
    assert (split.before, split.after) == ("C_34.02", "C_34.02.a, C_34.02.b")
    (rule,) = [change for change in own_funds.items if change.code == "e22961_n" and change.what == "active"]
    assert (rule.before, rule.after) == ("no", "yes")
    assert str(rule) == "changed rule e22961_n, active: no → yes"


def test_what_is_added_is_new_and_what_is_removed_was_old(own_funds: Changes, dictionary: Dictionary) -> None:
    old, new = (dictionary.module("COREP_OF", on=day) for day in (DECEMBER, JUNE))
    rules = [{rule.code for rule in dictionary.rules(module)} for module in (old, new)]
    both = set(old.tables) & set(new.tables)
    for kind, before, after in (
        ("table", set(old.tables), set(new.tables)),
        ("rule", *rules),
        ("row", *({(c, r.code) for c in both for r in m.table(c).rows} for m in (old, new))),
    ):
        told = {
            action: {
                (change.table, change.code) if kind == "row" else change.code
                for change in own_funds.items
                if change.kind == kind and change.action == action
            }
            for action in ("added", "removed")
        }
        assert told == {"added": after - before, "removed": before - after}, kind


def test_the_other_way_round_is_the_mirror_image(own_funds: Changes, dictionary: Dictionary) -> None:
    back = list_changes("COREP_OF", JUNE, DECEMBER, dictionary).counts()
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert back == {(kind, turned[action]): number for (kind, action), number in own_funds.counts().items()}


def test_one_version_has_no_changes(dictionary: Dictionary) -> None:
    found = list_changes("COREP_OF", JUNE, date(2026, 9, 30), dictionary)
    assert (found.items, len(found.frame())) == ((), 0)


def test_an_unknown_module_is_named(dictionary: Dictionary) -> None:
    with pytest.raises(NotInDictionary, match="nearest is COREP_OF"):
        list_changes("COREP_OFF", DECEMBER, JUNE, dictionary)


def test_the_command_lists_them(capsys: pytest.CaptureFixture[str], dictionary_path: Path) -> None:
    assert main(["changes", "COREP_LR", "2025-12-31", "2026-06-30", "--kind", "key"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("COREP_LR 4.0.0 → 4.1.0: ")
    assert all(" key " in line for line in lines[:-1])
    assert len(lines) == 3
    assert main(["changes", "NOVEL", "2025-12-31", "2026-06-30"]) == 3
