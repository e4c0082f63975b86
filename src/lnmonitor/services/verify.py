"""Whether the study is as the program wrote it: database, audit chain, values in their trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from lnmonitor.clock import Clock
from lnmonitor.progress import Progress, silent
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import open_study
from lnmonitor.storage import audit as trail
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import ChainReport
from lnmonitor.storage.mappers import values_text
from lnmonitor.storage.replay import replay
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

_PROBLEMS = {
    "missing": "Entry {sequence} of the audit trail is missing.",
    "altered": "Entry {sequence} of the audit trail was altered.",
    "displaced": "Entry {sequence} of the audit trail does not follow the one before it.",
    "head": "Entries at the end of the audit trail were removed or added (at {sequence}).",
}
_MOST_RECORDS_NAMED = 20


@dataclass(frozen=True)
class VerifyReport:
    """What was verified; `problems` is empty when all is well."""

    entries: int
    head: str
    records: int
    problems: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def lines(self) -> tuple[str, ...]:
        """The report, a sentence each."""
        if self.problems:
            return (*self.problems, "The study is NOT as the program wrote it.")
        return (
            "The database is sound.",
            f"The audit trail is intact: {self.entries} entries, head {self.head[:12]}.",
            f"All values of {self.records} records agree with the audit trail.",
        )


def verify(session: StudySession, progress: Progress = silent) -> VerifyReport:
    """Verify an open study in full: database pages, hash chain, and records against the trail."""
    require(session, Action.VERIFY)
    with session.store.read() as connection:
        damaged = repo.integrity_problems(connection)
        if damaged:
            return VerifyReport(0, "", 0, tuple(f"Database: {one}" for one in damaged))
        chain = trail.verify(connection, progress)
        count, disagreeing = _compare(connection, progress)
    return VerifyReport(chain.entries, chain.head.hash, count, (*_sentences(chain), *disagreeing))


def verify_study(
    path: Path,
    user: str,
    password: str,
    *,
    clock: Clock | None = None,
    progress: Progress = silent,
) -> VerifyReport:
    """Open a study folder for reading, verify it in full, and close it.

    Raises:
        RefusedError: it cannot be opened; a file too damaged to open says so.
    """
    with open_study(path, user=user, password=password, clock=clock, read_only=True) as session:
        return verify(session, progress)


def _sentences(chain: ChainReport) -> Iterator[str]:
    for problem in chain.problems:
        yield _PROBLEMS[problem.what].format(sequence=problem.sequence)


def _compare(connection: Connection, progress: Progress) -> tuple[int, list[str]]:
    """Replay the trail and compare each record's last state with the stored one."""
    expected = replay(connection)
    problems: list[str] = []
    count = 0
    for code, form in FORMS.items():
        for record in repo.all_records(connection, form):
            count += 1
            if record.id not in expected:
                problems.append(f"Record {record.id} ({code}) has no entry in the audit trail.")
            elif expected.pop(record.id) != _state(record):
                problems.append(f"Record {record.id} ({code}) differs from the audit trail.")
        progress(count, 0, "Records")
    problems += [f"Record {record_id} of the audit trail is gone." for record_id in expected]
    more = len(problems) - _MOST_RECORDS_NAMED
    if more > 0:
        problems = [*problems[:_MOST_RECORDS_NAMED], f"{more} more records differ."]
    return count, problems


def _state(record: Record[Form]) -> str | None:
    return None if record.voided else values_text(record)
