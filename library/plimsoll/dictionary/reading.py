"""Opens a built dictionary and answers questions about it."""

from __future__ import annotations

import os
import sqlite3
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from plimsoll.dictionary.build import store_name
from plimsoll.dictionary.model import Cell, Header, Member, Module, OpenKey, Rule, Table, Template, nearest
from plimsoll.dictionary.store import unpack
from plimsoll.errors import DictionaryMissing, NotInDictionary

__all__ = ["Dictionary", "dictionary_folder", "open_dictionary"]

_REPOSITORY = Path(__file__).resolve().parents[3]


def dictionary_folder() -> Path:
    """Return where the dictionary is: `PLIMSOLL_DICTIONARY`, else `dictionary` in the data folder."""
    named = os.environ.get("PLIMSOLL_DICTIONARY")
    if named:
        return Path(named)
    return Path(os.environ.get("PLIMSOLL_DATA") or _REPOSITORY / "var") / "dictionary"


def open_dictionary(path: Path | str | None = None) -> Dictionary:
    """Open the dictionary of a folder (or its file); the same path gives the same object.

    Raises
    ------
    DictionaryMissing
        The folder has no dictionary that this version builds.
    """
    place = Path(path) if path is not None else dictionary_folder()
    file = place if place.is_file() else place / store_name()
    if not file.is_file():
        raise DictionaryMissing(f"{DictionaryMissing.__doc__} Looked for {file}.")
    return _open(file.resolve())


@cache
def _open(file: Path) -> Dictionary:
    return Dictionary(file)


class Dictionary:
    """Modules by reference date, their tables and rules. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        summaries = [unpack(row[0]) for row in self._ask("SELECT summary FROM module ORDER BY vid")]
        self._modules = tuple(self._module(summary) for summary in summaries)
        self._tables: dict[tuple[int, str], Table] = {}
        self._rules: dict[int, tuple[Rule, ...]] = {}

    @property
    def origin(self) -> dict[str, str]:
        """The packages it was built from: name to version and hash."""
        return dict(self._ask("SELECT name, value FROM origin"))

    def modules(self, on: date | None = None) -> tuple[Module, ...]:
        """Return the module versions in force on a reference date, or all of them."""
        return tuple(module for module in self._modules if on is None or module.in_force(on))

    def module(self, code: str, on: date) -> Module:
        """Return the version of a module that a reference date is reported with.

        Raises
        ------
        NotInDictionary
            No such module (the nearest is named), or none in force on that date.
        """
        wanted = code.upper()
        versions = [module for module in self._modules if module.code == wanted]
        if not versions:
            known = sorted({module.code for module in self._modules})
            raise NotInDictionary(f"the dictionary has no module {code}{nearest(wanted, known)}")
        for module in versions:
            if module.in_force(on):
                return module
        held = ", ".join(f"{module.from_date} to {module.to_date or 'further notice'}" for module in versions)
        raise NotInDictionary(f"the dictionary has no {wanted} for {on}; it has {held}")

    def rules(self, module: Module) -> tuple[Rule, ...]:
        """Return the validation rules current for a module, inactive ones too."""
        if module.vid not in self._rules:
            documents = unpack(self._ask("SELECT rules FROM module WHERE vid = ?", module.vid)[0][0])
            self._rules[module.vid] = tuple(_rule(document) for document in documents)
        return self._rules[module.vid]

    def source_json(self, module: Module) -> dict[str, Any]:
        """Return the taxonomy metadata the module was built from, as packaged."""
        found: dict[str, Any] = unpack(self._ask("SELECT source FROM module WHERE vid = ?", module.vid)[0][0])
        return found

    def _module(self, summary: dict[str, Any]) -> Module:
        vid: int = summary["vid"]
        ends = summary["to_date"]
        return Module(
            code=summary["code"],
            name=summary["name"],
            version=summary["version"],
            vid=vid,
            framework=summary["framework"],
            from_date=date.fromisoformat(summary["from_date"]),
            to_date=date.fromisoformat(ends) if ends else None,
            entry_point=summary["entry_point"],
            templates=tuple(Template(code, label, tuple(held)) for code, label, held in summary["templates"]),
            tables=tuple(summary["tables"]),
            read_table=lambda code: self._table(vid, code),
        )

    def _table(self, vid: int, code: str) -> Table:
        if (vid, code) not in self._tables:
            query = "SELECT document FROM module_table WHERE vid = ? AND code = ?"
            self._tables[vid, code] = _table(unpack(self._ask(query, vid, code)[0][0]))
        return self._tables[vid, code]

    def _ask(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Ask with a connection of its own: opened in a millisecond, so no thread shares one."""
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()


def _rule(document: dict[str, Any]) -> Rule:
    return Rule(**{**document, "modules": tuple(document["modules"]), "tables": tuple(document["tables"])})


def _headers(documents: list[list[Any]]) -> tuple[Header, ...]:
    return tuple(Header(*document) for document in documents)


def _open_key(document: dict[str, Any]) -> OpenKey:
    return OpenKey(
        code=document["code"],
        dimension=document["dimension"],
        axis=document["axis"],
        header=document["header"],
        label=document["label"],
        data_type=document["data_type"],
        members=tuple(Member(*member) for member in document["members"]),
        domain=document["domain"],
    )


def _cell(document: list[Any]) -> Cell:
    row, column, sheet, *described = document
    datapoint, data_type, sign, nullable, concept, dimensions, unit, decimals, allowed = described
    return Cell(
        row=row,
        column=column,
        sheet=sheet,
        datapoint=datapoint,
        data_type=data_type,
        sign=sign,
        nullable=nullable,
        concept=concept,
        dimensions=MappingProxyType(dimensions),
        unit=unit,
        decimals=decimals,
        allowed_values=tuple(allowed),
    )


def _table(document: dict[str, Any]) -> Table:
    cells = [_cell(cell) for cell in document["cells"]]
    return Table(
        code=document["code"],
        label=document["label"],
        template=document["template"],
        file=document["file"],
        rows=_headers(document["rows"]),
        columns=_headers(document["columns"]),
        sheets=_headers(document["sheets"]),
        open_keys=tuple(_open_key(key) for key in document["open_keys"]),
        open_axes=tuple(document["open_axes"]),
        states_unit=document["states_unit"],
        cells=MappingProxyType({(cell.row, cell.column, cell.sheet): cell for cell in cells}),
    )
