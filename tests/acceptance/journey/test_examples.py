"""The first example notebook, as a quant's own kernel runs it, shows what it says it shows."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from harbour.execution.kernel import RunKernel

EXAMPLES = Path(__file__).resolve().parents[3] / "notebooks" / "examples"


@pytest.fixture
def shown(dictionary_path, tmp_path, monkeypatch):
    """Return what executes an example and gives its cells' text by the cell's name."""
    monkeypatch.setenv("PLIMSOLL_DICTIONARY", str(dictionary_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))

    def run(name: str) -> dict[str, str]:
        notebook = nbformat.read(EXAMPLES / name, as_version=4)
        NotebookClient(notebook, kernel_manager_class=RunKernel, kernel_name="python3").execute(
            cwd=str(tmp_path)
        )
        return {cell.id: text_of(cell) for cell in notebook.cells if cell.cell_type == "code"}

    return run


def text_of(cell) -> str:
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return "\n".join(texts)


def test_the_first_example_goes_from_a_book_to_the_exposures_behind_a_cell(shown):
    said = shown("01_first_simulation.ipynb")
    assert "Banque du Port 2026-06-30" in said["book"]
    assert "cet1_ratio" in said["simulate"]
    assert "→" in said["scenario"]
    assert "(-" in said["scenario"], "falling house prices cost capital ratio"
    assert "real_estate" in said["compare"].splitlines()[2], "and mortgages move most"
    assert "exposures, CRR Article" in said["explain"]


def test_real_banks_are_weighed_and_compared_with_what_they_published(shown, shared_data, monkeypatch):
    monkeypatch.setenv("PLIMSOLL_TRANSPARENCY", str(shared_data / "eba_transparency_2025"))
    monkeypatch.setenv("PLIMSOLL_TRANSPARENCY_BANKS", "6")
    said = shown("03_real_banks.ipynb")
    assert "6 banks on 202506" in said["data"]
    assert "6 banks, " in said["weigh"]
    assert "institutions" in said["density"]
    assert "all classes: published" in said["total"]
