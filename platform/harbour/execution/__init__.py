"""Runs of report notebooks: parameters checked, kernel closed, every input and output digested."""

from harbour.execution.arrivals import Arrival, Offered
from harbour.execution.checking import check_book
from harbour.execution.manifest import CellFailure, RunManifest, read_manifest
from harbour.execution.pool import Pool
from harbour.execution.reproduction import reproduce
from harbour.execution.run import Progress, execute
from harbour.execution.templates import Parameter, Template, get_template, list_templates

__all__ = [
    "Arrival",
    "CellFailure",
    "Offered",
    "Parameter",
    "Pool",
    "Progress",
    "RunManifest",
    "Template",
    "check_book",
    "execute",
    "get_template",
    "list_templates",
    "read_manifest",
    "reproduce",
]
