"""What an export says about itself: which run it shows, and whether anyone has approved it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from plimsoll.errors import ReturnError

__all__ = ["PROPERTY", "Standing", "read_standing"]

PROPERTY = "Plimsoll standing"
"""The workbook's own property that holds its standing, so that the workbook can be written again."""
_PROPERTIES = "docProps/custom.xml"


@dataclass(frozen=True)
class Standing:
    """Where the figures of an export stand; without any word they are a draft.

    Parameters
    ----------
    state
        `draft`, `approved` or `void`.
    run
        The run the figures come from, as people call it (`run 12`).
    by
        Who approved, and when; or what voided the approval.
    digest
        The SHA-256 that the approval binds to.
    """

    state: Literal["draft", "approved", "void"] = "draft"
    run: str = ""
    by: str = ""
    digest: str = ""

    @property
    def sentence(self) -> str:
        """The band that stands on every page."""
        said = {"draft": "Draft: not approved", "approved": "Approved", "void": "Void: do not use"}[
            self.state
        ]
        return f"{said} · {self.by}" if self.by else said

    def to_json(self) -> str:
        """Return it as one line of text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def read_standing(workbook: Path | str) -> Standing:
    """Return the standing that a workbook says its figures have.

    Raises
    ------
    ReturnError
        It is no workbook of ours.
    """
    from lxml import etree  # noqa: PLC0415  # only for those who write a workbook again

    try:
        with ZipFile(workbook) as archive:
            root = etree.fromstring(archive.read(_PROPERTIES))
        held = next(entry for entry in root if entry.get("name") == PROPERTY)
        return Standing(**json.loads("".join(held.itertext())))
    except (
        BadZipFile,
        OSError,
        KeyError,
        StopIteration,
        ValueError,
        TypeError,
        etree.XMLSyntaxError,
    ) as error:
        raise ReturnError(f"{Path(workbook).name} is no workbook of a return") from error
