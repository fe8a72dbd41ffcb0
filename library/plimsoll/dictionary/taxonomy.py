"""A taxonomy package, reconstructed from the dictionary, that lets an XBRL processor work offline.

It has the supervisor's addresses, qualified names, data point codes and xBRL-CSV metadata, and neither
linkbases nor formulas. It is **reconstructed, not the EBA package**, and says so in its own metadata.

References
----------
XBRL International, *Taxonomy Packages 1.0* and *xBRL-CSV 1.0*; EBA Filing Rules 5.8.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from plimsoll.dictionary.model import Module, Table
from plimsoll.dictionary.reading import Dictionary

__all__ = ["TAXONOMY_NAME", "ensure_taxonomy", "write_taxonomy"]

TAXONOMY_NAME = "EBA reporting framework, reconstructed by Plimsoll, not the EBA package"

_FORMAT = 1
"""Raised when the same modules give other bytes, so that an old package is not used."""
_ROOT = "plimsoll-reconstructed-taxonomy"
_HOST = "http://www.eba.europa.eu/"
_XBRL = "eu/fr/xbrl/"
_DICT = f"{_XBRL}crr/dict/"
_NAMESPACE = f"{_HOST}xbrl/crr/dict/"
_INDICATORS = "https://www.xbrl.org/taxonomy/int/filing-indicators/REC/2021-02-03/filing-indicators.xsd"
_INDICATORS_NAMESPACE = "http://www.xbrl.org/taxonomy/int/filing-indicators/REC/2021-02-03"
_CSV = "https://xbrl.org/2021/xbrl-csv"
_EPOCH = (2026, 1, 1, 0, 0, 0)

_TYPES = {
    "m": "xbrli:monetaryItemType",
    "p": "num:percentItemType",
    "i": "xbrli:integerItemType",
    "r": "xbrli:decimalItemType",
    "e": "xbrli:QNameItemType",
    "b": "xbrli:booleanItemType",
    "t": "xbrli:booleanItemType",
    "d": "xbrli:dateItemType",
    "s": "xbrli:stringItemType",
    "es": "xbrli:stringItemType",
    "u": "xbrli:anyURIItemType",
    "dt": "xbrli:dateTimeItemType",
}
_TYPED = {"i": "xs:integer", "d": "xs:date", "b": "xs:boolean", "r": "xs:decimal"}


def ensure_taxonomy(dictionary: Dictionary, into: Path | None = None) -> Path:
    """Return the reconstructed package of every module of a dictionary, building it unless it is there.

    Parameters
    ----------
    dictionary
        The dictionary whose modules it covers.
    into
        The folder to keep it in; the dictionary's own unless named.

    Raises
    ------
    OSError
        The package is not there and the folder cannot be written.
    """
    folder = into or dictionary.path.parent
    target = folder / f"taxonomy-{_FORMAT}-{dictionary.path.stem.removeprefix('dictionary-')}.zip"
    if not target.is_file():
        whole = folder / f".{target.stem}-{os.getpid()}.zip"
        try:
            whole.write_bytes(write_taxonomy(dictionary.modules()))
            whole.replace(target)
        finally:
            whole.unlink(missing_ok=True)
        for old in set(folder.glob("taxonomy-*.zip")) - {target}:
            old.unlink(missing_ok=True)
    return target


def write_taxonomy(modules: Sequence[Module]) -> bytes:
    """Return the bytes of the reconstructed package; the same modules give the same bytes."""
    files: dict[str, str] = {
        "META-INF/taxonomyPackage.xml": _package_xml(modules),
        "META-INF/catalog.xml": _CATALOG,
        f"www.eba.europa.eu/{_XBRL}ext/2020/FilingIndicators.json": _filing_indicators(),
    }
    names: dict[str, dict[str, str]] = {}
    for module in modules:
        tables = [module.table(code) for code in module.tables]
        used = _used_names(tables)
        for prefix, found in used.items():
            names.setdefault(prefix, {}).update(found)
        _add_module(files, module, tables, sorted(used))
    for prefix, found in names.items():
        files[_schema_path(prefix)] = _schema(prefix, found)
    return _zip({f"{_ROOT}/{path}": text for path, text in files.items()})


def _zip(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same bytes on every platform
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def _used_names(tables: Iterable[Table]) -> dict[str, dict[str, str]]:
    """Return, by prefix, each local name and its data type code (empty for members, explicit dimensions)."""
    used: dict[str, dict[str, str]] = {}

    def use(name: str, data_type: str = "") -> None:
        prefix, _, local = name.partition(":")
        used.setdefault(prefix, {})[local] = data_type

    for table in tables:
        for cell in table.cells.values():
            for name in (*cell.dimensions, *cell.dimensions.values(), *cell.allowed_values):
                use(name)
        for key in table.open_keys:
            use(key.dimension, "" if key.data_type == "e" else key.data_type)
            for member in key.members:
                use(member.name)
        for cell in table.cells.values():
            use(cell.concept, cell.data_type)
    return used


def _namespace(prefix: str) -> str:
    """Return the namespace of ``eba_met``, ``eba_met_4.2``, ``eba_dim_4.0`` or a domain's prefix."""
    kind, _, version = prefix.removeprefix("eba_").partition("_")
    if kind in ("met", "dim"):
        return f"{_NAMESPACE}{kind}/{version}" if version else f"{_NAMESPACE}{kind}"
    return f"{_NAMESPACE}dom/{prefix.removeprefix('eba_')}"


