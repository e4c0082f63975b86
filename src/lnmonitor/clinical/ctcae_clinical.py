"""CTCAE v5.0 terms that need more than one number: proposals for an investigator, never assigned.

Blood pressure, temperature, urine protein by strip or collection, kidney disease, oxygen, weight,
and the terms that are graded by what was done (infusion reaction, cytokine release, thrombosis,
blood sugar). Read in a published transcription of the criteria (NCI, 27 November 2017). Beside a
measured value an answer that was not given counts as no: the number alone proposes, a person
raises. Where answers alone decide, one not given leaves a range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lnmonitor.clinical.criteria import compare, require_positive, require_range, truth
from lnmonitor.clinical.ctcae import RULE_CTCAE_5, CtcaeGrade
from lnmonitor.clinical.ctcae import grade as grade_laboratory
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.proteinuria import require_dipstick
from lnmonitor.clinical.results import Reason, Scalar, Truth

Step = tuple[int, Reason]
"""A grade and the criterion that reaches it."""

CLINICAL_STEPS: Mapping[str, tuple[str, tuple[tuple[int, str], ...]]] = {
    "Infusion related reaction": (
        "10051792",
        (
            (4, "life_threatening"),
            (3, "prolonged_or_recurrent"),
            (3, "admitted"),
            (2, "interrupted_or_treated"),
            (1, "present"),
        ),
    ),
    "Cytokine release syndrome": (
        "10052015",
        (
            (4, "life_threatening"),
            (3, "one_vasopressor"),
            (3, "oxygen_40_percent_or_more"),
            (2, "hypotension_with_fluids"),
            (2, "oxygen_below_40_percent"),
            (1, "present"),
        ),
    ),
    "Thromboembolic event": (
        "10043565",
        (
            (4, "life_threatening"),
            (3, "urgent_intervention"),
            (2, "medical_intervention"),
            (1, "present"),
        ),
    ),
    "Hyperglycemia": (
        "10020639",
        (
            (4, "life_threatening"),
            (3, "insulin_or_admitted"),
            (2, "management_changed"),
            (1, "present"),
        ),
    ),
    "Glucose intolerance": (
        "10052426",
        (
            (4, "life_threatening"),
            (3, "insulin_or_severe_symptoms"),
            (2, "diet_or_oral_agent"),
            (1, "present"),
        ),
    ),
}
"""Term -> code and the answers that reach each grade, worst first."""


def _proposal(
    term: str, code: str, steps: Sequence[Step], inputs: Mapping[str, object]
) -> CtcaeGrade:
    """Return the highest grade that is met, as a range while an open step lies above it.

    Without such a step nothing is missing; else those of `inputs` that are absent are.
    """
    low = max((grade for grade, reason in steps if reason.met is Truth.YES), default=0)
    high = max((g for g, r in steps if r.met is Truth.UNKNOWN and g > low), default=low)
    absent = tuple(name for name, value in inputs.items() if value is None)
    return CtcaeGrade(
        rule=RULE_CTCAE_5,
        reasons=tuple(reason for _, reason in steps if reason.met is not Truth.NO),
        missing=absent if high > low else (),
        term=term,
        grade=low if low == high else None,
        low=low,
        high=high,
        code=code,
    )


def _answered(term: str, grade: int, name: str, answer: bool | None) -> Step:
    values: dict[str, Scalar] = {"item": name, "term": term, "grade": grade}
    return grade, Reason("ctcae.clinical", Truth.of(answer), values)


def propose(term: str, answers: Mapping[str, bool | None]) -> CtcaeGrade:
    """Grade a term of CLINICAL_STEPS by answers; one left out is not answered.

    `missing` names the open questions above the grade that is certain: no other can change it.
    Raises InvalidInput for a term or an answer that the table does not have.
    """
    if term not in CLINICAL_STEPS:
        raise InvalidInput("CTCAE term", term, None, " or ".join(CLINICAL_STEPS))
    code, rows = CLINICAL_STEPS[term]
    names = [name for _, name in rows]
    for name in answers:
        if name not in names:
            raise InvalidInput(f"answer for {term}", name, None, " or ".join(names))
    if answers.get("present") is False:
        answers = {**dict.fromkeys(names, False), **answers}
    steps = [_answered(term, grade, name, answers.get(name)) for grade, name in rows]
    certain = max((grade for grade, name in rows if answers.get(name)), default=0)
    above = {name: answers.get(name) for grade, name in rows if grade > certain}
    return _proposal(term, code, steps, above)


def hypertension(
    sbp: float | None,
    dbp: float | None,
    *,
    drugs: int | None = None,
    intensified: bool | None = None,
    crisis: bool | None = None,
) -> CtcaeGrade:
    """Adult hypertension: 120/80 grade 1, 140/90 grade 2, 160/100 grade 3 (mmHg).

    One drug is grade 2, more than one or more intensive treatment grade 3, malignant hypertension,
    a crisis or a deficit grade 4. Raises InvalidInput for impossible values.
    """
    require_positive("sbp", sbp, "mmHg")
    require_positive("dbp", dbp, "mmHg")
    require_range("drugs", drugs, "drugs", 0)
    term = "Hypertension"
    steps = [
        (grade, compare("ctcae.reading", item, value, ">=", limits[index], "mmHg", grade=grade))
        for grade, *limits in ((1, 120, 80), (2, 140, 90), (3, 160, 100))
        for index, (item, value) in enumerate((("sbp", sbp), ("dbp", dbp)))
    ]
    for grade, fewest in ((2, 1), (3, 2)):
        reason = compare("ctcae.reading", "drugs", drugs or 0, ">=", fewest, grade=grade)
        steps.append((grade, reason))
    steps.append(_answered(term, 3, "intensified", bool(intensified)))
    steps.append(_answered(term, 4, "crisis", bool(crisis)))
    return _proposal(term, "10020772", steps, {"sbp": sbp, "dbp": dbp})


def fever(temperature_c: float | None, *, hours_above_40: float | None = None) -> CtcaeGrade:
    """Fever: 38.0-39.0 °C grade 1, to 40.0 grade 2, above that 3, for more than 24 hours 4."""
    require_range("temperature_c", temperature_c, "°C", 25, 45)
    require_range("hours_above_40", hours_above_40, "h", 0)
    item = "temperature_c"
    above_40 = truth(temperature_c, ">", 40.0)
    rows = [
        (1, compare("ctcae.reading", item, temperature_c, ">=", 38.0, "°C", grade=1)),
        (2, compare("ctcae.reading", item, temperature_c, ">", 39.0, "°C", grade=2)),
        (3, compare("ctcae.reading", item, temperature_c, ">", 40.0, "°C", grade=3)),
    ]
    hours = compare("ctcae.reading", "hours_above_40", hours_above_40, ">", 24, "h", grade=4)
    rows.append((4, replace(hours, met=Truth.all(above_40, hours.met))))
    inputs = {item: temperature_c, "hours_above_40": hours_above_40}
    return _proposal("Fever", "10016558", rows, inputs)


def proteinuria(
    u24_g: float | None, *, uln: float | None = None, dipstick: float | None = None
) -> CtcaeGrade:
    """Adult proteinuria by 24-hour collection, else by strip: 1+ is 1, 2+ or 3+ is 2, 4+ is 3.

    `uln` is the upper limit of 24-hour protein in g. A collection outranks the strip.
    """
    require_dipstick(dipstick)
    if u24_g is not None or dipstick is None:
        return grade_laboratory("Proteinuria", u24_g, unit="g/24 h", uln=uln)
    steps = [
        (grade, compare("ctcae.reading", "dipstick", dipstick, ">=", level, grade=grade))
        for grade, level in ((1, 1), (2, 2), (3, 4))
    ]
    return _proposal("Proteinuria", "10037032", steps, {})


def chronic_kidney_disease(
    egfr: float | None,
    *,
    lln: float | None = None,
    upcr_g_g: float | None = None,
    dipstick: float | None = None,
    dialysis: bool | None = None,
) -> CtcaeGrade:
    """Kidney disease by eGFR; 2+ or a ratio above 0.5 is grade 1 too, dialysis grade 4."""
    require_range("upcr_g_g", upcr_g_g, "g/g", 0)
    require_dipstick(dipstick)
    term = "Chronic kidney disease"
    by_gfr = grade_laboratory(term, egfr, unit="mL/min/1.73 m^2", lln=lln)
    steps = [
        (1, compare("ctcae.reading", "upcr_g_g", upcr_g_g, ">", 0.5, "g/g", grade=1)),
        (1, compare("ctcae.reading", "dipstick", dipstick, ">=", 2, grade=1)),
        _answered(term, 4, "dialysis", bool(dialysis)),
    ]
    met = [(grade, reason) for grade, reason in steps if reason.met is Truth.YES]
    low = max([by_gfr.low, *(grade for grade, _ in met)])
    high = max(by_gfr.high, low)
    return replace(
        by_gfr,
        reasons=(*by_gfr.reasons, *(reason for _, reason in met)),
        missing=by_gfr.missing if high > low else (),
        grade=low if low == high else None,
        low=low,
        high=high,
    )


def hypoxia(
    spo2_percent: float | None, *, at_rest: bool | None = None, airway: bool | None = None
) -> CtcaeGrade:
    """Saturation below 88 %: on exercise grade 2, at rest grade 3; airway compromise grade 4."""
    require_range("spo2_percent", spo2_percent, "%", 0, 100)
    low = compare("ctcae.reading", "spo2_percent", spo2_percent, "<", 88, "%", grade=2)
    resting = replace(
        low, met=Truth.all(low.met, Truth.of(at_rest)), values={**low.values, "grade": 3}
    )
    steps = [(2, low), (3, resting), _answered("Hypoxia", 4, "airway", bool(airway))]
    inputs = {"spo2_percent": spo2_percent, "at_rest": at_rest}
    return _proposal("Hypoxia", "10021143", steps, inputs)


def weight_gain(weight_kg: float | None, baseline_kg: float | None) -> CtcaeGrade:
    """Weight above baseline by >= 5 % grade 1, >= 10 % grade 2, >= 20 % grade 3."""
    require_positive("weight_kg", weight_kg, "kg")
    require_positive("weight_kg, baseline", baseline_kg, "kg")
    steps = []
    for grade, percent in ((1, 5), (2, 10), (3, 20)):
        limit = None if baseline_kg is None else baseline_kg * (1 + percent / 100)
        reason = compare("ctcae.reading", "weight_kg", weight_kg, ">=", limit, "kg", grade=grade)
        steps.append((grade, reason))
    inputs = {"weight_kg": weight_kg, "weight_kg_baseline": baseline_kg}
    return _proposal("Weight gain", "10047896", steps, inputs)
