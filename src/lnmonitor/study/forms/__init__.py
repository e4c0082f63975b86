"""The case report forms, one class each; `FORMS` finds them by code."""

from __future__ import annotations

from collections.abc import Mapping

from lnmonitor.study.forms.bilag import Bilag2004
from lnmonitor.study.forms.drugs import Glucocorticoid, Immunosuppressant
from lnmonitor.study.forms.events import AdverseEvent, Disposition, ProtocolDeviation
from lnmonitor.study.forms.history import DiseaseHistory, Eligibility
from lnmonitor.study.forms.infusion import Infusion
from lnmonitor.study.forms.laboratory import LabResult
from lnmonitor.study.forms.procedures import KidneyReplacement
from lnmonitor.study.forms.sledai import Sledai2K
from lnmonitor.study.forms.subject import Demographics, Identity
from lnmonitor.study.forms.visit import PhysicianAssessment, Visit, VitalSigns
from lnmonitor.study.items import Form

__all__ = [
    "FORMS",
    "AdverseEvent",
    "Bilag2004",
    "Demographics",
    "DiseaseHistory",
    "Disposition",
    "Eligibility",
    "Glucocorticoid",
    "Identity",
    "Immunosuppressant",
    "Infusion",
    "KidneyReplacement",
    "LabResult",
    "PhysicianAssessment",
    "ProtocolDeviation",
    "Sledai2K",
    "Visit",
    "VitalSigns",
]

_ALL: tuple[type[Form], ...] = (
    Demographics,
    Identity,
    DiseaseHistory,
    Eligibility,
    Infusion,
    Visit,
    PhysicianAssessment,
    VitalSigns,
    LabResult,
    Sledai2K,
    Bilag2004,
    Glucocorticoid,
    Immunosuppressant,
    KidneyReplacement,
    AdverseEvent,
    ProtocolDeviation,
    Disposition,
)
FORMS: Mapping[str, type[Form]] = {form.code: form for form in _ALL}
"""All forms by code, in the order in which lists show them."""
