"""Read an xBRL-XML instance as the supervisor takes it for reference dates before 2026-03-31.

A fact there names its concept and dimensions; the dictionary says in which cells of the reported templates it
stands. What comes out is what an xBRL-CSV package with the same facts would give.

References
----------
XBRL International, *XBRL 2.1*, *XBRL Dimensions 1.0*; EBA Filing Rules 5.8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lxml import etree

from plimsoll.dictionary import Cell, Dictionary, Module, Table
from plimsoll.errors import NotInDictionary, PackageError
from plimsoll.returns.reading import FactLine, ReportPackage, TableFile
from plimsoll.returns.verdict.values import parse_date

__all__ = ["read_instance"]

_XBRLI = "{http://www.xbrl.org/2003/instance}"
_LINK = "{http://www.xbrl.org/2003/linkbase}"
_XBRLDI = "{http://xbrl.org/2006/xbrldi}"
_FIND = "{http://www.eurofiling.info/xbrl/ext/filing-indicators}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_DICTIONARY = "http://www.eba.europa.eu/xbrl/crr/dict/"
_SCHEMES = {"https://eurofiling.info/eu/rs": "rs", "http://standards.iso.org/iso/17442": "lei"}
Element = Any
"""An element of the instance: lxml has no types."""
_MOST = 20
"""Problems told in one error; an instance with more is refused all the same."""


@dataclass(frozen=True)
class _Context:
    """Who, when, and the dimensions with the dictionary's names."""

    entity: str
    instant: str
    dimensions: Mapping[str, str]


def read_instance(name: str, data: bytes, dictionary: Dictionary) -> ReportPackage:
    """Return what an instance says, as the package of the same facts.

    Parameters
    ----------
    name
        The file's name, for messages.
    data
        Its bytes.
    dictionary
        The supervisor's dictionary, which places each fact.

    Raises
    ------
    PackageError
        It is not an XBRL instance of a module the dictionary holds, or a fact has no cell in the templates it
        reports; the message names the line.
    """
    return _Instance(name, data).package(dictionary)


class _Instance:
    """One instance being read."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data = name, data
        self.root = self._parse()
        self.contexts = {
            str(element.get("id")): self._context(element) for element in self.root.iter(f"{_XBRLI}context")
        }
        self.units = {
            str(element.get("id")): _measure(element) for element in self.root.iter(f"{_XBRLI}unit")
        }

    def package(self, dictionary: Dictionary) -> ReportPackage:
        """Return the instance as a package."""
        entity, instant = self._one("entity"), self._one("instant")
        module = self._module(dictionary, instant)
        indicators = tuple(self._indicators())
        placed, currency = self._place(module, {code for code, filed in indicators if filed == "true"})
        return ReportPackage(
            name=self.name,
            sha256=hashlib.sha256(self.data).hexdigest(),
            root="",
            files=(self.name,),
            entry_point=module.entry_point,
            parameter_rows=(
                ("entityID", entity),
                ("refPeriod", instant),
                *((("baseCurrency", currency),) if currency else ()),
            ),
            indicator_rows=indicators,
            tables=placed,
        )

    def _parse(self) -> Element:
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(self.data, parser)
        except etree.XMLSyntaxError as error:
            raise PackageError(f"{self.name}, line {error.lineno or 1}: not XML: {error.msg}") from error
        if root.getroottree().docinfo.doctype:
            raise PackageError(f"{self.name}, line 1: an instance must not have a document type declaration")
        if root.tag != f"{_XBRLI}xbrl":
            raise PackageError(f"{self.name}, line {root.sourceline}: not an XBRL instance")
        return root

    def _context(self, element: Element) -> _Context:
        identifier = element.find(f"{_XBRLI}entity/{_XBRLI}identifier")
        instant = element.find(f"{_XBRLI}period/{_XBRLI}instant")
        if identifier is None or instant is None:
            raise self._error(element, "a context must have an entity's identifier and an instant")
        scheme = _SCHEMES.get(str(identifier.get("scheme")), str(identifier.get("scheme")))
        dimensions: dict[str, str] = {}
        for member in element.iter(f"{_XBRLDI}explicitMember"):
            dimensions[self._name(member, str(member.get("dimension")))] = self._name(member, _text(member))
        for member in element.iter(f"{_XBRLDI}typedMember"):
            inner = "".join(_text(child) for child in member)
            dimensions[self._name(member, str(member.get("dimension")))] = inner
        return _Context(f"{scheme}:{_text(identifier)}", _text(instant), MappingProxyType(dimensions))

    def _name(self, element: Element, qualified: str) -> str:
        """Return a qualified name as the dictionary writes it, whatever prefix the instance chose."""
        prefix, _, local = qualified.rpartition(":")
        namespace = element.nsmap.get(prefix or None)
        if namespace is None:
            raise self._error(element, f"{qualified!r} has a prefix that is not declared")
        return _named(namespace, local)

    def _error(self, element: Element, sentence: str) -> PackageError:
        return PackageError(f"{self.name}, line {element.sourceline}: {sentence}")

    def _one(self, what: str) -> str:
        found = sorted({str(getattr(context, what)) for context in self.contexts.values()})
        if len(found) != 1:
            raise PackageError(f"{self.name}: all contexts must have one {what}, found {found or 'none'}")
        return found[0]

    def _module(self, dictionary: Dictionary, instant: str) -> Module:
        references = [str(element.get(_HREF)) for element in self.root.iter(f"{_LINK}schemaRef")]
        if len(references) != 1:
            raise PackageError(f"{self.name}: an instance names one schema, this one {len(references)}")
        code = references[0].rpartition("/")[2].removesuffix(".xsd").upper()
        try:
            module = dictionary.module(code, parse_date(instant))
        except (NotInDictionary, ValueError) as error:
            raise PackageError(f"{self.name}: the reporting module cannot be told: {error}") from error
        if module.entry_point.removesuffix(".json") != references[0].removesuffix(".xsd"):
            expected = module.entry_point.removesuffix(".json") + ".xsd"
            raise PackageError(
                f"{self.name}: reference date {instant} is reported with {expected}, not {references[0]}"
            )
        return module

    def _indicators(self) -> Iterator[tuple[str, str]]:
        for element in self.root.iter(f"{_FIND}filingIndicator"):
            yield _text(element), element.get(f"{_FIND}filed", "true")

    def _place(self, module: Module, reported: set[str]) -> tuple[tuple[TableFile, ...], str]:
        """Return the facts by table file, and the currency of those that take the report's."""
        index = _Index(module, reported)
        held: dict[str, list[FactLine]] = {}
        currencies: dict[str, Element] = {}
        problems: list[str] = []
        for element in self._facts():
            try:
                cells = self._cells(element, index)
            except PackageError as error:
                problems.append(str(error))
                continue
            for table, cell in cells:
                if cell.unit == "$baseCurrency":
                    currencies.setdefault(self.units.get(str(element.get("unitRef")), ""), element)
                held.setdefault(table.code, []).append(self._line(element, table, cell))
        if len(currencies) > 1:
            first = next(reversed(currencies.values()))
            problems.append(str(self._error(first, f"two reporting currencies: {', '.join(currencies)}")))
        if problems:
            more = f"\n… and {len(problems) - _MOST} more" if len(problems) > _MOST else ""
            raise PackageError("\n".join(problems[:_MOST]) + more)
        tables = (module.table(code) for code in sorted(held))
        return tuple(
            TableFile(table.file, _header(table), tuple(held[table.code])) for table in tables
        ), next(iter(currencies), "")

    def _facts(self) -> Iterator[Element]:
        return (element for element in self.root if str(element.tag).startswith(f"{{{_DICTIONARY}met"))

    def _cells(self, element: Element, index: _Index) -> list[tuple[Table, Cell]]:
        context = self.contexts.get(str(element.get("contextRef")))
        if context is None:
            raise self._error(element, f"the context {element.get('contextRef')!r} is not there")
        if element.get(_NIL) in ("true", "1"):
            raise self._error(element, "a fact must not be nil; leave out what is not reported")
        concept = _concept(element)
        found = index.find(concept, context.dimensions)
        if not found:
            named = ", ".join(f"{name} = {value}" for name, value in sorted(context.dimensions.items()))
            raise self._error(
                element, f"{concept} ({named or 'no dimensions'}) has no cell in the templates reported"
            )
        return found

    def _line(self, element: Element, table: Table, cell: Cell) -> FactLine:
        dimensions = self.contexts[str(element.get("contextRef"))].dimensions
        keys = {key.code: dimensions[key.dimension] for key in table.open_keys}
        if table.states_unit:
            keys["unit"] = self.units.get(str(element.get("unitRef")), "") if cell.unit == "$unit" else ""
        value = _text(element)
        if cell.data_type == "e":
            value = self._name(element, value)
        return FactLine(
            table.file,
            element.sourceline,
            cell.datapoint,
            value,
            MappingProxyType(keys),
            str(element.get("decimals", "")),
            self.name,
        )


