"""Whether the study is as the program wrote it: database, audit chain, values in their trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from lnmonitor.clock import Clock
from lnmonitor.i18n import translator
from lnmonitor.language import Language
from lnmonitor.progress import Progress, silent
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.services.signatures import signature_problems
from lnmonitor.services.studies import open_study
from lnmonitor.services.verify_rows import SENTENCES as ROW_SENTENCES
from lnmonitor.services.verify_rows import result_problems, row_problems
from lnmonitor.storage import audit as trail
from lnmonitor.storage import repositories as repo
from lnmonitor.storage import review_replay, reviews
from lnmonitor.storage.audit import ChainReport
from lnmonitor.storage.mappers import cell_text, values_text
from lnmonitor.storage.replay import VOIDED, replay
from lnmonitor.storage.reviews import Mark
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form
from lnmonitor.study.records import Record

_CHAIN = {
    "missing": "Entry {sequence} of the audit trail is missing.",
    "altered": "Entry {sequence} of the audit trail was altered.",
    "displaced": "Entry {sequence} of the audit trail does not follow the one before it.",
    "head": "Entries at the end of the audit trail were removed or added (at {sequence}).",
}
_REVIEWS = {
    "verification": "Marks of source data verification differ from the audit trail.",
    "holds": "What is frozen or locked differs from the audit trail.",
    "queries": "Queries differ from the audit trail.",
    "invalid": "The validity of signatures differs from the audit trail.",
    "hidden": "Hidden entries differ from the audit trail.",
}
_DAMAGED = "Database: {problem}"
_UNTOLD = "Record {record} ({form}) has no entry in the audit trail."
_DIFFERENT = "Record {record} ({form}) differs from the audit trail."
_GONE = "Record {record} of the audit trail is gone."
_MORE = "{count} more records differ."
_UNREADABLE = "A row cannot be read as the program wrote it ({problem})."
_SIGNATURE = {
    "altered": "Signature {signature} was altered.",
    "untold": "Signature {signature} differs from the audit trail.",
    "differs": "Signature {signature} stands on other values than were signed.",
    "gone": "Signature {signature} of the audit trail is gone.",
}
_BROKEN = "The study is NOT as the program wrote it."
_SOUND = (
    "The database is sound.",
    "The audit trail is intact: {entries} entries, head {head}.",
    "All values of {records} records agree with the audit trail.",
)
SENTENCES = (
    *_CHAIN.values(),
    *_SIGNATURE.values(),
    *ROW_SENTENCES.values(),
    *_REVIEWS.values(),
    _DAMAGED,
    _UNTOLD,
    _DIFFERENT,
    _GONE,
    _MORE,
    _UNREADABLE,
    _BROKEN,
    *_SOUND,
)
"""All that a report can say, for the translation."""
_MOST_RECORDS_NAMED = 20


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: an English sentence and its parameters."""

    sentence: str
    params: Mapping[str, object]

    def in_(self, language: Language) -> str:
        """Return the sentence in a language."""
        return translator(language).text(self.sentence, **self.params)


@dataclass(frozen=True)
class VerifyReport:
    """What was verified; `problems` is empty when all is well."""

    entries: int
    head: str
    records: int
    problems: tuple[Problem, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def lines(self) -> tuple[str, ...]:
        """The report in English, a sentence each."""
        return self.lines_in("en")

    def lines_in(self, language: Language) -> tuple[str, ...]:
        """Return the report in a language, a sentence each."""
        say = translator(language).text
        if self.problems:
            return (*(one.in_(language) for one in self.problems), say(_BROKEN))
        facts = {"entries": self.entries, "head": self.head[:12], "records": self.records}
        return tuple(say(sentence, **facts) for sentence in _SOUND)


def verify(session: StudySession, progress: Progress = silent) -> VerifyReport:
    """Verify an open study in full: database pages, hash chain, and records against the trail."""
    require(session, Action.VERIFY)
    with session.store.read() as connection:
        damaged = repo.integrity_problems(connection)
        if damaged:
            return VerifyReport(
                0, "", 0, tuple(Problem(_DAMAGED, {"problem": one}) for one in damaged)
            )
        chain = trail.verify(connection, progress)
        count = sum(repo.count(connection, table) for table in repo.form_table_names())
        disagreeing: list[Problem] = []
        for compare in (_records, _signatures, _rows, _reviews):
            disagreeing += _read(compare, session, connection, progress)
        if not disagreeing and chain.intact:
            disagreeing += _few(result_problems(session, connection, progress))
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


def _sentences(chain: ChainReport) -> Iterator[Problem]:
    for problem in chain.problems:
        yield Problem(_CHAIN[problem.what], {"sequence": problem.sequence})


Compare = Callable[[StudySession, Connection, Progress], list[Problem]]


def _read(
    compare: Compare, session: StudySession, connection: Connection, progress: Progress
) -> list[Problem]:
    """Return what a comparison finds; what cannot even be read was not written by the program."""
    try:
        return compare(session, connection, progress)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return [Problem(_UNREADABLE, {"problem": type(error).__name__})]


def _records(_session: StudySession, connection: Connection, progress: Progress) -> list[Problem]:
    """Replay the trail and compare each record's last state with the stored one."""
    expected = replay(connection)
    problems: list[Problem] = []
    count = 0
    for code, form in FORMS.items():
        for record in repo.all_records(connection, form):
            count += 1
            told = {"record": record.id, "form": code}
            if record.id not in expected:
                problems.append(Problem(_UNTOLD, told))
            elif expected.pop(record.id) != _state(record):
                problems.append(Problem(_DIFFERENT, told))
        progress(count, 0, "Records")
    problems += [Problem(_GONE, {"record": record_id}) for record_id in expected]
    more = len(problems) - _MOST_RECORDS_NAMED
    if more > 0:
        problems = [*problems[:_MOST_RECORDS_NAMED], Problem(_MORE, {"count": more})]
    return problems


def _signatures(session: StudySession, connection: Connection, _: Progress) -> list[Problem]:
    return [
        Problem(_SIGNATURE[what], {"signature": signature})
        for signature, what in signature_problems(connection, session.study.id)
    ]


def _rows(_session: StudySession, connection: Connection, _: Progress) -> list[Problem]:
    return _few(row_problems(connection))


def _reviews(_session: StudySession, connection: Connection, _: Progress) -> list[Problem]:
    differing = review_replay.told(connection).differences(review_replay.stored(connection))
    if "verification" not in differing and not _marks_fit(connection):
        differing.append("verification")
    return [Problem(_REVIEWS[name], {}) for name in differing]


def _marks_fit(connection: Connection) -> bool:
    """Return whether each mark names what its item holds: a change of the item would drop it."""
    marked: dict[str, list[Mark]] = defaultdict(list)
    for mark in reviews.marks(connection):
        marked[mark.record_id].append(mark)
    for record_id, marks in marked.items():
        record = repo.find_record(connection, record_id)
        if record is None or any(one.cell != cell_text(record, one.item) for one in marks):
            return False
    return True


def _few(problems: Iterable[tuple[str, str]]) -> list[Problem]:
    few = islice(problems, _MOST_RECORDS_NAMED)
    return [Problem(sentence, {"key": key}) for sentence, key in few]


def _state(record: Record[Form]) -> str:
    return values_text(record) + (VOIDED if record.voided else "")
