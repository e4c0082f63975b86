"""CTCAE grades that a laboratory number alone cannot give: proposals, never assigned.

From the signs of a visit and from what was answered about an event. They are made when somebody
asks and are no stored result: the grade of an event is what the investigator enters, the grade of a
laboratory value what the value says. Beside that value stands whether it is treatment-emergent, by
which baseline it was graded, and what an event of the same term would raise it to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from lnmonitor.analysis.event_reporting import runs
from lnmonitor.analysis.inputs import yes_no
from lnmonitor.analysis.kidney import protein
from lnmonitor.analysis.kidney_replacement import on_dialysis
from lnmonitor.analysis.laboratory_grades import TERMS
from lnmonitor.analysis.model import Course, Measured, VisitAssessment, guarded
from lnmonitor.clinical import ctcae, ctcae_clinical, ctcae_terms
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.clinical.ctcae_terms import When
from lnmonitor.clinical.proteinuria import convert_ratio
from lnmonitor.clinical.results import Reason, Rule, Scalar, Truth
from lnmonitor.study import dates
from lnmonitor.study.forms import AdverseEvent, KidneyReplacement, VitalSigns
from lnmonitor.study.records import PatientData

RULE_GENERAL = Rule("ctcae-general-scale", ctcae.VERSION, (ctcae.NCI_2017,), verified=False)
"""Death 5, life-threatening 4, admission or disability 3: the scale that heads CTCAE, from
knowledge; a term's own wording may ask for more."""
PROPOSED = "proposed."
"""Begins the key of a proposal among the results of a visit."""

_GENERAL = ((5, "death"), (4, "life_threatening"), (3, "hospitalised"), (3, "disability"))
_TREATED = {"SLOWED", "INTERRUPTED", "STOPPED"}


# --- a visit -----------------------------------------------------------------------------------


def propose_at_visit(
    data: PatientData, course: Course, visit: VisitAssessment
) -> dict[str, CtcaeGrade]:
    """Return the grade that signs and results of a visit propose for each term, grade 0 left out.

    The worst of all sets of signs of the visit counts, those of an infusion too. A term whose
    numbers cannot be, such as a range of another unit, is not proposed.
    """
    signs = [record.form for record in data.at_visit(visit.visit_id, VitalSigns)]
    u24, ratio = visit.labs.get("U24P"), protein(visit.labs.get("UPCR"))
    amount = protein(u24)
    dipstick = visit.lab("UDIP")
    found: dict[str, Callable[[], CtcaeGrade]] = {
        "Hypertension": lambda: ctcae_clinical.hypertension(
            _worst(signs, "systolic"), _worst(signs, "diastolic")
        ),
        "Fever": lambda: ctcae_clinical.fever(_worst(signs, "temperature_c")),
        "Hypoxia": lambda: ctcae_clinical.hypoxia(_worst(signs, "spo2", lowest=True)),
        "Weight gain": lambda: ctcae_clinical.weight_gain(
            visit.weight_kg, _baseline_weight(course)
        ),
        "Proteinuria": lambda: ctcae_clinical.proteinuria(
            amount.value if amount else None, uln=u24.high if u24 else None, dipstick=dipstick
        ),
        "Chronic kidney disease": lambda: ctcae_clinical.chronic_kidney_disease(
            visit.egfr(),
            upcr_g_g=convert_ratio(ratio, "g/g").value if ratio else None,
            dipstick=dipstick,
            dialysis=on_dialysis(data.of(KidneyReplacement), date.fromisoformat(visit.date)),
        ),
    }
    grades = {term: guarded(ctcae.RULE_CTCAE_5, propose) for term, propose in found.items()}
    return {term: one for term, one in grades.items() if isinstance(one, CtcaeGrade) and one.low}


def _worst(signs: list[VitalSigns], item: str, *, lowest: bool = False) -> float | None:
    values = [float(value) for form in signs if (value := form.get(item)) is not None]
    return (min if lowest else max)(values, default=None)


def _baseline_weight(course: Course) -> float | None:
    known = [v.weight_kg for v in course.visits if _up_to_day_0(v) and v.weight_kg is not None]
    return known[-1] if known else None


def _up_to_day_0(visit: VisitAssessment) -> bool:
    return visit.day is not None and visit.day <= 0


# --- an event ----------------------------------------------------------------------------------


def propose_for_event(event: AdverseEvent, laboratory: int = 0) -> CtcaeGrade | None:
    """Return the grade that the answers about an event propose, None where they propose none.

    Args:
        laboratory: grade of the laboratory value of the event's term; the higher of both stands.

    A term with answers of its own is graded by them, any other one by the general scale. An answer
    that is not given leaves the grades above open.
    """
    term = next((t for t in ctcae_clinical.CLINICAL_STEPS if _same(t, event.ctcae_term)), None)
    found = _general(event) if term is None else _by_term(event, term)
    if not found.low and not laboratory:
        return None
    if laboratory <= found.low:
        return found
    high = max(found.high, laboratory)
    grade = laboratory if high == laboratory else None
    return CtcaeGrade(**{**vars(found), "low": laboratory, "high": high, "grade": grade})


def _by_term(event: AdverseEvent, term: str) -> CtcaeGrade:
    """Grade by the term's own answers, as far as the form has them."""
    answers = {
        "present": True,
        "life_threatening": _answered(event, "life_threatening"),
        "admitted": _answered(event, "hospitalised"),
        "interrupted_or_treated": True if event.action in _TREATED else None,
    }
    known = {name for _, name in ctcae_clinical.CLINICAL_STEPS[term][1]}
    return ctcae_clinical.propose(term, {k: v for k, v in answers.items() if k in known})


