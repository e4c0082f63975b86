"""A patient's PDF, against bare reportlab laying out the same flowables."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

from reportlab.platypus import Flowable, SimpleDocTemplate

from lnmonitor.reports import patient_summary
from lnmonitor.reports.service import report_patient
from lnmonitor.services.patients import list_patients
from measure import Measured, by_turns, open_demo

ROUNDS, WARM = 10, 2


def measure(study: Path) -> Measured:
    """Write one patient's report by turns with its bare flowables."""
    out = study.parent / "ours.pdf"
    with open_demo(study) as session:
        patient_id = list_patients(session)[0].patient_id
        # A flowable can be laid out once: one set for each round, taken before the clock runs.
        sets: list[list[Flowable]] = []

        def keep(story: Callable[[], Sequence[Flowable]], *_: object) -> bytes:
            sets.append(list(story()))
            return b""

        with mock.patch.object(patient_summary, "build", keep):
            for _ in range(ROUNDS + WARM):
                report_patient(session, patient_id, out)
        measured = by_turns(
            lambda: report_patient(session, patient_id, out),
            lambda: SimpleDocTemplate(io.BytesIO()).build(sets.pop()),
            rounds=ROUNDS,
            warm=WARM,
        )
    return Measured("PDF summary of one patient", "reportlab, same flowables", *measured)
