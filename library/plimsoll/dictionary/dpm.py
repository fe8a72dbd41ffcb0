"""The EBA's data point model database, read for what the product needs."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from plimsoll.errors import DictionaryError

__all__ = ["FIRST", "KEPT", "LAST", "DataPointModel", "ModuleRow"]

KEPT = (
    "COREP_OF",
    "COREP_LR",
    "COREP_LCR_DA",
    "COREP_NSFR",
    "COREP_LE",
    "COREP_ALM",
    "FINREP9",
    "IRRBB",
    "AE",
    "FC",
)
FIRST, LAST = date(2025, 12, 31), date(2026, 12, 31)
"""Reference dates whose module versions are kept."""

_CELL_CODE = re.compile(r"\{(?P<table>[^,}]+)(?P<axes>(?:, [rcs][^,}]+)*)\}")
_TABLE_IN_RULE = re.compile(r"\bt([A-Z]{1,2}_\d{2}\.\d{2}(?:\.[0-9a-z]+)*)")
_AXES = {"X": "column", "Y": "row", "Z": "sheet"}

_RULE_FIELDS = (
    "code",
    "expression",
    "precondition",
    "severity",
    "active",
    "source",
    "from_submission",
    "description",
)

_MODULES = """
    SELECT mv.ModuleVID, mv.Code, mv.Name, mv.VersionNumber, f.Code, mv.FromReferenceDate, mv.ToReferenceDate,
           coalesce(r.Date, '9999-12-31')
    FROM ModuleVersion mv JOIN Module m USING (ModuleID) JOIN Framework f USING (FrameworkID)
    LEFT JOIN Release r ON r.ReleaseID = mv.EndReleaseID
    WHERE mv.FromReferenceDate <= :last AND (mv.ToReferenceDate IS NULL OR mv.ToReferenceDate >= :first)
    ORDER BY mv.Code, mv.FromReferenceDate
"""
_TABLES = """
    SELECT tv.TableVID, tv.Code, tv.Name, t.IsAbstract, t.HasOpenRows, t.HasOpenColumns, t.HasOpenSheets
    FROM ModuleVersionComposition mvc JOIN TableVersion tv USING (TableVID)
    JOIN "Table" t ON t.TableID = tv.TableID WHERE mvc.ModuleVID = :vid ORDER BY tv.Code
"""
_HEADERS = """
    SELECT h.Direction, h.IsKey, hv.Code, hv.Label, tvh.IsAbstract, tvh.ParentHeaderID, h.HeaderID,
           hv.SubCategoryVID, hv.KeyVariableVID
    FROM TableVersionHeader tvh JOIN Header h USING (HeaderID)
    JOIN HeaderVersion hv ON hv.HeaderVID = tvh.HeaderVID
    WHERE tvh.TableVID = :vid ORDER BY h.Direction, tvh."Order", hv.Code
"""
_CELLS = """
    SELECT c.CellCode, c.Sign, c.IsNullable, vv.VariableID, d.Code
    FROM TableVersionCell c JOIN VariableVersion vv USING (VariableVID) JOIN Property p USING (PropertyID)
    JOIN DataType d USING (DataTypeID)
    WHERE c.TableVID = :vid AND NOT c.IsExcluded AND NOT c.IsVoid ORDER BY c.CellCode
"""
_KEY = """
    SELECT ic.Code, r.Code, d.Code, c.Code FROM VariableVersion vv JOIN Property p USING (PropertyID)
    JOIN DataType d USING (DataTypeID) JOIN ItemCategory ic ON ic.ItemID = vv.PropertyID
    JOIN Release r ON r.ReleaseID = ic.StartReleaseID
    LEFT JOIN PropertyCategory pc ON pc.PropertyID = vv.PropertyID AND pc.EndReleaseID IS NULL
    LEFT JOIN Category c ON c.CategoryID = pc.CategoryID AND c.Code <> '_NA'
    WHERE vv.VariableVID = :vid ORDER BY r.Date DESC LIMIT 1
"""
_MEMBERS = """
    SELECT si.ItemID, ic.Signature, coalesce(si.Label, i.Name), si.ParentItemID
    FROM SubCategoryItem si JOIN Item i USING (ItemID) JOIN ItemCategory ic ON ic.ItemID = si.ItemID
    JOIN Release s ON s.ReleaseID = ic.StartReleaseID LEFT JOIN Release e ON e.ReleaseID = ic.EndReleaseID
    WHERE si.SubCategoryVID = :vid AND s.Date < :end AND (e.Date IS NULL OR e.Date >= :end)
    ORDER BY si."Order", ic.Signature
"""
_RULES = """
    SELECT ov.OperationVID, o.Code, ov.Expression, p.Expression, os.Severity, os.IsActive, o.Source,
           os.FromSubmissionDate, coalesce(ov.Description, ''), os.OperationScopeID
    FROM OperationScopeComposition oc JOIN OperationScope os USING (OperationScopeID)
    JOIN OperationVersion ov USING (OperationVID) JOIN Operation o USING (OperationID)
    LEFT JOIN OperationVersion p ON p.OperationVID = ov.PreconditionOperationVID
    LEFT JOIN Release e ON e.ReleaseID = ov.EndReleaseID
    WHERE oc.ModuleVID = :vid AND o.Type = 'validation' AND (e.Date IS NULL OR e.Date >= :end)
    ORDER BY o.Code, ov.OperationVID, os.OperationScopeID