def _schema_path(prefix: str) -> str:
    kind, _, version = prefix.removeprefix("eba_").partition("_")
    if kind in ("met", "dim"):
        return f"www.eba.europa.eu/{_DICT}{kind}/{version + '/' if version else ''}{kind}.xsd"
    return f"www.eba.europa.eu/{_DICT}dom/{prefix.removeprefix('eba_').lower()}/mem.xsd"


def _location(prefix: str) -> str:
    return "http://" + _schema_path(prefix)


def _schema(prefix: str, names: Mapping[str, str]) -> str:
    kind = prefix.removeprefix("eba_").partition("_")[0]
    typed = sorted({_TYPED.get(t, "xs:string") for t in names.values() if t}) if kind == "dim" else []
    lines = [
        f"<xs:element name={quoteattr(name)} id={quoteattr('eba_' + name)} {_attributes(kind, data_type)} "
        'nillable="true" xbrli:periodType="instant"/>'
        for name, data_type in sorted(names.items())
    ]
    for value in typed:
        local = value.partition(":")[2]
        lines.append(f'<xs:element name="typ_{local}" id="typ_{local}" type="{value}"/>')
    return _SCHEMA.format(
        namespace=_namespace(prefix), prefix=prefix, imports=_IMPORTS, body="\n".join(lines)
    )


def _attributes(kind: str, data_type: str) -> str:
    if kind == "met":
        return f'type="{_TYPES[data_type]}" substitutionGroup="xbrli:item"'
    if kind != "dim":
        return 'type="xbrli:stringItemType" substitutionGroup="xbrli:item" abstract="true"'
    attributes = 'type="xbrli:stringItemType" substitutionGroup="xbrldt:dimensionItem" abstract="true"'
    if data_type:
        local = _TYPED.get(data_type, "xs:string").partition(":")[2]
        attributes += f' xbrldt:typedDomainRef="#typ_{local}"'
    return attributes


_IMPORTS = "\n".join(
    f'<xs:import namespace="{namespace}" schemaLocation="{location}"/>'
    for namespace, location in (
        ("http://www.xbrl.org/2003/instance", "http://www.xbrl.org/2003/xbrl-instance-2003-12-31.xsd"),
        ("http://xbrl.org/2005/xbrldt", "http://www.xbrl.org/2005/xbrldt-2005.xsd"),
        ("http://www.xbrl.org/dtr/type/numeric", "http://www.xbrl.org/dtr/type/numeric-2009-12-16.xsd"),
    )
)
_SCHEMA = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Reconstructed by Plimsoll from the data point model, not the EBA package. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xbrli="http://www.xbrl.org/2003/instance" \
xmlns:xbrldt="http://xbrl.org/2005/xbrldt" xmlns:num="http://www.xbrl.org/dtr/type/numeric" \
xmlns:{prefix}="{namespace}" targetNamespace="{namespace}" elementFormDefault="qualified">
{imports}
{body}
</xs:schema>
"""


def _module_schema(url: str, prefixes: Sequence[str]) -> str:
    body = "\n".join(
        f'<xs:import namespace="{_namespace(prefix)}" schemaLocation="{_location(prefix)}"/>'
        for prefix in prefixes
    )
    body += f'\n<xs:import namespace="{_INDICATORS_NAMESPACE}" schemaLocation="{_INDICATORS}"/>'
    return _SCHEMA.format(namespace=url.removesuffix(".json"), prefix="eba_mod", imports=_IMPORTS, body=body)


def _add_module(
    files: dict[str, str], module: Module, held: Sequence[Table], prefixes: Sequence[str]
) -> None:
    base = module.entry_point.removeprefix("http://")
    framework = base.rpartition("/mod/")[0]
    namespaces = {prefix: _namespace(prefix) for prefix in prefixes} | _STANDARD
    extends = ["http://www.eba.europa.eu/eu/fr/xbrl/ext/2020/FilingIndicators.json"]
    tables = {}
    for table in held:
        stem = table.file.removesuffix(".csv")
        path = f"tab/{stem}/{stem}.json"
        extends.append(f"../{path}")
        files[f"{framework}/{path}"] = _table_json(table, namespaces)
        tables[_name(table)] = {
            "template": _name(table),
            "url": table.file,
            "optional": True,
            "eba:documentation": {"FilingIndicator": table.template},
        }
    files[base] = _json(_module_document(module, namespaces, extends, tables))
    files[base.removesuffix(".json") + ".xsd"] = _module_schema(module.entry_point, prefixes)


def _name(table: Table) -> str:
    """Return the table's name in the metadata: `C_07-00-a`, for a point may not stand in a name there."""
    return table.code.replace(".", "-")


