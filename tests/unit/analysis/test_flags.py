"""Flags: each limit at its edge, and the lasting identity of a flag."""

from __future__ import annotations

from datetime import date

import pytest
from patients import Builder, remitted, started

from lnmonitor.analysis.course import Course, evaluate
from lnmonitor.clinical.infusion import InfusionCheck
from lnmonitor.study.forms import AdverseEvent, Glucocorticoid, Infusion, VitalSigns
from lnmonitor.study.protocol import load_protocol

PROTOCOL = load_protocol("ln-msc-01")


def _run(b: Builder) -> Course:
    return evaluate(b.data(), PROTOCOL, today=date(2026, 5, 12))


def _kinds(course: Course) -> list[str]:
    return [flag.kind for flag in course.flags]


def test_that_grade_3_that_is_new_is_flagged_once_for_an_episode() -> None:
    b = started()
    for code, day, platelets in (
        ("SCR", -7, 140),
        ("M1", 30, 40),
        ("M3", 91, 35),
        ("M6", 182, 130),
        ("M9", 273, 45),
    ):
        b.labs(b.visit(code, day), day, PLT=platelets)
    flags = [f for f in _run(b).flags if f.kind.startswith("ctcae")]
    assert sorted(f.day or 0 for f in flags) == [30, 273]
    assert flags[0].title.en == "Platelet count decreased: grade 3"


def test_that_grade_3_at_baseline_is_not_flagged_again() -> None:
    b = started()
    for code, day, platelets in (("SCR", -7, 40), ("M1", 30, 60), ("M3", 91, 40)):
        b.labs(b.visit(code, day), day, PLT=platelets)
    assert _kinds(_run(b)) == []


@pytest.mark.parametrize(("value", "flagged"), [(78.0, False), (78.1, True)])
def test_that_creatinine_up_by_more_than_30_percent_is_flagged(value: float, flagged: bool) -> None:
    b = started()
    b.labs(b.visit("M1", 40), 40, CREAT=60)
    b.labs(b.visit("M3", 91), 91, CREAT=value)
    assert ("creatinine.rise" in _kinds(_run(b))) is flagged


@pytest.mark.parametrize(("day", "flagged"), [(30, True), (31, False)])
def test_that_half_more_creatinine_within_30_days_is_of_special_interest(
    day: int, flagged: bool
) -> None:
    b = started()
    b.labs(b.visit("SCR", -7), -7, CREAT=60)
    b.labs(b.visit("M1", day), day, CREAT=90)
    assert ("aesi.kidney" in _kinds(_run(b))) is flagged


def test_that_a_serious_event_is_flagged_until_it_is_reported() -> None:
    b = started()
    b.add(AdverseEvent(term="pneumonia", start=b.iso(100), grade=3, serious="Y"))
    reported = started()
    reported.add(
        AdverseEvent(
            term="pneumonia", start="2025-09", grade=3, serious="Y", reported_at="2025-09-21T09:00"
        )
    )
    assert _kinds(_run(b)) == ["sae.unreported"]
    assert _kinds(_run(reported)) == []


@pytest.mark.parametrize(
    ("kind", "day", "severity"),
    [
        ("FEVER", 2, "warn"),
        ("FEVER", 3, "info"),
        ("INFECTION", 365, "warn"),
        ("INFECTION", 366, "info"),
        ("NEOPLASM", 900, "warn"),
    ],
)
def test_that_events_of_special_interest_weigh_less_outside_their_window(
    kind: str, day: int, severity: str
) -> None:
    b = started()
    b.add(AdverseEvent(term="x", start=b.iso(day), grade=2, serious="N", special_interest=kind))
    flag = _run(b).flags[0]
    assert (flag.kind, flag.severity) == ("aesi.event", severity)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [(49.5, None), (49.4, "dose.minor"), (44.0, "dose.minor"), (43.9, "dose.major")],
)
def test_that_a_dose_outside_tolerance_is_a_deviation(cells: float, kind: str | None) -> None:
    # 55 kg at 1.0 x 10^6/kg: 55 x 10^6 planned; 10 % and 20 % less are 49.5 and 44.0.
    b = started(infused=False)
    b.add(
        Infusion(
            number=1,
            weight_kg=55,
            viable_cells=cells,
            started_at=f"{b.iso(0)}T10:00",
            stopped_at=f"{b.iso(0)}T10:30",
        )
    )
    course = _run(b)
    check = course.infusions[0].check
    assert isinstance(check, InfusionCheck)
    assert check.given_dose_per_kg == pytest.approx(cells / 55 * 1e6)
    assert _kinds(course) == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    ("signs", "at", "kind"),
    [
        ({"temperature_c": 38.0}, "14T10:00", "aesi.fever"),
        ({"temperature_c": 38.0}, "14T10:01", None),
        ({"temperature_c": 37.9}, "13T10:00", None),
        ({"systolic": 90}, "12T11:00", "aesi.hypotension"),  # down by 30 from 120
        ({"systolic": 91}, "12T11:00", None),
        ({"spo2": 91}, "12T11:00", "aesi.hypoxia"),
        ({"spo2": 94}, "12T11:00", "aesi.hypoxia"),  # down by 4 from 98
        ({"spo2": 95}, "12T11:00", None),
    ],
)
def test_that_signs_after_the_infusion_are_watched(
    signs: dict[str, float], at: str, kind: str | None
) -> None:
    b = started()
    day_0 = b.visit("D0", 0)
    before = {"temperature_c": 36.5, "systolic": 120, "spo2": 98}
    b.vitals(day_0, measured_at="2025-06-12T09:45", timepoint="PRE", **before)
    b.add(VitalSigns(measured_at=f"2025-06-{at}", timepoint="END+30", **signs), day_0)
    assert _kinds(_run(b)) == ([] if kind is None else [kind])


def test_that_a_flag_keeps_its_identity_while_its_evidence_stands() -> None:
    first = _run(remitted(None)).flags[0]
    later = remitted(None)
    later.add(Glucocorticoid(drug="PREDNISONE", dose_mg=5, frequency="QD", start="2025"))
    assert _run(later).flags[0].identity == first.identity
    assert len(first.identity) == 16
