"""Writing documents: reads what they need, draws the pages, remembers the fingerprint.

What a document needs of the study is read in one turn, at one moment of the trail; the pages are
drawn without it. Every document is an entry of the trail with its SHA-256.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from lnmonitor import __version__
from lnmonitor.errors import InputError
from lnmonitor.i18n import translator
from lnmonitor.language import Language
from lnmonitor.outfile import replacing
from lnmonitor.progress import Progress, Turn, at_once, silent
from lnmonitor.reports.blank_crf import BlankForms, blank_crf
from lnmonitor.reports.casebook import Casebook, casebook
from lnmonitor.reports.casebook_forms import records_of, voided_of
from lnmonitor.reports.instants import of_clock
from lnmonitor.reports.page import Imprint
from lnmonitor.reports.patient_summary import CaseReport, patient_summary
from lnmonitor.reports.query_pages import Thread
from lnmonitor.reports.review_reports import (
    ACCOUNT_ACTIONS,
    REVIEWED,
    Access,
    Drill,
    access_report,
    drill_report,
)
from lnmonitor.services import audit, patients, queries, seals, signatures
from lnmonitor.services.accounts import review_access
from lnmonitor.services.clock import anomalies
from lnmonitor.services.patients import PatientSummary
from lnmonitor.services.permissions import Action, require, role_of
from lnmonitor.services.restore import DrillReport
from lnmonitor.services.review_states import patient_review
from lnmonitor.services.session import StudySession
from lnmonitor.study.forms import Identity

Read = TypeVar("Read")
_STEPS = 3
_UNSAFE = frozenset('<>:"/\\|?*')


def report_patient(
    session: StudySession,
    patient_id: str,
    out: Path,
    *,
    language: Language = "en",
    recipient: str = "",
    progress: Progress = silent,
    turn: Turn = at_once,
) -> Path:
    """Write one patient's case report; `out` is a PDF's name or a folder.

    Args:
        recipient: for whom it is made, as the trail remembers it.
        turn: runs what needs the study; others may use the study while the pages are drawn.

    Raises:
        PermissionDeniedError: the role may not write reports.
        InputError: there is no such patient. StorageError: the place cannot be written.
    """
    require(session, Action.REPORT)
    subject = turn(partial(patients.patient_data, session, patient_id)).subject_id
    job = _Job(session, out, safe_name(subject), recipient, progress, turn)
    read = partial(_read, session, patient_id, language)
    return job.write(read, patient_summary, item=subject, patient_id=patient_id)


def _read(session: StudySession, patient_id: str, language: Language) -> CaseReport:
    """Read one patient's report and the trail's head at one moment."""
    story = patients.story(session, patient_id)
    data = patients.patient_data(session, patient_id)
    title = translator(language).text("Patient summary")
    status = story.status.in_(language)
    imprint = imprint_of(session, title, language, subject=story.subject_id, status=status)
    gone = voided_of(audit.entries(session, patient_id=patient_id, action="void", limit=None))
    return CaseReport(
        data,
        patients.course(session, patient_id),
        story,
        signatures.signatures(session, patient_id),
        records_of(data, gone),
        anomalies(session),
        session.clock.now(),
        replace(imprint, site=data.site_id),
    )


def report_all(
    session: StudySession,
    folder: Path,
    *,
    language: Language = "en",
    recipient: str = "",
    progress: Progress = silent,
) -> list[Path]:
    """Write the case reports of all patients into a folder; return their paths.

    Raises:
        InputError: the folder's name is taken by a file, or there are no patients.
    """
    people = _everybody(session, folder)
    written = []
    names = file_names(one.subject_id for one in people)
    for number, (person, name) in enumerate(zip(people, names, strict=True), start=1):
        path = folder / name
        written.append(
            report_patient(session, person.patient_id, path, language=language, recipient=recipient)
        )
        progress(number, len(people), "PDFs")
    return written


def _everybody(session: StudySession, folder: Path) -> Sequence[PatientSummary]:
    """Return all patients whose documents go into a folder.

    Raises:
        InputError: as `report_all`.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("{path} is not a folder.", "Name a folder for the PDFs.", path=folder)
    people = patients.list_patients(session)
    if not people:
        raise InputError("The study has no patients yet.", "Add or import some first.")
    return people