"""
_SCOPES = """
    SELECT oc.OperationScopeID, mv.Code
    FROM OperationScopeComposition oc JOIN ModuleVersion mv USING (ModuleVID)
    WHERE oc.OperationScopeID IN
          (SELECT OperationScopeID FROM OperationScopeComposition WHERE ModuleVID = :vid)
    ORDER BY mv.Code
"""


@dataclass(frozen=True)
class ModuleRow:
    """A module version as the model has it; `ended` is the date of the release that replaced it."""

    vid: int
    code: str
    name: str
    version: str
    framework: str
    from_date: str
    to_date: str | None
    ended: str


class DataPointModel:
    """Reads from the unpacked database; every answer is plain data ready to be stored as JSON."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def modules(self) -> list[ModuleRow]:
        """Return the kept module versions in force on some reference date from FIRST to LAST."""
        rows = self._ask(_MODULES, first=FIRST.isoformat(), last=LAST.isoformat())
        kept = [ModuleRow(*row) for row in rows if row[1] in KEPT]
        missing = set(KEPT) - {row.code for row in kept}
        if missing:
            raise DictionaryError(f"the data point model has no version of {', '.join(sorted(missing))}")
        return kept

    def tables(self, module: ModuleRow) -> list[dict[str, Any]]:
        """Return the tables of a module, those that only name a split table too, without cells."""
        keys = ("vid", "code", "label", "abstract", "row", "column", "sheet")
        return [dict(zip(keys, row, strict=True)) for row in self._ask(_TABLES, vid=module.vid)]

    def headers(self, table_vid: int, module: ModuleRow) -> dict[str, list[Any]]:
        """Return `row`, `column` and `sheet` headers in order, and `keys`: the open keys."""
        rows = self._ask(_HEADERS, vid=table_vid)
        codes = {row[6]: row[2] for row in rows}
        found: dict[str, list[Any]] = {"row": [], "column": [], "sheet": [], "keys": []}
        for direction, is_key, code, label, abstract, parent, _, subcategory, key in rows:
            if is_key:
                found["keys"].append(
                    {
                        **self._key(subcategory, key, module),
                        "header": code,
                        "label": label,
                        "axis": _AXES[direction],
                    }
                )
            else:
                found[_AXES[direction]].append([code, label, bool(abstract), codes.get(parent)])
        return found

    def cells(self, table_vid: int) -> list[list[Any]]:
        """Return `[row, column, sheet, data point, data type, sign, nullable]` of the reportable cells."""
        found = []
        for code, sign, nullable, variable, data_type in self._ask(_CELLS, vid=table_vid):
            axes = _parse_axes(code)
            where = [axes.get("r"), axes.get("c"), axes.get("s")]
            found.append([*where, f"dp{variable}", data_type, sign, bool(nullable)])
        return found

    def rules(self, module: ModuleRow) -> list[dict[str, Any]]:
        """Return the validation rules current for the module, each once."""
        scopes: dict[int, list[str]] = {}
        for scope, code in self._ask(_SCOPES, vid=module.vid):
            scopes.setdefault(scope, []).append(code)
        found: dict[int, dict[str, Any]] = {}
        for vid, *values, scope in self._ask(_RULES, vid=module.vid, end=module.ended):
            rule = dict(zip(_RULE_FIELDS, values, strict=True))
            rule["active"] = bool(rule["active"])
            rule["modules"] = scopes[scope]
            rule["tables"] = sorted(set(_TABLE_IN_RULE.findall(rule["expression"])))
            known = found.setdefault(vid, rule)
            if len(rule["modules"]) < len(known["modules"]):
                known["modules"] = rule["modules"]
        return list(found.values())

    def _key(self, subcategory: int | None, variable: int, module: ModuleRow) -> dict[str, Any]:
        code, started, data_type, domain = self._ask(_KEY, vid=variable)[0]
        members = self._members(subcategory, module) if subcategory is not None else []
        named = {"code": code, "started": started, "data_type": data_type, "domain": domain or ""}
        return {**named, "members": members}

    def _members(self, subcategory: int, module: ModuleRow) -> list[list[Any]]:
        rows = self._ask(_MEMBERS, vid=subcategory, end=module.ended)
        names: Mapping[int, str] = {row[0]: row[1] for row in rows}
        return [[signature, label, names.get(parent)] for _, signature, label, parent in rows]

    def _ask(self, query: str, **values: str | int) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()


def _parse_axes(code: str) -> dict[str, str]:
    """Return `{"r": "0010", …}` of a cell code such as `{C_47.00, r0010, c0010}`, without the open ones."""
    match = _CELL_CODE.fullmatch(code)
    if match is None:
        raise DictionaryError(f"the data point model has a cell code that cannot be read: {code}")
    parts = [part for part in match["axes"].split(", ") if part]
    return {part[0]: part[1:] for part in parts if part[1:] != "*"}
