"""BILAG-2004 letters at a visit, from the form, the laboratory and the assessment before."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from lnmonitor.analysis.inputs import PatientInput, VisitInput, yes_no
from lnmonitor.analysis.kidney import CELLULAR_CASTS, PROTEIN_MEASURES, protein
from lnmonitor.analysis.model import Measured, guarded
from lnmonitor.analysis.responses import Given, given_of
from lnmonitor.analysis.sledai_scores import SEDIMENT_LIMIT_HPF, decided
from lnmonitor.clinical import bilag, bilag_haematological, bilag_renal, bilag_renal_classic, gfr
from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.bilag_renal import RenalGrade, RenalInputs
from lnmonitor.clinical.bilag_renal_classic import RULE_BILAG_CLASSIC_RENAL
from lnmonitor.clinical.proteinuria import Proteinuria, convert_ratio
from lnmonitor.clinical.results import Outcome
from lnmonitor.study import dates
from lnmonitor.study.forms import DiseaseHistory
from lnmonitor.study.protocol import Protocol

_ITEMS = {
    system: tuple(item.code for item in bilag.ITEMS if item.system == system)
    for system in bilag.SYSTEMS
    if system not in {"renal", "haematological"}
}
_ACTIVE_CLASSES = ("III", "IV", "V")
_SEVERE_BP = (170, 110)
_NEPHROTIC_G = 3.5
_NEPHROTIC_MG_MMOL = 350


@dataclass
class BilagHistory:
    """What earlier assessments leave behind: the last renal inputs, and systems ever active."""

    history: DiseaseHistory | None
    renal: RenalInputs | None = None
    active: set[str] = field(default_factory=set)

    def ever(self, system: str) -> bool | None:
        """Whether a system was ever involved: an earlier A to C, or the recorded history."""
        if system in self.active:
            return True
        if self.history is None:
            return None
        if system == "renal" and (self.history.ln_diagnosed or self.history.isn_rps_class):
            return True
        return yes_no(self.history.get(f"ever_{system}"))

    def remember(self, outcomes: Mapping[str, Outcome], renal: RenalInputs | None) -> None:
        """Take over the grades and the renal inputs of an assessment that was just made."""
        for found in outcomes.values():
            if isinstance(found, BilagGrade) and found.grade in {Grade.A, Grade.B, Grade.C}:
                self.active.add(found.system)
        if renal is not None:
            self.renal = renal


def assesses_renal(visit: VisitInput) -> bool:
    """Whether the renal system is assessed: the form, or any result of urine protein or cells."""
    asked = (*PROTEIN_MEASURES, "URBC", "UWBC", "UCASTS")
    return visit.took_place and (
        visit.bilag is not None or any(code in visit.labs for code in asked)
    )


def grade_bilag(
    patient: PatientInput,
    visit: VisitInput,
    estimated: Outcome | None,
    before: BilagHistory,
    protocol: Protocol,
) -> dict[str, Outcome]:
    """Return the BILAG-2004 letters of a visit and remember them for the next one.

    The renal system is graded wherever it is assessed, the other eight where the form exists. The
    GFR compared is the estimated one, so that both visits have the same method.
    """
    found: dict[str, Outcome] = {}
    renal = None
    if assesses_renal(visit):
        renal = renal_inputs(patient, visit, estimated)
        found["bilag.renal"] = _grade_renal(attributed(renal, visit), before, protocol)
    if visit.bilag is not None:
        found |= _grade_systems(visit, before, protocol)
        grades = [one for one in found.values() if isinstance(one, BilagGrade)]
        found["bilag.total"] = bilag.total(grades, bilag.SCALES[protocol.bilag_scale])
    before.remember(found, renal)
    return found


def _grade_renal(now: RenalInputs, before: BilagHistory, protocol: Protocol) -> Outcome:
    """Grade by the protocol's renal rule; the classic one reads eGFR for creatinine clearance."""
    ever = before.ever("renal")
    if protocol.bilag_renal_rule == RULE_BILAG_CLASSIC_RENAL.id:
        return guarded(
            RULE_BILAG_CLASSIC_RENAL,
            lambda: bilag_renal_classic.grade(now, before.renal, ever_involved=ever),
        )
    rule = bilag_renal.RULE_BILAG_2004_RENAL
    given = given_of(protocol, rule.id)
    return guarded(rule, lambda: _grade_once(now, before.renal, ever, given))


