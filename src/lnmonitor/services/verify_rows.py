"""What stands beside the values: origin of records, people, flags, results. Part of `verify`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from lnmonitor.analysis.course import evaluate
from lnmonitor.progress import Progress
from lnmonitor.services.derive import WITHDRAWN, stored_results
from lnmonitor.services.flag_text import flag_text
from lnmonitor.services.recompute import up_to_date
from lnmonitor.services.session import StudySession
from lnmonitor.services.summaries import VERSION, summary_texts
from lnmonitor.storage import repositories as repo
from lnmonitor.storage import summaries
from lnmonitor.storage.told import differing, told

SENTENCES = {
    "record": "Record {key}: person, time, place or state differ from the audit trail.",
    "patient": "Patient {key} differs from the audit trail.",
    "account": "Account {key} differs from the audit trail.",
    "flag": "Flag {key} differs from the audit trail.",
    "study": "The facts about the study differ from the audit trail.",
    "results": "Stored results of patient {key} are not what the rules give.",
}


def row_problems(connection: Connection) -> Iterator[tuple[str, str]]:
    """Give the sentence and its key of each row that is not as the trail says."""
    for kind, key in differing(connection, told(connection)):
        yield SENTENCES[kind], key


def result_problems(
    session: StudySession, connection: Connection, progress: Progress
) -> Iterator[tuple[str, str]]:
    """Give the same for results and flags that are not as the rules say.

    To be asked only when all values are as they were written: rules expect values of their types.
    """
    if not up_to_date(session, connection):
        return  # results of earlier rules are brought up to date when the study is opened
    people = repo.patients(connection)
    for number, patient in enumerate(people, start=1):
        if not _results_fit(session, connection, patient.id):
            yield SENTENCES["results"], patient.subject_id
        progress(number, len(people), "Results")


def _results_fit(session: StudySession, connection: Connection, patient_id: str) -> bool:
    data = repo.patient_data(connection, patient_id)
    if data is None:
        return False
    course = evaluate(data, session.protocol, today=session.today)
    stored = repo.assessments(connection, patient_ids=[patient_id])
    results = stored_results(course)
    texts = summary_texts(session.protocol, data, results)
    kept = summaries.summary(connection, patient_id)
    if kept is None or kept[1:5] != (VERSION, *texts):
        return False
    flags = {
        one.identity: one.content
        for one in repo.flags(connection, [patient_id])
        if one.state != WITHDRAWN
    }
    return set(stored) == set(results) and flags == {
        flag.identity: flag_text(flag) for flag in course.flags
    }
