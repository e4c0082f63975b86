"""Saving, amending, voiding: what is stored, refused, asked about, and written in the trail."""

from __future__ import annotations

import json
import math

import pytest

from lnmonitor.clinical.sledai import ITEM_BY_CODE
from lnmonitor.errors import ConflictError, InputError
from lnmonitor.services import audit
from lnmonitor.services.patients import add_patient, list_patients, patient_data
from lnmonitor.services.records import (
    WHOLE_FORM,
    CheckFailed,
    RecordDraft,
    Saved,
    check,
    find_record,
    history,
    save,
    void,
)
from lnmonitor.services.session import StudySession
from lnmonitor.services.verify import verify
from lnmonitor.storage import repositories as repo
from lnmonitor.study.forms import (
    Demographics,
    Identity,
    Infusion,
    LabResult,
    ProtocolDeviation,
    Sledai2K,
    Visit,
    VitalSigns,
)

WRONG_DOSE = Infusion(
    number=1,
    cell_source="UC",
    weight_kg=50,
    viable_cells=65,
    viability_percent=95,
    started_at="2026-01-20T10:00",
    stopped_at="2026-01-20T10:40",
)


def screening(session: StudySession, patient_id: str, *drafts: RecordDraft) -> Saved:
    """Save a screening visit with forms that name its id as `visit`."""
    visit_id = session.new_id()
    visit = Visit(visit_code="SCR", visit_date="2026-01-12", status="DONE")
    inside = [
        RecordDraft(d.form, patient_id, visit_id=visit_id, missing=d.missing, justified=d.justified)
        for d in drafts
    ]
    return save(session, [RecordDraft(visit, patient_id, record_id=visit_id), *inside])


def test_that_a_visit_and_its_forms_are_saved_together(
    nurse: StudySession, patient_id: str
) -> None:
    saved = screening(nurse, patient_id, RecordDraft(VitalSigns(weight_kg=50), patient_id))
    visit, vitals = saved.records
    assert visit.visit_id == visit.id
    assert vitals.visit_id == visit.id
    assert saved.changes.patient_ids == {patient_id}
    assert {"SV", "VS", "results", "audit"} <= saved.changes.kinds
    nurse.cache.clear()
    again = patient_data(nurse, patient_id)
    assert again.at_visit(visit.id, VitalSigns)[0] == vitals


def test_that_a_creation_is_one_entry_with_all_values(nurse: StudySession, patient_id: str) -> None:
    draft = RecordDraft(VitalSigns(weight_kg=50, systolic=120), "", missing={"spo2": "ND"})
    vitals = screening(nurse, patient_id, draft).records[1]
    (entry,) = history(nurse, vitals.id)
    assert (entry.action, entry.form, entry.item, entry.reason) == ("create", "VS", "", "")
    assert entry.values == {"weight_kg": 50.0, "systolic": 120.0, "missing": {"spo2": "ND"}}
    assert (entry.account, entry.full_name, entry.role) == ("nurse", "Li Wen", "coordinator")
    assert (entry.at, entry.utc_offset) == ("2026-05-12T01:41:52.000Z", "+08:00")
    assert entry.zone == "Asia/Shanghai"
    assert entry.workstation
    assert entry.program
    assert (entry.patient_id, entry.visit_id) == (patient_id, vitals.visit_id)


def test_that_an_amendment_is_one_entry_for_each_changed_item(
    nurse: StudySession, patient_id: str
) -> None:
    draft = RecordDraft(VitalSigns(weight_kg=50, systolic=120, heart_rate=70), "")
    vitals = screening(nurse, patient_id, draft).records[1]
    amended = save(
        nurse,
        [
            RecordDraft(
                VitalSigns(weight_kg=55, heart_rate=70, diastolic=80),
                patient_id,
                record_id=vitals.id,
                row_version=1,
                missing={"systolic": "ND"},
                reason="Copied wrongly",
            )
        ],
    ).records[0]
    assert amended.row_version == 2
    changes = [
        (one.item, one.old, one.new, one.reason)
        for one in history(nurse, vitals.id)
        if one.action == "amend"
    ]
    assert changes == [
        ("weight_kg", "50.0", "55.0", "Copied wrongly"),
        ("systolic", "120.0", "ND", "Copied wrongly"),
        ("diastolic", "", "80.0", "Copied wrongly"),
    ]
    assert [one.action for one in history(nurse, vitals.id, "weight_kg")] == ["create", "amend"]


