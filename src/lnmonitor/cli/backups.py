"""Commands that keep a study safe: back it up, bring it back."""

from __future__ import annotations

import argparse
from pathlib import Path

from lnmonitor.cli.common import (
    DEMO_USER,
    Commands,
    add_command,
    holds_demo,
    password_for,
    say,
    show_progress,
    signed_in,
    study_options,
    user_options,
)


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    command = add_command(commands, "backup", _backup, "Make and verify a backup of a study.")
    study_options(command)
    command.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="PATH",
        help="the backup's new folder, or a folder that is there, in which it gets a name",
    )

    command = add_command(commands, "restore", _restore, "Bring a study back from a backup.")
    command.add_argument("path", type=Path, help="the backup, or a folder of them: the latest")
    command.add_argument("--to", type=Path, required=True, metavar="DIR")
    user_options(command)


def _backup(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.backup import back_up

    with signed_in(arguments) as session:
        report = back_up(session, arguments.to, progress=show_progress)
    say(f"Backup made and verified: {report.path}")
    say(f"{report.size} bytes, {report.entries} audit entries, head {report.head[:12]}.")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from lnmonitor.services.restore import restore

    user = password = ""
    if (arguments.to / "keyring.json").exists():  # only then a person must be allowed to
        demo = holds_demo(arguments.to)
        user = arguments.user or (DEMO_USER if demo else "")
        password = password_for(arguments, f"Password of {user}: ", demo=demo) if user else ""
    report = restore(arguments.path, arguments.to, user=user, password=password)
    say(f"Restored to {report.path}, as it was at {report.made_at} (UTC).")
    say("What was entered after that is not in it.")
    if report.saved is not None:
        say(f"The study that was there is kept in {report.saved}.")
    if report.lost_entries:
        say(f"{report.lost_entries} later entries of its audit trail are only there.")
    return 0