@lru_cache(maxsize=4096)
def _grade_once(
    now: RenalInputs, previous: RenalInputs | None, ever_involved: bool | None, given: Given
) -> RenalGrade:
    """Grade once: a patient is evaluated after every save, and nearly all visits are as before."""
    return bilag_renal.grade(now, previous, ever_involved=ever_involved, parameters=dict(given))


@lru_cache(maxsize=4096)
def _grade_blood(
    inputs: bilag_haematological.HaematologyInputs, ever_involved: bool | None, given: Given
) -> BilagGrade:
    """Grade once, as the kidney."""
    return bilag_haematological.grade(inputs, ever_involved=ever_involved, parameters=dict(given))


def _grade_systems(
    visit: VisitInput, before: BilagHistory, protocol: Protocol
) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    scored = _scores(visit)
    given = given_of(protocol, bilag_haematological.RULE_HAEMATOLOGICAL.id)
    for system in _ITEMS:
        found[f"bilag.{system}"] = guarded(
            bilag.RULE_BILAG_2004,
            lambda system=system: bilag.grade_system(  # type: ignore[misc]
                system,
                scored[system],
                ever_involved=before.ever(system),
            ),
        )
    found["bilag.haematological"] = guarded(
        bilag_haematological.RULE_HAEMATOLOGICAL,
        lambda: _grade_blood(_blood(visit), before.ever("haematological"), given),
    )
    return found


@lru_cache(maxsize=512)
def _scores(visit: VisitInput) -> Mapping[str, Mapping[str, int | None]]:
    """Return the scores of the form by system; remembered, for a save changes one visit of many."""
    return {
        system: MappingProxyType({code: _scored(visit, code) for code in codes})
        for system, codes in _ITEMS.items()
    }


def _scored(visit: VisitInput, code: str) -> int | None:
    answer = None if visit.bilag is None else visit.bilag.form.get(code)
    return None if answer is None else int(answer)


_BLOOD = {
    "haemoglobin_g_l": "HGB",
    "wbc_10e9_l": "WBC",
    "neutrophils_10e9_l": "NEUT",
    "lymphocytes_10e9_l": "LYMPH",
    "platelets_10e9_l": "PLT",
}


@lru_cache(maxsize=512)
def _blood(visit: VisitInput) -> bilag_haematological.HaematologyInputs:
    form = None if visit.bilag is None else visit.bilag.form
    not_lupus = [
        name
        for name, code in _BLOOD.items()
        if code in visit.labs and visit.labs[code].due_to_sle is False
    ]
    return bilag_haematological.HaematologyInputs(
        **{name: visit.value(code) for name, code in _BLOOD.items()},
        ttp=_scored(visit, "ttp"),
        active_haemolysis=None if form is None else yes_no(form.haemolysis),
        isolated_coombs=None if form is None else yes_no(form.coombs),
        not_due_to_sle=frozenset(not_lupus),
    )


def renal_inputs(
    patient: PatientInput, visit: VisitInput, estimated: Outcome | None
) -> RenalInputs:
    """Return items 78 to 89 of a visit.

    BILAG prints its ratio limits in mg/mmol only, so another unit is converted by molar mass. Where
    the form leaves hypertension, nephrotic syndrome, sediment or histology open, measurements
    decide as far as they can.
    """
    u24, upcr = protein(visit.labs.get("U24P")), protein(visit.labs.get("UPCR"))
    measured = RenalInputs(
        u24_g=u24.value if u24 else None,
        upcr_mg_mmol=convert_ratio(upcr, "mg/mmol").value if upcr else None,
        uacr_mg_mmol=_uacr(visit.labs.get("UACR")),
        dipstick=visit.value("UDIP"),
        creatinine_umol_l=visit.value("CREAT"),
        gfr=estimated.value if isinstance(estimated, gfr.EgfrResult) else None,
        sbp=visit.vital("systolic"),
        dbp=visit.vital("diastolic"),
    )

    def answer(name: str, derived: bool | None) -> bool | None:
        found = None if visit.bilag is None else yes_no(visit.bilag.form.get(name))
        return derived if found is None else found

    return replace(
        measured,
        accelerated_hypertension=answer("accelerated_hypertension", _hypertension(measured)),
        nephrotic_syndrome=answer("nephrotic_syndrome", _nephrotic(measured)),
        active_sediment=answer("active_sediment", active_sediment(visit)),
        active_histology_3mo=answer("active_nephritis", _histology(patient.history, visit.on)),
    )