def file_names(subject_ids: Iterable[str], ending: str = ".pdf") -> list[str]:
    """Return a file's name for each subject; no two share one, in upper case neither.

    Characters that a file system may refuse become `_`, so `1/2` and `1_2` would be one name.
    """
    names: list[str] = []
    taken: set[str] = set()
    for subject_id in subject_ids:
        plain = safe_name(subject_id)
        tries = itertools.chain([plain], (f"{plain}-{n}" for n in itertools.count(2)))
        name = next(one for one in tries if one.casefold() not in taken)
        taken.add(name.casefold())
        names.append(f"{name}{ending}")
    return names


def safe_name(subject_id: str) -> str:
    """Return a subject's number as a file may be called."""
    safe = "".join("_" if c in _UNSAFE or not c.isprintable() else c for c in subject_id)
    return safe.strip(". ") or "patient"


def report_crf(
    session: StudySession,
    out: Path,
    *,
    language: Language = "en",
    annotated: bool = False,
    recipient: str = "",
    progress: Progress = silent,
    turn: Turn = at_once,
) -> Path:
    """Write every form empty, to be filled in by hand; `out` is a PDF's name or a folder.

    Args:
        annotated: with the variable, and the CDASH and SDTM target of each item.

    Raises:
        PermissionDeniedError: the role may not write reports.
        StorageError: the place cannot be written.
    """
    require(session, Action.REPORT)

    def read() -> BlankForms:
        tr = translator(language)
        title = tr.text("Annotated case report form") if annotated else (
            tr.text("Blank case report form")
        )  # fmt: skip
        imprint = replace(
            imprint_of(session, title, language),
            synthetic=False,
            corner=f"{tr.text('Subject number')} {'_' * 14}  {tr.text('Visit')} {'_' * 8}",
            contents=tr.text("Confidential once it is filled in. Contains no data."),
        )
        return BlankForms(session.protocol, annotated, imprint)

    name = "acrf" if annotated else "blank-crf"
    job = _Job(session, out, name, recipient, progress, turn)
    options = "annotated" if annotated else ""
    return job.write(read, blank_crf, item="blank forms", options=options)


def report_drill(
    session: StudySession,
    drill_result: DrillReport,
    out: Path,
    *,
    language: Language = "en",
    recipient: str = "",
    progress: Progress = silent,
    turn: Turn = at_once,
) -> Path:
    """Write the report of a restore drill, to be signed by hand; `out` is a PDF's name or a folder.

    Raises:
        PermissionDeniedError: the role may not write reports.
        StorageError: the place cannot be written.
    """
    require(session, Action.REPORT)

    def read() -> Drill:
        found = [
            entry
            for entry in audit.entries(session, patient_id="", action="restore drill", limit=None)
            if entry.at >= drill_result.drilled_at and drill_result.head in entry.new
        ]
        title = translator(language).text("Restore drill")
        imprint = imprint_of(session, title, language)
        zone = session.clock.now().tzinfo
        return Drill(drill_result, found[0] if found else None, zone, imprint)

    day = drill_result.drilled_at[:10]
    job = _Job(session, out, f"restore-drill-{day}", recipient, progress, turn)
    return job.write(read, drill_report, item="restore drill")


def report_access(
    session: StudySession,
    out: Path,
    *,
    language: Language = "en",
    recipient: str = "",
    progress: Progress = silent,
    turn: Turn = at_once,
) -> Path:
    """Write the review of access: accounts, roles and their history; `out` as `report_drill`.

    Raises:
        PermissionDeniedError: the role may not manage accounts.
        StorageError: the place cannot be written.
    """
    require(session, Action.REPORT)
    require(session, Action.MANAGE_ACCOUNTS)

    def read() -> Access:
        entries = [
            entry
            for action in ACCOUNT_ACTIONS
            for entry in audit.entries(session, patient_id="", action=action, limit=None)
        ]
        entries.sort(key=lambda one: one.sequence)
        tr = translator(language)
        imprint = replace(
            imprint_of(session, tr.text("Review of access"), language),
            contents=tr.text("Confidential. Names the people who have accounts; no patient."),
        )
        reviews = audit.entries(session, patient_id="", action=REVIEWED, limit=None)
        return Access(review_access(session), entries, reviews, session.clock.now(), imprint)

    name = f"access-review-{session.today.isoformat()}"
    job = _Job(session, out, name, recipient, progress, turn)
    return job.write(read, access_report, item="access review")


