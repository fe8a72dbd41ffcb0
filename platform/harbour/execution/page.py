"""The executed notebook, made fit to keep (no times, no machine paths) and fit to read (one HTML file).

The page fetches nothing: its style is inline, it has no script, and its content policy forbids both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

__all__ = ["clean_notebook", "render_page"]

INJECTED = "injected-parameters"
ERROR_MARKER = "papermill-error-cell-tag"
TEMPLATES = Path(__file__).parent / "page"


def clean_notebook(path: Path) -> None:
    """Take out of a notebook what differs between two runs of the same thing."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    notebook.cells = [c for c in notebook.cells if ERROR_MARKER not in c.metadata.get("tags", [])]
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
    nbformat.write(notebook, path)


def render_page(notebook_path: Path, page_path: Path, title: str) -> None:
    """Write the notebook as one HTML file: prose, figures and tables open, code folded."""
    from nbconvert import HTMLExporter  # noqa: PLC0415  # slow to import, and needed only here

    exporter = HTMLExporter(
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="report",
        embed_images=True,
        sanitize_html=True,
    )
    notebook: Any = nbformat.read(notebook_path, as_version=4)
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": title}})
    page_path.write_text(page, encoding="utf-8")