_STANDARD = {
    "eba": "http://www.eba.europa.eu/xbrl/crr",
    "fi": _INDICATORS_NAMESPACE,
    "iso4217": "http://www.xbrl.org/2003/iso4217",
    "lei": "http://standards.iso.org/iso/17442",
    "rs": "https://eurofiling.info/eu/rs",
    "xbrl": "https://xbrl.org/2021",
    "xbrli": "http://www.xbrl.org/2003/instance",
}


def _module_document(
    module: Module,
    namespaces: Mapping[str, str],
    extends: Sequence[str],
    tables: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "documentInfo": {
            "documentType": _CSV,
            "namespaces": namespaces,
            "taxonomy": [module.entry_point.rpartition("/")[2].removesuffix(".json") + ".xsd"],
            "extends": extends,
            "features": {"xbrl:allowedDuplicates": "complete"},
            "final": {"features": True, "tables": True, "tableTemplates": True, "taxonomy": True},
            "eba:documentation": {
                "FromReferenceDate": module.from_date.isoformat(),
                "toReferenceDate": module.to_date.isoformat() if module.to_date else None,
                "source": TAXONOMY_NAME,
            },
        },
        "dimensions": {"entity": "$entityID", "period": "$refPeriod@end"},
        "parameterURL": "parameters.csv",
        "tables": tables,
    }


def _table_json(table: Table, namespaces: Mapping[str, str]) -> str:
    groups: dict[str, dict[str, Any]] = {}
    for cell in sorted(table.cells.values(), key=lambda cell: cell.datapoint):
        dimensions = {"concept": cell.concept, **dict(sorted(cell.dimensions.items()))}
        if cell.unit:
            dimensions["unit"] = cell.unit
        groups[cell.datapoint] = {"dimensions": dimensions} | (
            {"decimals": f"${cell.decimals}"} if cell.decimals else {}
        )
    fact = {
        "dimensions": {key.dimension: f"${key.code}" for key in table.open_keys},
        "propertiesFrom": ["datapoint"],
    }
    columns: dict[str, Any] = {"datapoint": {"propertyGroups": groups}, "factValue": fact}
    columns.update({key.code: {} for key in table.open_keys})
    if table.states_unit:
        columns["unit"] = {}
    return _json(
        {
            "documentInfo": {"documentType": _CSV, "namespaces": namespaces},
            "tableTemplates": {_name(table): {"columns": columns}},
        }
    )


def _filing_indicators() -> str:
    columns = {
        "templateID": {},
        "reported": {
            "dimensions": {"concept": "fi:filed", "fi:template": "$templateID"},
        },
    }
    return _json(
        {
            "documentInfo": {
                "documentType": _CSV,
                "namespaces": {"fi": _INDICATORS_NAMESPACE},
                "taxonomy": [_INDICATORS],
            },
            "tableTemplates": {"FilingIndicators": {"columns": columns}},
            "tables": {
                "FilingIndicators": {"template": "FilingIndicators", "url": "FilingIndicators.csv"},
            },
        }
    )


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=None, separators=(",", ":"), sort_keys=False) + "\n"


_CATALOG = f"""<?xml version="1.0" encoding="UTF-8"?>
<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
<rewriteURI uriStartString="{_HOST}" rewritePrefix="../www.eba.europa.eu/"/>
</catalog>
"""


def _package_xml(modules: Sequence[Module]) -> str:
    points = "\n".join(
        f"<tp:entryPoint><tp:name>{module.code} {module.version}</tp:name>"
        f"<tp:entryPointDocument href={quoteattr(module.entry_point)}/></tp:entryPoint>"
        for module in modules
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<tp:taxonomyPackage xmlns:tp="http://xbrl.org/2016/taxonomy-package" xml:lang="en">
<tp:identifier>{_ROOT}</tp:identifier>
<tp:name>{TAXONOMY_NAME}</tp:name>
<tp:description>{TAXONOMY_NAME}: same addresses, names and data points; no linkbases, no formulas.\
</tp:description>
<tp:version>1</tp:version>
<tp:publisher>Plimsoll</tp:publisher>
<tp:entryPoints>
{points}
</tp:entryPoints>
</tp:taxonomyPackage>
"""
