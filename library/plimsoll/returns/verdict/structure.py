"""The pre-check: names, parameters and indicators of a package, in milliseconds, before anything heavy runs.

References
----------
EBA Filing Rules 5.8; ISO 17442 (LEI); ISO 4217 (currencies).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from plimsoll.dictionary import Dictionary, Module
from plimsoll.errors import NotInDictionary
from plimsoll.returns.reading import FACT_COLUMNS, ReportPackage
from plimsoll.returns.verdict.model import Finding, Layer
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.values import VALUE_CHECKS, check_values, parse_date

__all__ = ["CHECKS", "check_structure", "find_module"]

_FILE_NAME = re.compile(
    r"(?P<lei>[A-Z0-9]{18}[0-9]{2})\.(?P<scope>CON|IND|CRDLIQSUBGRP)_(?P<country>[A-Z]{2})_"
    r"(?P<framework>[A-Z][A-Z0-9]*?)(?P<version>\d{6})_(?P<module>[A-Z0-9]+)_"
    r"(?P<date>\d{4}-\d{2}-\d{2})_(?P<created>\d{17})\.zip"
)
_ENTITY = re.compile(r"rs:(?P<lei>[A-Z0-9]{18}[0-9]{2})\.(?P<scope>CON|IND|CRDLIQSUBGRP)")
_MOST = 10_000
"""Bad facts told apart; a package with more is refused all the same."""
_REQUIRED = ("entityID", "refPeriod", "baseCurrency")
_DECIMALS_AT_LEAST = {
    "decimalsMonetary": -4,
    "decimalsPercentage": 4,
    "decimalsInteger": 0,
    "decimalsDecimal": None,
}
_FIXED = {
    "META-INF/reportPackage.json",
    "reports/report.json",
    "reports/parameters.csv",
    "reports/FilingIndicators.csv",
}


def _error(check: str, sentence: str, place: str = "", table: str = "") -> Finding:
    return Finding("structure", "error", f"structure.{check}", sentence, table=table, place=place)


def find_module(package: ReportPackage, dictionary: Dictionary) -> Module | Finding:
    """Return the module the package reports, or the finding that says why there is none."""
    code = package.entry_point.rpartition("/")[2].removesuffix(".json").upper()
    text = package.parameters.get("refPeriod", "")
    try:
        module = dictionary.module(code, parse_date(text))
    except (NotInDictionary, ValueError) as error:
        return _error("entry_point", f"The reporting module cannot be told: {error}.", "reports/report.json")
    if module.entry_point != package.entry_point:
        return _error(
            "entry_point",
            f"Reference date {text} is reported with {module.entry_point}, not {package.entry_point}.",
            "reports/report.json",
        )
    return module


def check_structure(placing: Placing) -> tuple[Layer, list[Finding]]:
    """Judge names, parameters, indicators and values of a package against its module."""
    findings: list[Finding] = []
    for check in CHECKS.values():
        findings.extend(check(placing))
    findings.extend(islice(check_values(placing), _MOST))
    bad = {finding.rule for finding in findings if finding.severity == "error"}
    warned = {finding.rule for finding in findings} - bad
    total = len(CHECKS) + len(VALUE_CHECKS)
    layer = Layer(
        name="structure",
        outcome="fail" if bad else "pass",
        unit="checks",
        evaluated=total,
        passed=total - len(bad) - len(warned),
        failed=len(bad),
        warned=len(warned),
    )
    return layer, findings


def _check_file_name(placing: Placing) -> Iterator[Finding]:
    package, module = placing.package, placing.module
    match = _FILE_NAME.fullmatch(package.name)
    if match is None:
        yield _error(
            "file_name",
            f"The file name {package.name} must be LEI.SCOPE_COUNTRY_FRAMEWORKxxyyzz_MODULE_DATE_TIME.zip.",
        )
        return
    entity = package.parameters.get("entityID", "").removeprefix("rs:")
    expected = {
        "entity": (f"{match['lei']}.{match['scope']}", entity),
        "framework": (match["framework"], module.framework),
        "module": (match["module"], module.code.replace("_", "")),
        "reference date": (match["date"], package.parameters.get("refPeriod", "")),
    }
    for what, (written, right) in expected.items():
        if written != right:
            yield _error("file_name", f"The file name gives the {what} {written}; the report gives {right}.")


def _check_folder(placing: Placing) -> Iterator[Finding]:
    package = placing.package
    if package.root != package.name.removesuffix(".zip"):
        yield _error("folder", f"The one folder must be named as the file, not {package.root}.")
    tables = {f"reports/{table.file}" for table in package.tables}
    for file in sorted(set(package.files) - _FIXED - tables):
        yield _error("folder", f"{file} has no place in a report package.", file)


def _check_entity(placing: Placing) -> Iterator[Finding]:
    value = placing.package.parameters.get("entityID", "")
    match = _ENTITY.fullmatch(value)
    place = "reports/parameters.csv"
    if match is None:
        yield _error("entity", f"entityID {value!r} must be rs:<LEI>.CON, .IND or .CRDLIQSUBGRP.", place)
    elif int("".join(str(int(character, 36)) for character in match["lei"])) % 97 != 1:
        yield _error("entity", f"{match['lei']} is not a valid LEI: its check digits are wrong.", place)


def _check_parameters(placing: Placing) -> Iterator[Finding]:
    place = "reports/parameters.csv"
    rows = placing.package.parameter_rows
    for name, count in Counter(name for name, _ in rows).items():
        if count > 1:
            yield _error("parameters", f"The parameter {name} is given {count} times.", place)
        if name not in _REQUIRED and name not in _DECIMALS_AT_LEAST:
            yield _error("parameters", f"{name!r} is not a parameter of a report.", place)
    given = placing.package.parameters
    for name in _REQUIRED:
        if not given.get(name):
            yield _error("parameters", f"The parameter {name} is missing.", place)
    currency = given.get("baseCurrency", "")
    if currency and not re.fullmatch(r"iso4217:[A-Z]{3}", currency):
        yield _error("parameters", f"baseCurrency {currency!r} must be iso4217: and three letters.", place)


def _check_decimals(placing: Placing) -> Iterator[Finding]:
    """Decimals parameters: those of the types used, no others, precise enough (filing rule 2.18)."""
    place = "reports/parameters.csv"
    given = placing.package.parameters
    cells = (placing.cell(fact) for fact in placing.package.facts)
    used = {cell.decimals for cell in cells if cell is not None and cell.decimals}
    for name in sorted(used - set(given)):
        yield _error("decimals", f"{name} is missing, and the report has facts that need it.", place)
    for name, least in _DECIMALS_AT_LEAST.items():
        value = given.get(name)
        if value is None:
            continue
        if name not in used:
            yield _error("decimals", f"{name} is given, but the report has no fact that uses it.", place)
        if not re.fullmatch(r"-?\d{1,3}", value):
            yield _error("decimals", f"{name} is {value!r}; it must be a whole number.", place)
        elif least is not None and int(value) < least:
            yield _error("decimals", f"{name} is {value}; the filing rules ask for {least} or more.", place)
        elif name == "decimalsInteger" and int(value) != 0:
            yield _error("decimals", f"{name} is {value}; whole numbers are reported with 0.", place)


def _check_indicators(placing: Placing) -> Iterator[Finding]:
    place = "reports/FilingIndicators.csv"
    rows = placing.package.indicator_rows
    known = {template.code for template in placing.module.templates}
    for code, count in Counter(code for code, _ in rows).items():
        if code not in known:
            yield _error("indicators", f"{code!r} is not a template of {placing.module.code}.", place, code)
        if count > 1:
            yield _error("indicators", f"The filing indicator of {code} is given {count} times.", place, code)
    for code, value in rows:
        if value not in ("true", "false"):
            yield _error("indicators", f"The indicator of {code} is {value!r}: true or false.", place, code)
    for code in sorted(known - {code for code, _ in rows}):
        yield _error("indicators", f"The filing indicator of {code} is missing.", place, code)


def _check_tables(placing: Placing) -> Iterator[Finding]:
    """Table files: of the module, with the right columns, and only where the indicator is positive."""
    indicators = placing.package.indicators
    for file in placing.package.tables:
        table = placing.tables.get(file.file)
        if table is None:
            yield _error("tables", f"{file.file} is not a table of {placing.module.code}.", file.file)
            continue
        wanted = [key.code for key in table.open_keys] + (["unit"] if table.states_unit else [])
        if sorted(set(file.header) - set(FACT_COLUMNS)) != sorted(wanted):
            shown = ", ".join(wanted) or "no further column"
            yield _error(
                "tables", f"{file.file} must have, beside the facts, {shown}.", file.file, table.code
            )
        if indicators.get(table.template) is False:
            yield _error(
                "tables",
                f"{table.template} is indicated as not reported, yet {file.file} is in the package.",
                file.file,
                table.code,
            )


CHECKS: dict[str, Callable[[Placing], Iterator[Finding]]] = {
    "file_name": _check_file_name,
    "folder": _check_folder,
    "entity": _check_entity,
    "parameters": _check_parameters,
    "decimals": _check_decimals,
    "indicators": _check_indicators,
    "tables": _check_tables,
}
"""The checks of the package as a whole, by name; those of single values are in `values`."""
