"""The executed notebook, made fit to keep (no times, no machine paths) and fit to read (one HTML file).

The page fetches nothing: its style is inline, it has no script, and its content policy forbids both.
"""

from __future__ import annotations

import re
from itertools import groupby
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
STREAMS = ("stdout", "stderr")
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
KERNEL_FOLDER = re.compile(r"\S*/ipykernel_\d+/\d+\.py")
WITH_CONTENT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def clean_notebook(path: Path) -> None:
    """Take out of a notebook what differs between two runs of the same thing."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    notebook.cells = [c for c in notebook.cells if ERROR_MARKER not in c.metadata.get("tags", [])]
    notebook.metadata.language_info = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_settled(output) for output in _joined(cell.outputs)]
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
    nbformat.write(notebook, path)


def _joined(outputs: list[Any]) -> list[Any]:
    """Return outputs with what was printed between two others as one text each: it arrives in pieces, by the clock."""
    joined: list[Any] = []
    for printed, group in groupby(outputs, key=lambda output: output.output_type == "stream"):
        held = list(group)
        for name in STREAMS if printed else ():
            text = "".join(output.text for output in held if output.name == name)
            joined += [nbformat.v4.new_output("stream", name=name, text=text)] if text else []
        joined += [] if printed else held
    return joined


def _settled(output: Any) -> Any:  # noqa: ANN401  # nbformat's own nodes are untyped
    """Return an output without what the machine put in: addresses of objects, folders of one kernel."""
    if output.output_type == "stream":
        output.text = _plain(output.text)
    elif "text/plain" in output.get("data", {}):
        output.data["text/plain"] = _plain(output.data["text/plain"])
    return output


def _plain(text: str) -> str:
    return KERNEL_FOLDER.sub("cell", ADDRESS.sub(" at 0x…", text))


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
