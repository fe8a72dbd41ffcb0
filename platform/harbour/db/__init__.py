"""The database: its server, its guard in SQL, and the way in."""

from __future__ import annotations

from harbour.db.anchors import Anchor, anchor, read_anchors
from harbour.db.audit import Audit, AuditEvent, AuditHead, Involvement, Search, export_all
from harbour.db.bootstrap import DATABASE, HUB_DATABASE, SERVICE_LOGINS, bootstrap
from harbour.db.schema import migrate, revision_of
from harbour.db.session import Session, json_text

__all__ = [
    "DATABASE",
    "HUB_DATABASE",
    "SERVICE_LOGINS",
    "Anchor",
    "Audit",
    "AuditEvent",
    "AuditHead",
    "Involvement",
    "Search",
    "Session",
    "anchor",
    "bootstrap",
    "export_all",
    "json_text",
    "migrate",
    "read_anchors",
    "revision_of",
]
