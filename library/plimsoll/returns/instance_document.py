"""Writes a filled return as an xBRL-XML instance: the form for reference dates before 2026-03-31.

The bytes depend on the return alone: contexts are numbered in the order of their dimensions, facts stand in
the order of their names, and each fact stands once however many cells show it.

References
----------
XBRL International, *XBRL 2.1*, *XBRL Dimensions 1.0*; EBA Filing Rules 5.8.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from plimsoll.dictionary import Cell, Dictionary, Module, Table, open_dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import KEY_SEPARATOR
from plimsoll.returns.packaging import Package, package_name
from plimsoll.returns.return_ import Fact, Return

__all__ = ["LAST_DAY", "write_instance"]

LAST_DAY = datetime.date(2026, 3, 30)
"""The last reference date an instance is taken for: from 2026-03-31 on it is xBRL-CSV (filing rules 5.8)."""

_DICTIONARY = "http://www.eba.europa.eu/xbrl/crr/dict/"
_FIXED = {
    "find": "http://www.eurofiling.info/xbrl/ext/filing-indicators",
    "iso4217": "http://www.xbrl.org/2003/iso4217",
    "link": "http://www.xbrl.org/2003/linkbase",
    "xbrldi": "http://xbrl.org/2006/xbrldi",
    "xbrli": "http://www.xbrl.org/2003/instance",
    "xlink": "http://www.w3.org/1999/xlink",
}
_PURE = "uPURE"

Dimensions = tuple[tuple[str, str, str], ...]
"""Of a fact: dimension, value, and the typed domain (empty for an explicit member), sorted."""


@dataclass(frozen=True, order=True)
class _Item:
    """A fact as the instance holds it."""

    concept: str
    dimensions: Dimensions
    unit: str
    decimals: str
    value: str


def write_instance(
    filled: Return,
    out_dir: Path | str,
    *,
    created: datetime.datetime | None = None,
    dictionary: Dictionary | None = None,
) -> Package:
    """Write the xBRL-XML instance of a return into a folder.

    Parameters
    ----------
    filled
        The return.
    out_dir
        The folder, made if absent.
    created
        The time in the file's name; the reference date at midnight when omitted.
    dictionary
        The supervisor's dictionary; the built one when omitted.

    Raises
    ------
    ReturnError
        The reference date takes xBRL-CSV only, or the return was filled with another version of the module.
    """
    if filled.reference_date > LAST_DAY:
        raise ReturnError(f"{filled.reference_date} is filed as xBRL-CSV: instances end with {LAST_DAY}")
    module = (dictionary or open_dictionary()).module(filled.module, on=filled.reference_date)
    if module.version != filled.version:
        raise ReturnError(
            f"the return was filled with {filled.module} {filled.version}, "
            f"but the dictionary has {module.version}: fill it again"
        )
    content = _Document(filled, module).text().encode("utf-8")
    path = Path(out_dir) / f"{package_name(filled, module, created)}.xbrl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Package(path, hashlib.sha256(content).hexdigest())


class _Document:
    """One instance being written."""

    def __init__(self, filled: Return, module: Module) -> None:
        self.filled, self.module = filled, module
        self.items = sorted({self._item(fact) for fact in filled.facts})
        found = sorted({item.dimensions for item in self.items})
        self.contexts = {dimensions: f"c{number}" for number, dimensions in enumerate(found, 1)}

    def text(self) -> str:
        """Return the whole instance."""
        schema = self.module.entry_point.removesuffix(".json") + ".xsd"
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<xbrli:xbrl{self._namespaces()}>",
            f'<link:schemaRef xlink:type="simple" xlink:href={quoteattr(schema)}/>',
            *self._units(),
            *self._context("cfi", ()),
            "<find:fIndicators>",
            *self._indicators(),
            "</find:fIndicators>",
        ]
        for dimensions, name in self.contexts.items():
            lines += self._context(name, dimensions)
        lines += [self._fact(item) for item in self.items]
        return "\n".join([*lines, "</xbrli:xbrl>"]) + "\n"

    def _item(self, fact: Fact) -> _Item:
        table = self.module.table(fact.table)
        named = dict(zip([key.code for key in table.row_keys], fact.row.split(KEY_SEPARATOR), strict=False))
        cell = table.cell(None if named else fact.row, fact.column)
        numeric = isinstance(fact.value, Decimal)
        return _Item(
            concept=cell.concept,
            dimensions=_dimensions(fact, table, cell, named),
            unit=self._unit(cell) if numeric else "",
            decimals=str({"decimalsInteger": 0, **self.filled.decimals}[cell.decimals or ""])
            if numeric
            else "",
            value=format(fact.value, "f") if isinstance(fact.value, Decimal) else fact.value,
        )

    def _unit(self, cell: Cell) -> str:
        if cell.unit == "$unit":
            raise ReturnError(f"{cell.datapoint} states its own currency, which no definition gives yet")
        return f"u{self.filled.entity.currency}" if cell.unit else _PURE

    def _namespaces(self) -> str:
        """Return the declarations of every prefix in use, sorted."""
        prefixes = {name.partition(":")[0] for item in self.items for name in _names(item)}
        used = {prefix: _namespace(prefix) for prefix in prefixes} | _FIXED
        if any(domain for item in self.items for _, _, domain in item.dimensions):
            used["eba_typ"] = f"{_DICTIONARY}typ"
        return "".join(f' xmlns:{prefix}="{used[prefix]}"' for prefix in sorted(used))

    def _units(self) -> Iterator[str]:
        for unit in sorted({item.unit for item in self.items if item.unit}):
            measure = "xbrli:pure" if unit == _PURE else f"iso4217:{unit[1:]}"
            yield f'<xbrli:unit id="{unit}"><xbrli:measure>{measure}</xbrli:measure></xbrli:unit>'

    def _context(self, name: str, dimensions: Dimensions) -> list[str]:
        entity = self.filled.entity
        members = [
            f'<xbrldi:typedMember dimension="{dimension}"><eba_typ:{domain}>{escape(value)}</eba_typ:{domain}>'
            "</xbrldi:typedMember>"
            if domain
            else f'<xbrldi:explicitMember dimension="{dimension}">{value}</xbrldi:explicitMember>'
            for dimension, value, domain in dimensions
        ]
        scenario = ["<xbrli:scenario>", *members, "</xbrli:scenario>"] if members else []
        return [
            f'<xbrli:context id="{name}">',
            '<xbrli:entity><xbrli:identifier scheme="https://eurofiling.info/eu/rs">'
            f"{entity.lei}.{entity.scope}</xbrli:identifier></xbrli:entity>",
            f"<xbrli:period><xbrli:instant>{self.filled.reference_date}</xbrli:instant></xbrli:period>",
            *scenario,
            "</xbrli:context>",
        ]

    def _indicators(self) -> Iterator[str]:
        for code in sorted(self.filled.indicators):
            filed = "" if self.filled.indicators[code] else ' find:filed="false"'
            yield f'<find:filingIndicator contextRef="cfi"{filed}>{code}</find:filingIndicator>'

    def _fact(self, item: _Item) -> str:
        numeric = f' unitRef="{item.unit}" decimals="{item.decimals}"' if item.unit else ""
        context = self.contexts[item.dimensions]
        return f'<{item.concept} contextRef="{context}"{numeric}>{escape(item.value)}</{item.concept}>'


def _dimensions(fact: Fact, table: Table, cell: Cell, named: dict[str, str]) -> Dimensions:
    """Return a fact's dimensions: those of its cell, and its open keys."""
    found = [(dimension, member, "") for dimension, member in cell.dimensions.items()]
    for key in table.open_keys:
        if not key.members and not key.domain:
            raise ReturnError(
                f"{table.code}: the typed domain of {key.code} is not in the data point model, "
                "so an instance cannot hold it: file xBRL-CSV"
            )
        found.append(
            (key.dimension, named.get(key.code, fact.sheet or ""), "" if key.members else key.domain)
        )
    return tuple(sorted(found))


def _names(item: _Item) -> Iterator[str]:
    """Return the qualified names an item uses."""
    yield item.concept
    for dimension, value, domain in item.dimensions:
        yield dimension
        if not domain:
            yield value
    if not item.unit and item.value.startswith("eba_"):
        yield item.value


def _namespace(prefix: str) -> str:
    """Return the namespace of `eba_met_4.2`, `eba_dim` or a domain's prefix, as the dictionary has them."""
    kind, _, version = prefix.removeprefix("eba_").partition("_")
    if kind in ("met", "dim"):
        return f"{_DICTIONARY}{kind}/{version}" if version else f"{_DICTIONARY}{kind}"
    return f"{_DICTIONARY}dom/{prefix.removeprefix('eba_')}"
