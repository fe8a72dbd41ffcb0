"""Notebooks are kept clean: no outputs, stable cells, public names only; templates say what they take."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path

import nbformat
import pytest

from harbour.execution import get_template, list_templates

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("**/*.ipynb"))
OURS = ("plimsoll", "harbour")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_of(path: Path) -> ast.Module:
    cells = nbformat.read(path, as_version=4).cells
    return ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))


def test_there_are_notebooks():
    names = {path.name for path in NOTEBOOKS}
    assert {"report.ipynb", "01_first_simulation.ipynb", "02_save_and_submit.ipynb"} <= names


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_notebook_has_no_outputs_and_is_written_the_one_way(path):
    plain = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in plain["cells"] if cell["cell_type"] == "code"]
    assert not [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None]
    assert set(plain["metadata"]) <= {"kernelspec", "language_info", "plimsoll"}
    assert plain["metadata"]["kernelspec"]["name"] == "python3"
    assert plain["metadata"]["language_info"] == {"name": "python"}, "no version of whoever saved it last"
    assert path.read_text(encoding="utf-8") == nbformat.writes(nbformat.from_dict(plain)) + "\n"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_cells_are_named_for_what_they_do(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    assert all(identifier.replace("-", "").isalpha() and identifier.islower() for identifier in ids)
    assert notebook.cells[0].source.startswith("# "), "a reader is told first what this is"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_notebooks_import_public_names_only(path):
    for statement in ast.walk(code_of(path)):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names if alias.name.split(".")[0] in OURS]
            assert set(names) <= set(OURS), f"import the package, not {names}"
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").split(".")[0] in OURS:
            room = importlib.import_module(statement.module)
            assert {alias.name for alias in statement.names} <= set(room.__all__)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_attributes_of_our_packages_are_public(path):
    for node in ast.walk(code_of(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in OURS:
            package = importlib.import_module(node.value.id)
            assert node.attr in package.__all__, f"{node.value.id}.{node.attr} is not a public name"


def test_report_templates_declare_what_every_report_takes():
    templates = {template.name: template for template in list_templates()}
    assert templates["corep_own_funds"] == get_template("corep_of")
    declared = {p.name: (p.kind, p.required) for p in templates["corep_own_funds"].parameters}
    assert declared == {
        "entity": ("str", False),
        "reference_date": ("date", True),
        "book": ("str", True),
        "scenario": ("str", False),
        "out": ("str", False),
    }
