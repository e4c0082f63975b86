"""The trial's tables over all patients, computed from the stored records."""

from __future__ import annotations

from lnmonitor.analysis import cohort as tables
from lnmonitor.analysis.cohort import CohortTables
from lnmonitor.progress import Progress, silent
from lnmonitor.services.patients import course, patient_data
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import repositories as repo


def cohort(session: StudySession, progress: Progress = silent) -> CohortTables:
    """Return the tables beside the published numbers, as of today."""
    require(session, Action.VIEW)
    with session.store.read() as connection:
        ids = [one.id for one in repo.patients(connection)]
    pairs = []
    for number, patient_id in enumerate(ids, start=1):
        pairs.append((patient_data(session, patient_id), course(session, patient_id)))
        progress(number, len(ids), "Patients")
    return tables.cohort(pairs, session.protocol)
