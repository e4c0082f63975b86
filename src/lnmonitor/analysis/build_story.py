"""From a patient's course to the story both renderers draw."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from lnmonitor.analysis.course import Course
from lnmonitor.analysis.story import Story
from lnmonitor.study.records import PatientData

if TYPE_CHECKING:
    from lnmonitor.study.protocol import Protocol


def build_story(
    data: PatientData, course: Course, protocol: Protocol, *, today: date, synthetic: bool
) -> Story:
    """Return everything that the patient page and the patient summary draw."""
    raise NotImplementedError
