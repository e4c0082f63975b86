"""Commands that take files in: data into the study, rows to score without one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from lnmonitor.cli.common import (
    Commands,
    add_command,
    say,
    show_progress,
    signed_in,
    study_options,
)
from lnmonitor.errors import InputError

SCORE_KINDS = (
    "egfr-ckdepi-2021",
    "egfr-ckdepi-2009",
    "egfr-mdrd",
    "egfr-cmdrd",
    "crcl-cockcroft-gault",
    "sledai2k",
    "ctcae5",
    "bilag-renal",
    "kaplan-meier",
)


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    command = add_command(commands, "import", _import, "Import SDTM data or a mapped table.")
    command.add_argument("kind", choices=["sdtm", "table"])
    command.add_argument("source", type=Path)
    command.add_argument("--mapping", type=Path, help="mapping file of a table")
    command.add_argument("--encoding", help="of SDTM files in CSV or XPT that are not UTF-8")
    command.add_argument("--dry-run", action="store_true")
    command.add_argument("--json", action="store_true")
    study_options(command)

    command = add_command(commands, "score", _score, "Score the rows of a CSV file.")
    command.add_argument("kind", choices=SCORE_KINDS)
    command.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE.csv")
    command.add_argument("--out", type=Path, required=True, metavar="FILE.csv")


def _import(arguments: argparse.Namespace) -> int:
    from lnmonitor.exchange.readers import Reading
    from lnmonitor.exchange.sdtm_import import import_sdtm
    from lnmonitor.exchange.table_import import import_table

    with signed_in(arguments) as session:
        if arguments.kind == "sdtm":
            report = import_sdtm(
                session,
                arguments.source,
                reading=Reading(encoding=arguments.encoding),
                dry_run=arguments.dry_run,
                progress=show_progress,
            )
        elif arguments.mapping is None:
            raise InputError(
                "A table needs a mapping.", "Give --mapping FILE that ties its columns to items."
            )
        else:
            report = import_table(
                session,
                arguments.source,
                arguments.mapping,
                dry_run=arguments.dry_run,
                progress=show_progress,
            )
    if arguments.json:
        say(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        say(report.text)
    return 0


def _score(arguments: argparse.Namespace) -> int:
    from lnmonitor.exchange.limits import shown
    from lnmonitor.exchange.score import score

    counts = score(arguments.kind, arguments.source, arguments.out)
    for one in counts.misspelt:
        sys.stderr.write(
            f"lnmonitor: {arguments.source.name} has a column {shown(one.column)}, which is not"
            f" read. Did you mean {one.meant}? Its values count as missing.\n"
        )
    say(f"{counts.scored} rows scored, {counts.problems} with a problem, in {arguments.out}.")
    return 0