def test_that_a_changed_value_needs_a_reason_and_an_empty_item_filled_needs_none(
    nurse: StudySession, patient_id: str
) -> None:
    vitals = screening(nurse, patient_id, RecordDraft(VitalSigns(weight_kg=50), "")).records[1]
    changed = RecordDraft(VitalSigns(weight_kg=51), patient_id, None, vitals.id, 1)
    with pytest.raises(InputError, match="Weight"):
        save(nurse, [changed])
    assert find_record(nurse, vitals.id).form == VitalSigns(weight_kg=50)
    filled = RecordDraft(VitalSigns(weight_kg=50, spo2=98), patient_id, None, vitals.id, 1)
    assert save(nurse, [filled]).records[0].row_version == 2


def test_that_a_draft_that_changes_nothing_writes_nothing(
    nurse: StudySession, patient_id: str
) -> None:
    vitals = screening(nurse, patient_id, RecordDraft(VitalSigns(weight_kg=50), "")).records[1]
    before = audit.head(nurse)
    same = RecordDraft(VitalSigns(weight_kg=50), patient_id, None, vitals.id, 1)
    saved = save(nurse, [same])
    assert saved.records == (vitals,)
    assert not saved.changes
    assert not save(nurse, []).changes
    assert audit.head(nurse) == before


def test_that_a_form_changed_in_memory_is_still_compared_with_the_store(
    nurse: StudySession, patient_id: str
) -> None:
    vitals = screening(nurse, patient_id, RecordDraft(VitalSigns(weight_kg=50), "")).records[1]
    assert isinstance(vitals.form, VitalSigns)
    vitals.form.weight_kg = 51
    draft = RecordDraft(vitals.form, patient_id, None, vitals.id, 1, reason="Source corrected")
    save(nurse, [draft])
    changes = [(one.old, one.new) for one in history(nurse, vitals.id)[1:]]
    assert changes == [("50.0", "51.0")]
    assert verify(nurse).intact


def test_that_a_justification_of_the_whole_form_is_in_the_trail(
    nurse: StudySession, patient_id: str
) -> None:
    whole = RecordDraft(VitalSigns(weight_kg=50), "", justified={WHOLE_FORM: "seen at home"})
    vitals = screening(nurse, patient_id, whole).records[1]
    again = {WHOLE_FORM: "seen on the ward"}
    save(nurse, [RecordDraft(vitals.form, patient_id, None, vitals.id, 1, justified=again)])
    assert find_record(nurse, vitals.id).justified == again
    assert history(nurse, vitals.id)[-1].justified == "seen on the ward"
    assert verify(nurse).intact


def test_that_a_record_changed_meanwhile_is_a_conflict(
    nurse: StudySession, patient_id: str
) -> None:
    vitals = screening(nurse, patient_id, RecordDraft(VitalSigns(weight_kg=50), "")).records[1]
    amend = RecordDraft(
        VitalSigns(weight_kg=51), patient_id, None, vitals.id, 1, reason="Source corrected"
    )
    save(nurse, [amend])
    with pytest.raises(ConflictError):
        save(nurse, [amend])
    with nurse.work() as work, pytest.raises(ConflictError):
        work.amend(vitals, vitals, "behind the check's back")


def test_that_a_refused_value_stops_the_whole_save(nurse: StudySession, patient_id: str) -> None:
    before = audit.head(nurse)
    with pytest.raises(CheckFailed) as caught:
        screening(nurse, patient_id, RecordDraft(VitalSigns(weight_kg=900), ""))
    assert [one.item for one in caught.value.by_draft[1]] == ["weight_kg"]
    assert caught.value.findings[0].level == "refuse"
    assert audit.head(nurse) == before
    assert not patient_data(nurse, patient_id).of(Visit)


def test_that_a_visit_before_consent_is_refused(nurse: StudySession, patient_id: str) -> None:
    early = Visit(visit_code="SCR", visit_date="2026-01-09", status="DONE")
    with pytest.raises(CheckFailed, match="consent"):
        save(nurse, [RecordDraft(early, patient_id)])


