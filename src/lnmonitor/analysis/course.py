"""A patient's course: every rule of the protocol applied to every visit, from stored records only.

`evaluate` is the single road from records to results: live scores, stored assessments, flags, plots,
tables and the generated study all take it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from lnmonitor.analysis.model import Course, Flag, InfusionGiven, Measured, VisitAssessment
from lnmonitor.study.records import PatientData

if TYPE_CHECKING:
    from lnmonitor.study.protocol import Protocol

__all__ = ["Course", "Flag", "InfusionGiven", "Measured", "VisitAssessment", "evaluate"]


def evaluate(data: PatientData, protocol: Protocol, *, today: date) -> Course:
    """Return every result that the protocol's rules give for one patient's records."""
    raise NotImplementedError
