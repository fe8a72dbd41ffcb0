"""The supervisor's dictionary: the EBA's modules, tables, cells and validation rules, by reference date."""

from __future__ import annotations

from plimsoll.dictionary.build import build_dictionary
from plimsoll.dictionary.changes import Change, Changes, list_changes
from plimsoll.dictionary.model import Cell, Header, Member, Module, OpenKey, Rule, Table, Template
from plimsoll.dictionary.reading import Dictionary, dictionary_folder, open_dictionary

__all__ = [
    "Cell",
    "Change",
    "Changes",
    "Dictionary",
    "Header",
    "Member",
    "Module",
    "OpenKey",
    "Rule",
    "Table",
    "Template",
    "build_dictionary",
    "dictionary_folder",
    "list_changes",
    "open_dictionary",
]
