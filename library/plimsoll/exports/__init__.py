"""A return as a workbook, and a position as a management report: renderings of the same facts, nothing else."""

from plimsoll.exports.report import write_report
from plimsoll.exports.standing import Standing, read_standing
from plimsoll.exports.workbook import write_workbook

__all__ = ["Standing", "read_standing", "write_report", "write_workbook"]