_RENAL_LABS = {
    "u24_g": "U24P",
    "upcr_mg_mmol": "UPCR",
    "uacr_mg_mmol": "UACR",
    "dipstick": "UDIP",
    "creatinine_umol_l": "CREAT",
    "gfr": "CREAT",
}


def attributed(inputs: RenalInputs, visit: VisitInput) -> RenalInputs:
    """Return the inputs without the values that the investigator put down to another cause.

    They do not count at this visit; the next one is compared with them all the same.
    """
    other_cause = {
        name: None
        for name, code in _RENAL_LABS.items()
        if code in visit.labs and visit.labs[code].due_to_sle is False
    }
    return replace(inputs, **other_cause) if other_cause else inputs


def _uacr(measured: Measured | None) -> float | None:
    if measured is None or measured.value is None or measured.operator:
        return None
    return convert_ratio(Proteinuria(measured.value, "mg/g"), "mg/mmol").value


def _hypertension(inputs: RenalInputs) -> bool | None:
    """Surely not accelerated up to 170/110; above, the fundus decides, for the form to say."""
    if inputs.sbp is None or inputs.dbp is None:
        return None
    return False if inputs.sbp <= _SEVERE_BP[0] and inputs.dbp <= _SEVERE_BP[1] else None


def _nephrotic(inputs: RenalInputs) -> bool | None:
    """Surely not nephrotic under 3.5 g (350 mg/mmol); above, oedema is for the form to say."""
    measured = ((inputs.u24_g, _NEPHROTIC_G), (inputs.upcr_mg_mmol, _NEPHROTIC_MG_MMOL))
    known = [value < limit for value, limit in measured if value is not None]
    return False if known and all(known) else None


def active_sediment(visit: VisitInput) -> bool | None:
    """More than 5 red or white cells per field, or cellular casts; None while it is open.

    A count that the investigator put down to another cause counts as not active.
    """
    casts = visit.labs.get("UCASTS")
    kind = casts.text if casts else ""
    signs = [kind in CELLULAR_CASTS if kind else None]
    for code in ("URBC", "UWBC"):
        measured = visit.labs.get(code)
        count = decided(measured, SEDIMENT_LIMIT_HPF)
        above = None if count is None else count > SEDIMENT_LIMIT_HPF
        other_cause = measured is not None and measured.due_to_sle is False
        signs.append(False if other_cause else above)
    if True in signs:
        return True
    return None if None in signs else False


def _histology(history: DiseaseHistory | None, on: date) -> bool | None:
    """Active nephritis on a biopsy of the three calendar months up to the visit.

    A partial biopsy date that may lie on either side of the limit leaves it open.
    """
    if history is None:
        return None
    if not history.biopsy_date:
        return False
    biopsy = dates.parse_partial(history.biopsy_date)
    since = _months_before(on, 3)
    if biopsy.last < since or biopsy.first > on:
        return False
    if not any(part in _ACTIVE_CLASSES for part in _classes(history.isn_rps_class)):
        return None if history.isn_rps_class is None else False
    if history.isn_rps_activity is None or biopsy.first < since or biopsy.last > on:
        return None
    return history.isn_rps_activity in {"A", "A/C"}


def _classes(isn_rps: str | None) -> list[str]:
    """Return the plain classes of "IV-S", "III+V"."""
    return [part.split("-")[0] for part in (isn_rps or "").split("+")]


def _months_before(on: date, months: int) -> date:
    """Return the same day so many calendar months earlier, the last day of a shorter month."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))