def test_that_an_infusion_without_weight_and_a_negative_count_are_refused(
    nurse: StudySession, patient_id: str
) -> None:
    for wrong, item in (
        ({"weight_kg": None}, "weight_kg"),
        ({"viable_cells": -5.0}, "viable_cells"),
    ):
        form = Infusion(**{**WRONG_DOSE.model_dump(), **wrong})
        with pytest.raises(CheckFailed) as caught:
            save(nurse, [RecordDraft(form, patient_id)])
        refused = [one.item for one in caught.value.findings if one.level == "refuse"]
        assert refused == [item]


def test_that_an_unexpected_value_is_kept_with_its_justification(
    nurse: StudySession, patient_id: str
) -> None:
    heavy = VitalSigns(weight_kg=130)
    with pytest.raises(CheckFailed) as caught:
        screening(nurse, patient_id, RecordDraft(heavy, ""))
    assert caught.value.findings[0].level == "ask"
    draft = RecordDraft(heavy, "", justified={"weight_kg": "weighed twice"})
    vitals = screening(nurse, patient_id, draft).records[1]
    nurse.cache.clear()
    assert find_record(nurse, vitals.id).justified == {"weight_kg": "weighed twice"}
    (entry,) = history(nurse, vitals.id)
    assert entry.values["justified"] == {"weight_kg": "weighed twice"}


def test_that_a_wrong_dose_makes_a_deviation_and_its_correction_voids_it(
    nurse: StudySession, patient_id: str
) -> None:
    with pytest.raises(CheckFailed, match="deviation"):
        save(nurse, [RecordDraft(WRONG_DOSE, patient_id)])
    saved = save(
        nurse, [RecordDraft(WRONG_DOSE, patient_id, justified={"viable_cells": "one bag only"})]
    )
    infusion = saved.records[0]
    (deviation,) = patient_data(nurse, patient_id).of(ProtocolDeviation)
    assert deviation in saved.records
    # 65 instead of 50 million cells: 30 % above, more than the major tolerance of 20 %.
    assert (deviation.form.category, deviation.form.severity) == ("DOSE", "MAJOR")
    assert deviation.form.occurred_on == "2026-01-20"
    assert "one bag only" in (deviation.form.description or "")
    right = Infusion(**{**WRONG_DOSE.model_dump(), "viable_cells": 50})
    save(
        nurse,
        [RecordDraft(right, patient_id, None, infusion.id, 1, reason="Copied wrongly")],
    )
    assert not patient_data(nurse, patient_id).of(ProtocolDeviation)
    actions = [one.action for one in history(nurse, deviation.id)]
    assert actions == ["create", "void"]
    assert find_record(nurse, infusion.id).justified == {}


def test_that_a_laboratory_value_gets_its_standard_unit_and_again_when_corrected(
    nurse: StudySession, patient_id: str
) -> None:
    reported = LabResult(analyte="CREAT", value=1, unit="mg/dL", collected_on="2026-01-12")
    lab = screening(nurse, patient_id, RecordDraft(reported, "")).records[1]
    assert isinstance(lab.form, LabResult)
    assert lab.form.canonical_value == pytest.approx(88.4, abs=0.05)
    corrected = lab.form.model_copy(update={"value": 2.0})
    draft = RecordDraft(corrected, patient_id, None, lab.id, 1, reason="Copied wrongly")
    changed = save(nurse, [draft]).records[0].form
    assert isinstance(changed, LabResult)
    assert changed.canonical_value == pytest.approx(176.8, abs=0.1)


def test_that_a_form_that_occurs_once_is_not_stored_twice(
    nurse: StudySession, patient_id: str
) -> None:
    with pytest.raises(ConflictError, match="Demographics"):
        save(nurse, [RecordDraft(Demographics(sex="F", consent_date="2026-01-10"), patient_id)])
    visit = screening(nurse, patient_id, RecordDraft(Sledai2K(rash="Y"), "")).records[0]
    with pytest.raises(ConflictError, match="SLEDAI"):
        save(nurse, [RecordDraft(Sledai2K(rash="N"), patient_id, visit.id)])


def test_that_a_form_of_a_visit_needs_its_visit(nurse: StudySession, patient_id: str) -> None:
    with pytest.raises(InputError, match="belongs to a visit"):
        save(nurse, [RecordDraft(VitalSigns(weight_kg=50), patient_id, "no such visit")])


def test_that_a_subject_number_is_taken_once(nurse: StudySession, patient_id: str) -> None:
    before = audit.head(nurse)
    with pytest.raises(InputError, match="already a patient 01-001"):
        add_patient(nurse, " 01-001 ", Demographics(sex="M", consent_date="2026-02-01"))
    assert audit.head(nurse) == before
    assert [one.subject_id for one in list_patients(nurse)] == ["01-001"]


