"""The commands and their options."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from rich.console import Console

from harbour.cli import exits, organisations
from harbour.errors import HarbourError
from plimsoll.errors import PlimsollError

__all__ = ["build_parser", "main"]

Command = Callable[[argparse.Namespace, Console], int]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; errors become one sentence on stderr and a fixed exit code."""
    asked = build_parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        command: Command = asked.run
        return command(asked, Console())
    except (PlimsollError, HarbourError) as error:
        Console(stderr=True).print(f"harbour: {error}", markup=False, highlight=False, soft_wrap=True)
        return exits.exit_code(error)
    except KeyboardInterrupt:
        Console(stderr=True).print("harbour: interrupted", highlight=False)
        return exits.INTERRUPTED


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="harbour",
        description="Reports, and the installation that makes them.",
        epilog=exits.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_installation(commands)
    _add_report(commands)
    _add_dictionary(commands)
    _add_members(commands)
    organisations.add_commands(commands)
    _add_evidence(commands)
    _add_backup(commands)
    _add_audit(commands)
    _add_schedules(commands)
    return parser


def _add_installation(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    up = commands.add_parser("up", help="start everything and wait until it answers")
    up.add_argument("--no-demo", action="store_true", help="neither demonstration banks nor the main job")
    up.set_defaults(run=_up)
    commands.add_parser("down", help="stop everything this installation started").set_defaults(run=_down)
    commands.add_parser("status", help="say what runs and whether it answers").set_defaults(run=_status)
    commands.add_parser("doctor", help="look for what is wrong").set_defaults(run=_doctor)


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help="make a return from a book, without the Hub")
    report.add_argument("template", help="the return, e.g. corep_of")
    report.add_argument(
        "--book",
        required=True,
        help="a folder of tables, FIRE JSON, sample:savings_bank, or transparency:PATH",
    )
    report.add_argument("--date", required=True, type=_day, help="reference date, e.g. 2026-06-30")
    report.add_argument("--entity", default="", help="who reports: a LEI, or a name together with --lei")
    report.add_argument("--lei", default="", help="the LEI, when --entity is a name")
    report.add_argument("--scope", choices=("CON", "IND"), help="consolidated or individual")
    report.add_argument("--country", default="", help="country of the entity, e.g. FR")
    report.add_argument("--scenario", default="baseline", help="default: %(default)s")
    report.add_argument("--out", required=True, type=Path, help="an empty or new folder")
    report.set_defaults(run=_report)
    judged = commands.add_parser(
        "validate", help="judge packages; several together, across their modules too"
    )
    judged.add_argument("packages", nargs="+", type=Path, help="the zip files, of one entity and date")
    judged.add_argument("--time-limit", type=float, default=1200.0, help="seconds; default: %(default)s")
    judged.set_defaults(run=_validate)
    again = commands.add_parser("reproduce", help="execute a run again: is every file of it the same?")
    again.add_argument("folder", type=Path, help="the run's folder, as `report` left it")
    again.set_defaults(run=_reproduce)


