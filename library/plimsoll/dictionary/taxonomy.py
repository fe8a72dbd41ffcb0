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
from plimsoll.dictionary.taxonomy_schemas import (
    HOST,
    INDICATORS,
    INDICATORS_NAMESPACE,
    XBRL,
    module_schema,
    namespace_of,
    schemas,
    typed_domains,
)

__all__ = ["TAXONOMY_NAME", "ensure_taxonomy", "write_taxonomy"]

TAXONOMY_NAME = "EBA reporting framework, reconstructed by Plimsoll, not the EBA package"

_FORMAT = 3
"""Raised when the same modules give other bytes, so that an old package is not used."""
_ROOT = "plimsoll-reconstructed-taxonomy"
_CSV = "https://xbrl.org/2021/xbrl-csv"
_EPOCH = (2026, 1, 1, 0, 0, 0)


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
        f"www.eba.europa.eu/{XBRL}ext/2020/FilingIndicators.json": _filing_indicators(),
    }
    names: dict[str, dict[str, str]] = {}
    domains: dict[str, str] = {}
    for module in modules:
        tables = [module.table(code) for code in module.tables]
        used = _used_names(tables)
        for prefix, found in used.items():
            names.setdefault(prefix, {}).update(found)
        domains.update(typed_domains(tables))
        _add_module(files, module, tables, sorted(used))
    files.update(schemas(names, domains))
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


def _add_module(
    files: dict[str, str], module: Module, held: Sequence[Table], prefixes: Sequence[str]
) -> None:
    base = module.entry_point.removeprefix("http://")
    framework = base.rpartition("/mod/")[0]
    namespaces = {prefix: namespace_of(prefix) for prefix in prefixes} | _STANDARD
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
    files[base.removesuffix(".json") + ".xsd"] = module_schema(module.entry_point, prefixes)


def _name(table: Table) -> str:
    """Return the table's name in the metadata: `C_07-00-a`, for a point may not stand in a name there."""
    return table.code.replace(".", "-")


_STANDARD = {
    "eba": "http://www.eba.europa.eu/xbrl/crr",
    "fi": INDICATORS_NAMESPACE,
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
                "namespaces": {"fi": INDICATORS_NAMESPACE},
                "taxonomy": [INDICATORS],
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
<rewriteURI uriStartString="{HOST}" rewritePrefix="../www.eba.europa.eu/"/>
<rewriteURI uriStartString="http://www.eurofiling.info/" rewritePrefix="../www.eurofiling.info/"/>
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
