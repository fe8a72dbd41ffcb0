"""The XML schemas of the reconstructed taxonomy: names and types, with the supervisor's addresses.

References
----------
XBRL International, *XBRL 2.1* and *XBRL Dimensions 1.0*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import quoteattr

from plimsoll.dictionary.model import Table

__all__ = [
    "HOST",
    "INDICATORS",
    "INDICATORS_NAMESPACE",
    "XBRL",
    "module_schema",
    "namespace_of",
    "schemas",
    "typed_domains",
]

HOST = "http://www.eba.europa.eu/"
XBRL = "eu/fr/xbrl/"
_DICT = f"{XBRL}crr/dict/"
_NAMESPACE = f"{HOST}xbrl/crr/dict/"
INDICATORS = "https://www.xbrl.org/taxonomy/int/filing-indicators/REC/2021-02-03/filing-indicators.xsd"
INDICATORS_NAMESPACE = "http://www.xbrl.org/taxonomy/int/filing-indicators/REC/2021-02-03"
_FIND = "http://www.eurofiling.info/eu/fr/xbrl/ext/filing-indicators.xsd"
_FIND_NAMESPACE = "http://www.eurofiling.info/xbrl/ext/filing-indicators"
_TYPED_PATH = f"www.eba.europa.eu/{_DICT}dom/typ.xsd"

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


def typed_domains(tables: Iterable[Table]) -> dict[str, str]:
    """Return, by typed dimension, the domain its values stand in and its data type: `INC` to `CC s`."""
    keys = [key for table in tables for key in table.open_keys if key.domain and key.data_type != "e"]
    return {key.code: f"{key.domain} {key.data_type}" for key in keys}


def _typed_schema(domains: Mapping[str, str]) -> str:
    body = "\n".join(
        f'<xs:element name="{name}" id="eba_{name}" type="{_TYPED.get(data_type, "xs:string")}"/>'
        for name, _, data_type in sorted({domain.partition(" ") for domain in domains.values()})
    )
    return _SCHEMA.format(namespace=f"{_NAMESPACE}typ", prefix="eba_typ", imports=_IMPORTS, body=body)


def schemas(names: Mapping[str, Mapping[str, str]], domains: Mapping[str, str]) -> dict[str, str]:
    """Return the schema files by path: names by prefix, each with its data type, and the typed domains."""
    files = {_schema_path(prefix): _schema(prefix, found, domains) for prefix, found in names.items()}
    return {**files, _TYPED_PATH: _typed_schema(domains), _FIND.removeprefix("http://"): _FIND_SCHEMA}


def namespace_of(prefix: str) -> str:
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


def _schema(prefix: str, names: Mapping[str, str], domains: Mapping[str, str]) -> str:
    kind = prefix.removeprefix("eba_").partition("_")[0]
    typed = sorted({_TYPED.get(t, "xs:string") for t in names.values() if t}) if kind == "dim" else []
    lines = [
        f"<xs:element name={quoteattr(name)} id={quoteattr('eba_' + name)} "
        f"{_attributes(kind, data_type, domains.get(name, ''))} "
        'nillable="true" xbrli:periodType="instant"/>'
        for name, data_type in sorted(names.items())
    ]
    for value in typed:
        local = value.partition(":")[2]
        lines.append(f'<xs:element name="typ_{local}" id="typ_{local}" type="{value}"/>')
    imports = _IMPORTS
    if kind == "dim" and any(
        name in domains for name in names
    ):  # else the domains are outside the set of schemas
        imports += f'\n<xs:import namespace="{_NAMESPACE}typ" schemaLocation="http://{_TYPED_PATH}"/>'
    return _SCHEMA.format(
        namespace=namespace_of(prefix), prefix=prefix, imports=imports, body="\n".join(lines)
    )


def _attributes(kind: str, data_type: str, domain: str) -> str:
    if kind == "met":
        return f'type="{_TYPES[data_type]}" substitutionGroup="xbrli:item"'
    if kind != "dim":
        return 'type="xbrli:stringItemType" substitutionGroup="xbrli:item" abstract="true"'
    attributes = 'type="xbrli:stringItemType" substitutionGroup="xbrldt:dimensionItem" abstract="true"'
    if domain:
        attributes += f' xbrldt:typedDomainRef="http://{_TYPED_PATH}#eba_{domain.partition(" ")[0]}"'
    elif data_type:
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


_FIND_SCHEMA = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- Reconstructed by Plimsoll: the filing indicators of XBRL instances. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xbrli="http://www.xbrl.org/2003/instance" \
xmlns:find="{_FIND_NAMESPACE}" targetNamespace="{_FIND_NAMESPACE}" elementFormDefault="qualified">
<xs:import namespace="http://www.xbrl.org/2003/instance" \
schemaLocation="http://www.xbrl.org/2003/xbrl-instance-2003-12-31.xsd"/>
<xs:attribute name="filed" type="xs:boolean" default="true"/>
<xs:element name="filingIndicator" id="find_filingIndicator" substitutionGroup="xbrli:item" \
xbrli:periodType="instant" nillable="true">
<xs:complexType><xs:simpleContent><xs:extension base="xbrli:stringItemType">
<xs:attribute ref="find:filed"/>
</xs:extension></xs:simpleContent></xs:complexType>
</xs:element>
<xs:element name="fIndicators" id="find_fIndicators" substitutionGroup="xbrli:tuple" nillable="false">
<xs:complexType><xs:complexContent><xs:restriction base="xs:anyType"><xs:sequence>
<xs:element ref="find:filingIndicator" maxOccurs="unbounded"/>
</xs:sequence><xs:attribute name="id" type="xs:ID"/></xs:restriction></xs:complexContent></xs:complexType>
</xs:element>
</xs:schema>
"""


def module_schema(url: str, prefixes: Sequence[str]) -> str:
    """Return the schema of a module's entry point, which imports all others."""
    body = "\n".join(
        f'<xs:import namespace="{namespace_of(prefix)}" schemaLocation="{_location(prefix)}"/>'
        for prefix in prefixes
    )
    body += f'\n<xs:import namespace="{INDICATORS_NAMESPACE}" schemaLocation="{INDICATORS}"/>'
    body += f'\n<xs:import namespace="{_NAMESPACE}typ" schemaLocation="http://{_TYPED_PATH}"/>'
    body += f'\n<xs:import namespace="{_FIND_NAMESPACE}" schemaLocation="{_FIND}"/>'
    return _SCHEMA.format(namespace=url.removesuffix(".json"), prefix="eba_mod", imports=_IMPORTS, body=body)
