"""Evidence packs: everything about one submission in one signed file, checked without us."""

from __future__ import annotations

from harbour.evidence.pack import Pack, write_pack
from harbour.evidence.signing import SigningKey, ensure_key

__all__ = ["Pack", "SigningKey", "ensure_key", "write_pack"]
