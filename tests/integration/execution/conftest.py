"""Small report templates to run, apart from those the installation ships."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = 'amount: int\nday: "date" = "2026-06-30"\nrate: float = 0.5\nout: str = "."'
MakeTemplate = Callable[..., str]


@pytest.fixture
def make_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeTemplate:
    """Return a maker of templates: name, then the source of each code cell."""
    folder = tmp_path / "templates"
    monkeypatch.setenv("PLIMSOLL_TEMPLATES", str(folder))

    def make(name: str, *sources: str, parameters: str = PARAMETERS) -> str:
        cells = [
            new_markdown_cell("# A small report", id="title"),
            new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
            new_markdown_cell("## The work", id="work"),
            *(new_code_cell(source, id=f"step-{i}") for i, source in enumerate(sources)),
        ]
        (folder / name).mkdir(parents=True)
        notebook = new_notebook(cells=cells, metadata={"plimsoll": {"module": f"{name}_of"}})
        nbformat.write(notebook, folder / name / "report.ipynb")
        return name

    return make
