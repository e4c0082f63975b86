"""Edit checks between SLEDAI-2K, BILAG-2004 and the laboratory of one visit."""

from __future__ import annotations

from datetime import date

import pytest

from lnmonitor.study.checks import check_form
from lnmonitor.study.forms import Bilag2004, LabResult, Sledai2K, Visit
from lnmonitor.study.items import Form
from lnmonitor.study.protocol import Protocol
from lnmonitor.study.records import PatientData, Record

VISIT = Record("v1", Visit(visit_code="M3", visit_date="2024-06-11"), "p1", "v1")
OURS = ("sledai.", "bilag.")
QUIET = {"casts": "N", "haematuria": "N", "pyuria": "N"}


def found(protocol: Protocol, form: Form, *beside: Form, at: str = "v1") -> dict[str, str]:
    others = [Record(f"r{n}", one, "p1", at) for n, one in enumerate(beside)]
    data = PatientData("p1", "01-001", "01", (VISIT, *others))
    raised = check_form(form, data=data, visit=VISIT, protocol=protocol, today=date(2024, 7, 1))
    return {one.check_id: one.level for one in raised if one.check_id.startswith(OURS)}


def protein(value: float, code: str = "U24P") -> LabResult:
    return LabResult(analyte=code, collected_on="2024-06-11", value=value, canonical_value=value)


@pytest.mark.parametrize(("days", "refused"), [(10, False), (30, False), (28, True), (11, True)])
def test_that_the_window_of_sledai_is_10_or_30_days(
    protocol: Protocol, days: int, *, refused: bool
) -> None:
    raised = found(protocol, Sledai2K(window_days=days))
    assert raised == ({"sledai.window": "refuse"} if refused else {})


def test_that_nephrotic_syndrome_without_the_protein_for_it_is_noted(protocol: Protocol) -> None:
    ticked = Bilag2004(nephrotic_syndrome="Y")
    noted = {"bilag.nephrotic": "info"}
    assert found(protocol, ticked, protein(3.4)) == noted
    assert found(protocol, ticked, protein(3.5)) == {}
    assert found(protocol, ticked, protein(3.0, "UPCR")) == noted
    assert found(protocol, ticked, protein(3.4), protein(3.6, "UPCR")) == {}
    assert found(protocol, ticked, protein(3.4), at="v2") == {}
    assert found(protocol, ticked) == {}
    assert found(protocol, Bilag2004(nephrotic_syndrome="N"), protein(3.4)) == {}


def test_that_two_forms_that_disagree_on_the_sediment_are_noted_on_either(
    protocol: Protocol,
) -> None:
    active, calm = Bilag2004(active_sediment="Y"), Bilag2004(active_sediment="N")
    quiet, red = Sledai2K(**QUIET), Sledai2K(**{**QUIET, "haematuria": "Y"})
    noted = {"sledai.bilag_sediment": "info"}
    assert found(protocol, active, quiet) == noted
    assert found(protocol, quiet, active) == noted
    assert found(protocol, calm, red) == noted
    assert found(protocol, red, calm) == noted
    assert found(protocol, active, red) == {}
    assert found(protocol, calm, quiet) == {}
    assert found(protocol, active, Sledai2K(casts="N", haematuria="N")) == {}
    assert found(protocol, active, quiet, at="v2") == {}
