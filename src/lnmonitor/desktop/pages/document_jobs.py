"""How each document is made in the background: what runs on the job's thread, and what in turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lnmonitor.desktop.operations import on_database
from lnmonitor.language import Language
from lnmonitor.progress import Progress

if TYPE_CHECKING:
    from lnmonitor.services.session import StudySession

Make = Callable[[Progress], Path]
PatientKind = Literal["summary", "casebook"]


@dataclass(frozen=True)
class Wishes:
    """What holds for every document: the open study, its language, for whom it is made."""

    session: StudySession
    language: Language
    recipient: str


def _writer(kind: PatientKind) -> Callable[..., Path]:
    from lnmonitor.reports.service import report_casebook, report_patient

    return report_casebook if kind == "casebook" else report_patient


def of_patient(wishes: Wishes, kind: PatientKind, subject: str, out: Path) -> Make:
    """Make one patient's summary or casebook."""

    def make(progress: Progress) -> Path:
        from lnmonitor.services.patients import find_patient

        session = wishes.session
        patient_id = on_database(partial(find_patient, session, subject))
        return _writer(kind)(
            session,
            patient_id,
            out,
            language=wishes.language,
            recipient=wishes.recipient,
            progress=progress,
            turn=on_database,
        )

    return make


def of_all(wishes: Wishes, kind: PatientKind, folder: Path) -> Make:
    """Make every patient's summary or casebook; a person can stop between two."""

    def make(progress: Progress) -> Path:
        from lnmonitor.errors import InputError
        from lnmonitor.services.patients import list_patients

        session, write = wishes.session, _writer(kind)
        patients = on_database(partial(list_patients, session))
        if not patients:
            raise InputError("The study has no patients yet.", "Add or import some first.")
        for number, patient in enumerate(patients):
            progress(number, len(patients), patient.subject_id)
            write(
                session,
                patient.patient_id,
                folder,
                language=wishes.language,
                recipient=wishes.recipient,
                turn=on_database,
            )
        progress(len(patients), len(patients), patients[-1].subject_id)
        return folder

    return make


def blank_forms(wishes: Wishes, out: Path, *, annotated: bool) -> Make:
    """Make the case report form without data."""

    def make(progress: Progress) -> Path:
        from lnmonitor.reports.service import report_crf

        return report_crf(
            wishes.session,
            out,
            language=wishes.language,
            annotated=annotated,
            recipient=wishes.recipient,
            progress=progress,
            turn=on_database,
        )

    return make


def data_copy(wishes: Wishes, out: Path, *, cutoff: str | None, deidentified: bool) -> Make:
    """Make the workbook, or CSV files where the name ends in .zip."""

    def make(progress: Progress) -> Path:
        from lnmonitor.exchange.csv_files import export_csv
        from lnmonitor.exchange.excel import export_xlsx

        export = export_csv if out.suffix.lower() == ".zip" else export_xlsx
        return export(
            wishes.session,
            out,
            cutoff=cutoff,
            deidentified=deidentified,
            language=wishes.language,
            recipient=wishes.recipient,
            progress=progress,
            turn=on_database,
        ).path

    return make


def whole_archive(wishes: Wishes, out: Path, *, with_study: bool) -> Make:
    """Make the archive."""

    def make(progress: Progress) -> Path:
        from lnmonitor.archive.make import make_archive

        return make_archive(
            wishes.session,
            out,
            language=wishes.language,
            recipient=wishes.recipient,
            backup=with_study,
            progress=progress,
            turn=on_database,
        ).path

    return make
