"""The executed notebook, made fit to keep (no times, no machine paths) and fit to read (one HTML file).

The page fetches nothing: its style is inline, it has no script, and its content policy forbids both.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import bleach
import nbformat

__all__ = ["INJECTED", "clean_notebook", "render_page"]

INJECTED = "injected-parameters"
ERROR_MARKER = "papermill-error-cell-tag"
TEMPLATES = Path(__file__).parent / "page"
TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p"
        " pre q s small span strong sub summary sup table tbody td tfoot th thead tr ul var",
    )
)
WITH_CONTENT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


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
    exporter.register_filter("clean_html", _clean)
    notebook: Any = nbformat.read(notebook_path, as_version=4)
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": title}})
    page_path.write_text(page, encoding="utf-8")


def _clean(html: str) -> str:
    """Return HTML with the elements of a document only: nothing that runs, loads or styles."""
    cleaned: str = bleach.clean(WITH_CONTENT.sub("", html), tags=TAGS, attributes=_is_kept, strip=True)
    return cleaned


def _is_kept(tag: str, name: str, value: str) -> bool:
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    if name == "href":
        return tag == "a"
    return name in {"alt", "class", "colspan", "id", "open", "rowspan", "scope", "title"}