def report_casebook(
    session: StudySession,
    patient_id: str,
    out: Path,
    *,
    language: Language = "en",
    recipient: str = "",
    progress: Progress = silent,
    turn: Turn = at_once,
) -> Path:
    """Write one patient's casebook: every form, query, signature and entry of the trail.

    Args:
        out: a PDF's name or a folder. recipient: for whom it is made; printed, and remembered.
        turn: runs what needs the study; others may use the study while the pages are drawn.

    Raises:
        PermissionDeniedError: the role may not write reports or see the trail.
        InputError: there is no such patient. StorageError: the place cannot be written.
    """
    require(session, Action.REPORT)
    require(session, Action.VIEW_AUDIT)
    subject = turn(partial(patients.patient_data, session, patient_id)).subject_id
    job = _Job(session, out, f"{safe_name(subject)}-casebook", recipient, progress, turn)
    read = partial(read_casebook, session, patient_id, language, recipient)
    return job.write(read, casebook, item=subject, patient_id=patient_id, options="casebook")


def report_all_casebooks(
    session: StudySession,
    folder: Path,
    *,
    language: Language = "en",
    recipient: str = "",
    progress: Progress = silent,
) -> list[Path]:
    """Write the casebooks of all patients into a folder; as `report_all`."""
    people = _everybody(session, folder)
    written = []
    names = file_names((one.subject_id for one in people), "-casebook.pdf")
    for number, (person, name) in enumerate(zip(people, names, strict=True), start=1):
        path = folder / name
        written.append(
            report_casebook(
                session, person.patient_id, path, language=language, recipient=recipient
            )
        )
        progress(number, len(people), "PDFs")
    return written


def read_casebook(
    session: StudySession, patient_id: str, language: Language, recipient: str
) -> Casebook:
    """Read what a casebook is made of at one moment, without anything about the identity."""
    data = patients.patient_data(session, patient_id)
    records = tuple(one for one in data.records if not isinstance(one.form, Identity))
    story = patients.story(session, patient_id)
    asked = queries.queries(session, patient_id=patient_id, states=None)
    threads = [one for one in asked if one.form != Identity.code]
    entries = audit.entries(session, patient_id=patient_id, limit=None)
    title = translator(language).text("Casebook")
    status = story.status.in_(language)
    imprint = imprint_of(session, title, language, subject=data.subject_id, status=status)
    return Casebook(
        replace(data, records=records),
        story,
        patient_review(session, patient_id),
        tuple(
            Thread(number, one, queries.thread(session, one.id))
            for number, one in enumerate(threads, start=1)
        ),
        signatures.signatures(session, patient_id),
        tuple(one for one in entries if one.form != Identity.code),
        anomalies(session),
        recipient,
        session.clock.now(),
        replace(imprint, site=data.site_id),
    )


@dataclass(frozen=True)
class _Job:
    """One document on its way: read in a turn, drawn, written whole, sealed in a turn."""

    session: StudySession
    out: Path
    name: str
    recipient: str
    progress: Progress
    turn: Turn

    def write(
        self,
        read: Callable[[], Read],
        draw: Callable[[Read], bytes],
        *,
        item: str,
        patient_id: str = "",
        options: str = "",
    ) -> Path:
        """Write the document and return its path.

        Args:
            item: what it is about. options: what was chosen, as the trail remembers it.
        """
        self.progress(0, _STEPS, "reading")
        content = self.turn(read)
        path = self.out if self.out.suffix.lower() == ".pdf" else self.out / f"{self.name}.pdf"
        self.progress(1, _STEPS, "pages")
        with replacing(path) as temporary:
            temporary.write_bytes(draw(content))
            self.progress(2, _STEPS, "seal")
        self.turn(
            partial(
                seals.record_document,
                self.session,
                "report",
                path,
                item=item,
                patient_id=patient_id,
                recipient=self.recipient,
                options=options,
            )
        )
        return path


def imprint_of(
    session: StudySession, title: str, language: Language, *, subject: str = "", status: str = ""
) -> Imprint:
    """Return what stands on every page of a document made now.

    Args:
        subject, status: of the patient it is about.
    """
    sequence, short = audit.head(session)
    tr = translator(language)
    protocol = session.protocol
    role = role_of(session.actor.role).title
    return Imprint(
        title=title,
        study=session.study.name,
        protocol=protocol.version,
        site=session.study.site,
        synthetic=session.study.synthetic,
        subject=subject,
        status=status,
        seal=f"{short} · {sequence}",
        seal_full=f"{sequence}-{short}",
        printed_at=of_clock(session.clock.now()),
        printed_by=f"{session.actor.full_name}, {role.in_(language)}",
        program=f"lnmonitor {__version__}",
        rules=tr.text(
            "response {rule}, eGFR {egfr}, BILAG {scale}",
            rule=protocol.response_rule,
            egfr=protocol.egfr_equation,
            scale=protocol.bilag_scale,
        ),
        language=language,
    )