class _Index:
    """The cells of the reported templates by concept and dimensions; open keys stand apart."""

    def __init__(self, module: Module, reported: set[str]) -> None:
        self._cells: dict[tuple[str, frozenset[tuple[str, str]]], list[tuple[Table, Cell]]] = {}
        self._keys: dict[frozenset[str], None] = {}
        for template in module.templates:
            for code in template.tables if template.code in reported else ():
                table = module.table(code)
                self._keys[frozenset(key.dimension for key in table.open_keys)] = None
                for cell in table.cells.values():
                    name = (cell.concept, frozenset(cell.dimensions.items()))
                    self._cells.setdefault(name, []).append((table, cell))

    def find(self, concept: str, dimensions: Mapping[str, str]) -> list[tuple[Table, Cell]]:
        """Return every cell a fact stands in: the same fact may recur in several tables."""
        found = []
        for keys in self._keys:
            if not keys <= dimensions.keys():
                continue
            rest = frozenset((name, value) for name, value in dimensions.items() if name not in keys)
            for table, cell in self._cells.get((concept, rest), ()):
                if {key.dimension for key in table.open_keys} == keys and _allowed(table, dimensions):
                    found.append((table, cell))
        return found


def _allowed(table: Table, dimensions: Mapping[str, str]) -> bool:
    return all(
        not key.members or any(member.name == dimensions[key.dimension] for member in key.members)
        for key in table.open_keys
    )


def _header(table: Table) -> tuple[str, ...]:
    unit = ("unit",) if table.states_unit else ()
    return ("datapoint", "factValue", *unit, *(key.code for key in table.open_keys))


def _measure(unit: Element) -> str:
    return "".join(_text(measure) for measure in unit.iter(f"{_XBRLI}measure"))


def _concept(element: Element) -> str:
    namespace, _, local = str(element.tag).removeprefix("{").partition("}")
    return _named(namespace, local)


def _named(namespace: str, local: str) -> str:
    """Return `eba_dim_4.0:qEBB` of the dictionary's namespaces; other names keep theirs."""
    if not namespace.startswith(_DICTIONARY):
        return f"{{{namespace}}}{local}"
    kind, _, rest = namespace.removeprefix(_DICTIONARY).partition("/")
    prefix = f"eba_{rest}" if kind == "dom" else f"eba_{kind}{'_' if rest else ''}{rest}"
    return f"{prefix}:{local}"


def _text(element: Element) -> str:
    return (element.text or "").strip()
