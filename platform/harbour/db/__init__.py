"""The database: its server, its guard in SQL, and the way in."""

from __future__ import annotations

from harbour.db.audit import Audit, AuditEvent, AuditHead
from harbour.db.bootstrap import DATABASE, HUB_DATABASE, SERVICE_LOGINS, bootstrap
from harbour.db.schema import migrate, revision_of
from harbour.db.session import Session, json_text

__all__ = [
    "DATABASE",
    "HUB_DATABASE",
    "SERVICE_LOGINS",
    "Audit",
    "AuditEvent",
    "AuditHead",
    "Session",
    "bootstrap",
    "json_text",
    "migrate",
    "revision_of",
]
