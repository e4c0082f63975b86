"""Writing case reports: reads the patient, draws the document, remembers its fingerprint."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lnmonitor import __version__
from lnmonitor.analysis.story import Story
from lnmonitor.errors import InputError
from lnmonitor.i18n import translator
from lnmonitor.language import Language
from lnmonitor.outfile import replacing
from lnmonitor.progress import Progress, Turn, at_once, silent
from lnmonitor.reports.page import Imprint
from lnmonitor.reports.patient_summary import CaseReport, patient_summary
from lnmonitor.services import audit, patients, seals
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession

_STEPS = 3
_UNSAFE = frozenset('<>:"/\\|?*')


def report_patient(
    session: StudySession,
    patient_id: str,
    out: Path,
    *,
    language: Language = "en",
    progress: Progress = silent,
    turn: Turn = at_once,
) -> Path:
    """Write one patient's case report; `out` is a PDF's name or a folder.

    Args:
        turn: runs what needs the study; others may use the study while the pages are drawn.

    Raises:
        PermissionDeniedError: the role may not write reports.
        InputError: there is no such patient. StorageError: the place cannot be written.
    """
    require(session, Action.REPORT)
    progress(0, _STEPS, "reading")
    report = turn(partial(_read, session, patient_id, language))
    subject = report.story.subject_id
    path = out if out.suffix.lower() == ".pdf" else out / file_name(subject)
    progress(1, _STEPS, "pages")
    with replacing(path) as temporary:
        temporary.write_bytes(patient_summary(report))
        progress(2, _STEPS, "seal")
    seal = partial(seals.record_document, item=subject, patient_id=patient_id)
    turn(partial(seal, session, "report", path))
    return path


def _read(session: StudySession, patient_id: str, language: Language) -> CaseReport:
    """Read one patient's report and the trail's head at one moment."""
    story = patients.story(session, patient_id)
    data = patients.patient_data(session, patient_id)
    imprint = _imprint(session, story, data.site_id, language)
    return CaseReport(data, patients.course(session, patient_id), story, imprint)


def report_all(
    session: StudySession, folder: Path, *, language: Language = "en", progress: Progress = silent
) -> list[Path]:
    """Write the case reports of all patients into a folder; return their paths.

    Raises:
        InputError: the folder's name is taken by a file, or there are no patients.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("{path} is not a folder.", "Name a folder for the PDFs.", path=folder)
    people = patients.list_patients(session)
    if not people:
        raise InputError("The study has no patients yet.", "Add or import some first.")
    written = []
    for number, person in enumerate(people, start=1):
        path = folder / file_name(person.subject_id)
        written.append(report_patient(session, person.patient_id, path, language=language))
        progress(number, len(people), "PDFs")
    return written


def file_name(subject_id: str) -> str:
    """Return a PDF's name for a subject; characters that a file system may refuse become `_`."""
    safe = "".join("_" if c in _UNSAFE or not c.isprintable() else c for c in subject_id)
    return f"{safe.strip('. ') or 'patient'}.pdf"


def _imprint(session: StudySession, story: Story, site: str, language: Language) -> Imprint:
    now = session.clock.now()
    sequence, short = audit.head(session)
    tr = translator(language)
    return Imprint(
        title=tr.text("Patient summary"),
        study=session.study.name,
        protocol=session.protocol.version,
        site=site,
        synthetic=session.study.synthetic,
        subject=story.subject_id,
        status=story.status.in_(language),
        seal=f"{short} · {sequence}",
        seal_full=f"{sequence}-{short}",
        printed_at=f"{now:%Y-%m-%d %H:%M:%S %z} ({now.tzname()})",
        printed_by=f"{session.actor.full_name}, {session.actor.role}",
        program=f"lnmonitor {__version__}",
        rules=tr.text(
            "response {rule}, eGFR {egfr}, BILAG {scale}",
            rule=session.protocol.response_rule,
            egfr=session.protocol.egfr_equation,
            scale=session.protocol.bilag_scale,
        ),
        language=language,
    )
