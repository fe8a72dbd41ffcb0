"""Report templates: the notebooks that may be run, and the parameters each declares."""

from __future__ import annotations

import ast
import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat

from harbour.errors import BadParameters, NotFound
from harbour.settings import REPOSITORY

__all__ = ["Parameter", "Template", "get_template", "list_templates"]

Value = str | int | float | bool
NOTEBOOK = "report.ipynb"
OUT = "out"
"""The parameter through which a run tells its notebook where to write; never the caller's to set."""

KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "date": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter of a notebook: `name: kind` is required, `name: kind = default` is not."""

    name: str
    kind: str
    default: Value | None = None
    required: bool = True
    help: str = field(default="", compare=False)
    """The sentence under it in the parameters cell, for a form."""

    def __str__(self) -> str:
        """Return the declaration as the parameters cell has it."""
        return f"{self.name}: {self.kind}" + ("" if self.required else f" = {self.default!r}")

    def find_problem(self, value: object) -> str | None:
        """Return why a value is refused, or None."""
        wrong = not isinstance(value, KINDS[self.kind]) or (self.kind != "bool" and isinstance(value, bool))
        if wrong:
            return f"{self.name} must be {self.kind}, not {value!r} ({type(value).__name__})"
        if self.kind == "date" and not _is_date(str(value)):
            return f"{self.name} must be a date like 2026-06-30, not {value!r}"
        return None


@dataclass(frozen=True)
class Template:
    """A report notebook."""

    name: str
    path: Path
    module: str
    """Code of the return's module, e.g. ``corep_of``; the template answers to it as well."""
    parameters: tuple[Parameter, ...]

    def check_parameters(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Return every parameter of the run, defaults filled, in the order declared.

        Raises
        ------
        BadParameters
            For unknown, missing and mistyped parameters, all at once, with what the notebook declares.
        """
        declared = {p.name: p for p in self.parameters if p.name != OUT}
        problems = [_unknown(name) for name in given if name not in declared]
        problems += [f"{p.name} is missing" for p in declared.values() if p.required and p.name not in given]
        problems += [
            problem
            for name, p in declared.items()
            if name in given and (problem := p.find_problem(given[name]))
        ]
        if problems:
            offer = "; ".join(str(p) for p in declared.values())
            sentence = f"{self.name} cannot run: {'; '.join(problems)}. It declares: {offer}"
            raise BadParameters(sentence, problems=tuple(problems))
        return {name: given.get(name, p.default) for name, p in declared.items()}  # type: ignore[misc]  # checked above


def get_template(name: str) -> Template:
    """Return the template of that name, or the one that makes the return of that module code.

    Raises
    ------
    NotFound
        When there is none, naming those there are.
    """
    known = list_templates()
    for template in known:
        if name.lower() in {template.name, template.module}:
            return template
    offer = ", ".join(f"{t.name} ({t.module})" for t in known) or f"none in {_folder()}"
    raise NotFound(f"there is no report template {name!r}; there are: {offer}")


def list_templates() -> tuple[Template, ...]:
    """Return every template of the installation, by name."""
    return tuple(_read(path) for path in sorted(_folder().glob(f"*/{NOTEBOOK}")))


def _folder() -> Path:
    return Path(os.environ.get("PLIMSOLL_TEMPLATES") or REPOSITORY / "notebooks" / "reports").resolve()


def _read(path: Path) -> Template:
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise BadParameters(f"{path} must have one cell tagged `parameters`, it has {len(cells)}")
    module = notebook.metadata.get("plimsoll", {}).get("module", "")
    return Template(path.parent.name, path, module, _declared(cells[0].source, path))


def _declared(source: str, path: Path) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            if found:
                found[-1] = replace(found[-1], help=str(statement.value.value))
            continue
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            raise BadParameters(
                f"{path}: the parameters cell holds only `name: kind` or `name: kind = default`"
            )
        found.append(_parameter(statement, statement.target.id, path))
    return tuple(found)


def _parameter(statement: ast.AnnAssign, name: str, path: Path) -> Parameter:
    kind = ast.unparse(statement.annotation).strip("'\"")
    if kind not in KINDS:
        raise BadParameters(f"{path}: {name} is declared {kind}; the kinds are {', '.join(KINDS)}")
    if statement.value is None:
        return Parameter(name, kind)
    parameter = Parameter(name, kind, ast.literal_eval(statement.value), required=False)
    if problem := parameter.find_problem(parameter.default):
        raise BadParameters(f"{path}: the default of {problem}")
    return parameter


def _unknown(name: str) -> str:
    return "out is set by the run, not given" if name == OUT else f"{name} is unknown"


def _is_date(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