def test_that_a_voided_record_leaves_results_but_not_the_store(
    nurse: StudySession, patient_id: str
) -> None:
    visit, sledai = screening(nurse, patient_id, RecordDraft(Sledai2K(rash="Y"), "")).records
    with pytest.raises(InputError, match="reason"):
        void(nurse, sledai.id, " ")
    with pytest.raises(InputError, match="still has forms: SLEDAI-2K"):
        void(nurse, visit.id, "Wrong patient")
    void(nurse, sledai.id, "Wrong patient")
    assert not patient_data(nurse, patient_id).of(Sledai2K)
    nurse.cache.clear()
    assert not patient_data(nurse, patient_id).of(Sledai2K)
    last = history(nurse, sledai.id)[-1]
    assert (last.action, last.reason, last.values) == ("void", "Wrong patient", {"rash": "Y"})
    with nurse.store.read() as connection:
        kept = repo.find_record(connection, sledai.id, voided=True)
    assert kept is not None
    assert kept.voided
    with pytest.raises(InputError, match="no such record"):
        find_record(nurse, sledai.id)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "'; DROP TABLE patient; --",
        '<b>bold</b> & "quoted"',
        "../../etc/passwd",
        "李文 \u200f \u05e2\u05d1\u05e8\u05d9\u05ea \U0001f9ec e\u0301",
        "two\nlines\tand a tab",
        "{braces} %s %d",
        "a\0b\x1f\x7f",
    ],
)
def test_that_any_text_comes_back_unchanged(
    nurse: StudySession, patient_id: str, text: str
) -> None:
    saved = save(nurse, [RecordDraft(Identity(full_name=text), patient_id)])
    nurse.cache.clear()
    assert find_record(nurse, saved.records[0].id).form == Identity(full_name=text)
    assert verify(nurse).intact


def test_that_half_a_character_and_no_number_are_refused(
    nurse: StudySession, patient_id: str
) -> None:
    wrong = [
        Identity(full_name="\ud83e"),
        Infusion.model_construct(**{**WRONG_DOSE.model_dump(), "viable_cells": math.inf}),
        Infusion.model_construct(**{**WRONG_DOSE.model_dump(), "viable_cells": math.nan}),
        Infusion.model_construct(**{**WRONG_DOSE.model_dump(), "number": 2**70}),
    ]
    for form in wrong:
        with pytest.raises(InputError, match="cannot be stored"):
            save(nurse, [RecordDraft(form, patient_id)])


def test_that_a_check_writes_nothing(nurse: StudySession, patient_id: str) -> None:
    before = audit.head(nurse)
    findings = check(nurse, RecordDraft(WRONG_DOSE, patient_id))
    assert "ex.dose" in [one.check_id for one in findings]
    assert audit.head(nurse) == before


def test_that_results_are_stored_with_rule_and_input_hash(
    nurse: StudySession, patient_id: str
) -> None:
    items = dict.fromkeys(ITEM_BY_CODE, "N")
    form = Sledai2K(**{**items, "rash": "Y", "arthritis": "Y"})
    visit, sledai = screening(nurse, patient_id, RecordDraft(form, "")).records
    with nurse.store.read() as connection:
        (row,) = repo.assessments(connection, ["sledai"])
    # Rash 2 and arthritis 4 (Gladman 2002).
    assert (row.value, row.number, row.visit_id) == ("6", 6.0, visit.id)
    assert row.rule
    before = row.input_hash
    changed = form.model_copy(update={"rash": "N"})
    draft = RecordDraft(changed, patient_id, None, sledai.id, 1, reason="Source corrected")
    save(nurse, [draft])
    with nurse.store.read() as connection:
        (row,) = repo.assessments(connection, ["sledai"])
    assert row.value == "4"
    assert row.input_hash != before


def test_that_audit_values_are_json_text_of_the_stored_types(
    nurse: StudySession, patient_id: str
) -> None:
    whole = VitalSigns(weight_kg=50)
    vitals = screening(nurse, patient_id, RecordDraft(whole, "")).records[1]
    with nurse.store.read() as connection:
        (row,) = repo.audit_rows(connection, where={"record_id": vitals.id})
    assert json.loads(row["new"]) == {"weight_kg": 50.0}
    assert row["new"] == '{"weight_kg":50.0}'