def _add_dictionary(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    dictionary = commands.add_parser("dictionary", help="the EBA's data point dictionary")
    verbs = dictionary.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("build", help="build it, unless it is there already").set_defaults(run=_dictionary)


def _add_members(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    member = commands.add_parser("member", help="the members of the organisations")
    verbs = member.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="list them").set_defaults(run=_member_list)
    reset = verbs.add_parser("reset-password", help="make a new one-time password")
    reset.add_argument("login", help="e.g. amelie@port")
    reset.set_defaults(run=_member_reset)
    add = verbs.add_parser("add", help="add a member")
    add.add_argument("login", help="e.g. amelie@port: a name and the organisation's short name")
    add.add_argument("--name", required=True, help="the name people read")
    add.add_argument("--role", required=True, action="append", help="analyst, viewer, reviewer, org_admin")
    add.set_defaults(run=_member_add)
    _add_lifecycle(verbs)
    codes = verbs.add_parser("codes", help="one-time codes at sign-in: begin, confirm, switch off")
    codes.add_argument("login", help="e.g. amelie@port")
    codes.add_argument("--confirm", metavar="CODE", help="the code that the device shows: switches them on")
    codes.add_argument("--off", action="store_true", help="forget the device, for example a lost one")
    codes.set_defaults(run=_member_codes)


def _add_lifecycle(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    invite = verbs.add_parser("invite", help="print a link by which a member chooses his password")
    invite.add_argument("login", help="e.g. amelie@port; a member who is there gets a new password by it")
    invite.add_argument("--name", help="of a new member: the name people read")
    invite.add_argument("--role", action="append", default=[], help="of a new member: analyst, viewer, ...")
    invite.set_defaults(run=_member_invite)
    roles = verbs.add_parser("roles", help="give a member exactly these roles")
    roles.add_argument("login")
    roles.add_argument("--role", required=True, action="append", help="analyst, viewer, reviewer, org_admin")
    roles.set_defaults(run=_member_roles)
    suspend = verbs.add_parser("suspend", help="shut a member out; what he has open ends within seconds")
    suspend.add_argument("login")
    suspend.set_defaults(run=_member_suspend)
    reinstate = verbs.add_parser("reinstate", help="let a suspended member back")
    reinstate.add_argument("login")
    reinstate.set_defaults(run=_member_reinstate)
    link = verbs.add_parser("link", help="let a person of the bank's directory sign in as a member")
    link.add_argument("login")
    link.add_argument("--subject", required=True, help="the directory's own lasting name for him (claim sub)")
    link.set_defaults(run=_member_link)


def _add_evidence(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evidence = commands.add_parser("evidence", help="one signed file about a submission, for an auditor")
    evidence.add_argument("submission", type=int, help="its number")
    evidence.add_argument("--out", required=True, type=Path, help="the folder to put it in")
    evidence.add_argument(
        "--as", dest="login", help="with whose rights, e.g. rene@port; default: who sees it"
    )
    evidence.add_argument("--anchors", type=Path, help="anchors of the audit log; default: <data>/anchors")
    evidence.set_defaults(run=_evidence)


def _add_audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser("audit", help="the audit log: anchor, export, verify")
    verbs = audit.add_subparsers(dest="verb", required=True, metavar="VERB")
    anchor = verbs.add_parser("anchor", help="write down outside the database where every chain stands")
    anchor.add_argument("--folder", type=Path, help="default: <data>/anchors")
    anchor.set_defaults(run=_audit_anchor)
    export = verbs.add_parser("export", help="write every event to a file")
    export.add_argument("path", type=Path, help="JSON lines, or CSV when its name ends in .csv")
    export.set_defaults(run=_audit_export)
    verify = verbs.add_parser("verify", help="check the log, and that it meets the anchors")
    verify.add_argument("export", type=Path, nargs="?", help="an export; default: the database as it is now")
    verify.add_argument("--anchors", type=Path, help="default: <data>/anchors/anchors.jsonl")
    verify.set_defaults(run=_audit_verify)


def _add_schedules(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    schedule = commands.add_parser("schedule", help="reports that run by themselves")
    verbs = schedule.add_subparsers(dest="verb", required=True, metavar="VERB")
    whose = argparse.ArgumentParser(add_help=False)
    whose.add_argument("--as", dest="login", required=True, help="with whose rights, e.g. amelie@port")
    listing = verbs.add_parser("list", parents=[whose], help="list those of the member's organisation")
    listing.set_defaults(run=_schedule("list_schedules"))
    runs = verbs.add_parser("runs", parents=[whose], help="what came of one")
    runs.add_argument("schedule", type=int, help="its number")
    runs.set_defaults(run=_schedule("show_runs"))
    for verb in ("run", "pause", "resume", "end", "cancel"):
        doing = verbs.add_parser(
            verb, parents=[whose], help=f"{verb} a {'run' if verb == 'cancel' else 'schedule'}"
        )
        doing.add_argument("schedule", type=int, help="its number")
        doing.set_defaults(run=_schedule("act"))
    _add_new_schedule(verbs, whose)


def _add_new_schedule(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], whose: argparse.ArgumentParser
) -> None:
    add = verbs.add_parser("add", parents=[whose], help="make one")
    add.add_argument("template", help="the report, e.g. corep_own_funds")
    add.add_argument("--name", required=True, help="the name people read")
    when = add.add_mutually_exclusive_group(required=True)
    when.add_argument("--cron", help="minute hour day month weekday, e.g. '30 6 * * MON-FRI'")
    when.add_argument("--days-after", type=int, help="working days after the reference date")
    add.add_argument(
        "--period", choices=("month", "quarter", "half_year", "year"), help="its end is the date"
    )
    add.add_argument("--zone", default="Europe/Paris", help="IANA time zone; default: %(default)s")
    add.add_argument("--at", default="07:00", help="local time, with --days-after; default: %(default)s")
    add.add_argument("--country", default="FR", help="whose holidays count; default: %(default)s")
    add.add_argument("--parameter", "-p", action="append", default=[], metavar="NAME=VALUE")
    add.add_argument("--deputy", help="told as the owner is, e.g. odile@port")
    add.set_defaults(run=_schedule("add"))


def _add_backup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="back the databases up while they work")
    backup.add_argument("--out", required=True, type=Path, help="the folder to put it in")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="restore a backup and check it; nothing is overwritten")
    restore.add_argument("folder", type=Path, help="the backup's own folder, plimsoll-<time>")
    restore.set_defaults(run=_restore)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-06-30") from None


# Each command imports its own room: `harbour --help` must not wait for pandas, and a report needs no Hub.


def _up(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import starting  # noqa: PLC0415  # see above

    return starting.up(console, demo=not asked.no_demo)


def _down(_: argparse.Namespace, console: Console) -> int:
    from harbour.cli import installation  # noqa: PLC0415  # see above

    return installation.down(console)


def _status(_: argparse.Namespace, console: Console) -> int:
    from harbour.cli import installation  # noqa: PLC0415  # see above

    return installation.status(console)


def _doctor(_: argparse.Namespace, console: Console) -> int:
    from harbour.cli import installation  # noqa: PLC0415  # see above

    return installation.doctor(console)


def _report(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import report  # noqa: PLC0415  # see above

    return report.report(asked, console)


def _validate(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import report  # noqa: PLC0415  # see above

    return report.judge(asked, console)


def _reproduce(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import report  # noqa: PLC0415  # see above

    return report.reproduce(asked, console)


def _dictionary(_: argparse.Namespace, __: Console) -> int:
    from harbour.cli import installation  # noqa: PLC0415  # see above

    return installation.build_dictionary()


def _member_list(_: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.list_members(console)


def _member_reset(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.reset_password(console, asked.login)


def _member_add(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.add(console, asked.login, asked.name, tuple(asked.role))


def _member_invite(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.invite(console, asked.login, asked.name, tuple(asked.role))


def _member_roles(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.set_roles(console, asked.login, tuple(asked.role))


def _member_suspend(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.suspend(console, asked.login)


def _member_reinstate(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.reinstate(console, asked.login)


def _member_link(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.link(console, asked.login, asked.subject)


def _member_codes(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import members  # noqa: PLC0415  # see above

    return members.one_time_codes(console, asked.login, confirm=asked.confirm, off=asked.off)


def _evidence(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import evidence  # noqa: PLC0415  # see above

    return evidence.evidence(console, asked.submission, asked.out, login=asked.login, anchors=asked.anchors)


def _audit_anchor(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import audit  # noqa: PLC0415  # see above

    return audit.anchor_now(console, asked.folder)


def _audit_export(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import audit  # noqa: PLC0415  # see above

    return audit.export(console, asked.path)


def _audit_verify(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import audit  # noqa: PLC0415  # see above

    return audit.verify(console, asked.export, asked.anchors)


def _backup(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import backup  # noqa: PLC0415  # see above

    return backup.backup(console, asked.out)


def _restore(asked: argparse.Namespace, console: Console) -> int:
    from harbour.cli import backup  # noqa: PLC0415  # see above

    return backup.restore_backup(console, asked.folder)


def _schedule(name: str) -> Command:
    def run(asked: argparse.Namespace, console: Console) -> int:
        from harbour.cli import schedules  # noqa: PLC0415  # see above

        command: Command = getattr(schedules, name)
        return command(asked, console)

    return run