def _general(event: AdverseEvent) -> CtcaeGrade:
    steps = [(grade, item, Truth.of(_answered(event, item))) for grade, item in _GENERAL]
    low = max((grade for grade, _, met in steps if met is Truth.YES), default=0)
    open_above = [step for step in steps if step[2] is Truth.UNKNOWN and step[0] > low]
    high = max((grade for grade, _, _ in open_above), default=low)
    reasons = tuple(
        Reason("ctcae.general", met, {"item": item, "grade": grade})
        for grade, item, met in steps
        if met is Truth.YES or (grade, item, met) in open_above
    )
    return CtcaeGrade(
        rule=RULE_GENERAL,
        reasons=reasons,
        missing=tuple(item for _, item, _ in open_above),
        term=event.ctcae_term or event.term or "",
        grade=low if low == high else None,
        low=low,
        high=high,
    )


def _answered(event: AdverseEvent, item: str) -> bool | None:
    """Return the answer to a criterion; an event that is not serious meets none of them."""
    if item == "death" and event.outcome == "FATAL":
        return True
    given = event.get(item)
    answer = yes_no(given)
    return False if answer is None and event.serious == "N" else answer


def laboratory_grade(course: Course, event: AdverseEvent) -> int:
    """Return the highest laboratory grade of the event's own term while it ran, 0 without one."""
    key = next((k for k in _laboratory_keys() if _same(k.partition(".")[2], event.ctcae_term)), "")
    found = [
        outcome.low
        for visit in course.visits
        if isinstance(outcome := visit.outcomes.get(key), CtcaeGrade)
        and runs(event, _collected(visit, key))
    ]
    return max(found, default=0)


def _laboratory_keys() -> Iterator[str]:
    for terms in TERMS.values():
        yield from (f"ctcae.{term}" for term in terms)


def _same(term: str, typed: str | None) -> bool:
    return typed is not None and typed.strip().casefold() == term.casefold()


def _collected(visit: VisitAssessment, key: str) -> date | None:
    measured = _measured(visit, key.partition(".")[2])
    return dates.exact((measured.date if measured else "") or visit.date)


def _measured(visit: VisitAssessment, term: str) -> Measured | None:
    code = next((code for code, terms in TERMS.items() if term in terms), "")
    return visit.labs.get(code)


# --- a laboratory grade ------------------------------------------------------------------------


def beside_the_grade(
    data: PatientData, course: Course, visit: VisitAssessment, term: str
) -> tuple[Reason, ...]:
    """Return what a reader must know beside a laboratory grade: emergence, baseline, proposals."""
    now = visit.outcomes.get(f"ctcae.{term}")
    if not isinstance(now, CtcaeGrade):
        return ()
    found = [*_emergence(course, visit, now), *_variant(course, visit, now)]
    for event, proposed in _raised(data, visit, now):
        values: dict[str, Scalar] = {
            "event": event.term or event.ctcae_term or "?",
            "grade": proposed.low,
            "low": now.low,
        }
        found.append(Reason("ctcae.event", Truth.YES, values))
    return tuple(found)


def raised_by_event(data: PatientData, visit: VisitAssessment, analyte: str) -> int | None:
    """Return the grade that an event proposes above an analyte's laboratory grades, or None."""
    found = [
        proposed.low
        for term in TERMS.get(analyte, ())
        if isinstance(now := visit.outcomes.get(f"ctcae.{term}"), CtcaeGrade)
        for _, proposed in _raised(data, visit, now)
    ]
    return max(found, default=None)


def _raised(
    data: PatientData, visit: VisitAssessment, now: CtcaeGrade
) -> Iterator[tuple[AdverseEvent, CtcaeGrade]]:
    """Give the events of a grade's term that propose a higher one on the day of the result."""
    on = _collected(visit, f"ctcae.{now.term}")
    for record in data.of(AdverseEvent):
        if _same(now.term, record.form.ctcae_term) and runs(record.form, on):
            proposed = propose_for_event(record.form)
            if proposed is not None and proposed.low > now.low:
                yield record.form, proposed


def _emergence(course: Course, visit: VisitAssessment, now: CtcaeGrade) -> Iterator[Reason]:
    if _up_to_day_0(visit):
        return
    key = f"ctcae.{now.term}"
    before = [
        found
        for one in course.visits
        if _up_to_day_0(one) and isinstance(found := one.outcomes.get(key), CtcaeGrade)
    ]
    if not before:
        yield Reason("ctcae.no_baseline", Truth.UNKNOWN, {"item": "baseline"})
        return
    values: dict[str, Scalar] = {
        "item": now.term,
        "grade": _span(now),
        "baseline": _span(before[-1]),
    }
    yield Reason("ctcae.emergent", ctcae.treatment_emergent(now, before[-1]), values)


def _span(grade: CtcaeGrade) -> Scalar:
    return grade.grade if grade.grade is not None else f"{grade.low}–{grade.high}"


def _variant(course: Course, visit: VisitAssessment, now: CtcaeGrade) -> Iterator[Reason]:
    """Say which limits applied, where the term has two sets of them (liver tests)."""
    term = ctcae_terms.TERMS[now.term]
    if not any(step.when is When.BASELINE_ABNORMAL for step in term.steps):
        return
    before = [m for v in course.visits if _up_to_day_0(v) and (m := _measured(v, now.term))]
    known = [m for m in before if m.value is not None]
    if not known:
        return
    start = known[-1]
    abnormal = start.high is not None and (start.value or 0.0) > start.high
    values: dict[str, Scalar] = {
        "item": now.term,
        "baseline": start.value,
        "limit": start.high,
        "unit": start.unit,
        "visit": visit.code,
    }
    code = "ctcae.baseline_abnormal" if abnormal else "ctcae.baseline_normal"
    yield Reason(code, Truth.YES, values)
