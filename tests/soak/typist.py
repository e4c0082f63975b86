"""A person who types and saves until killed; run as a program, which forks one for each line read.

    python typist.py PASSWORD        then lines on standard input: FOLDER SEED

Each typist opens the study, keeps drafts, saves visits, corrects, and acknowledges on standard
output what the program has acknowledged to it, one JSON line each, the first of them its own pid.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

from lnmonitor.services.journal import Place, keep_draft
from lnmonitor.services.patients import find_patient
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.studies import open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import Visit, VitalSigns

keyring.COST = keyring.Argon2Parameters(64, 1, 1)  # as in all tests: no slot is made anew


def say(**facts: object) -> None:
    """Acknowledge: one write, so that a kill leaves a whole line or none."""
    os.write(1, (json.dumps(facts) + "\n").encode())


def work(folder: Path, seed: int, password: str) -> None:
    """Type and save for ever."""
    chance = random.Random(seed)
    session = open_study(folder, user="nurse", password=password)
    patient_id = find_patient(session, "SUBJ-4711")
    say(ready=True)
    while True:
        visit_id = session.new_id()
        signs = Place(patient_id, visit_id, "VS")
        weight = round(chance.uniform(40, 90), 1)
        typed = str(weight)
        for end in range(1, len(typed) + 1):
            say(typing=visit_id, text=typed[:end])
            keep_draft(session, signs, {"weight_kg": typed[:end]}, focused="weight_kg")
            say(draft=visit_id, text=typed[:end])
        visit = Visit(visit_code="UNS", visit_date="2026-02-14", status="DONE")
        drafts = [RecordDraft(visit, patient_id, record_id=visit_id)]
        drafts.append(RecordDraft(VitalSigns(weight_kg=weight), patient_id, visit_id))
        drafts += [
            RecordDraft(VitalSigns(weight_kg=weight, timepoint=f"T{n}"), patient_id, visit_id)
            for n in range(2)
        ]
        say(saving=visit_id)
        saved = save(session, drafts).records
        say(saved=visit_id, weight=weight)
        if chance.random() < 0.5:
            first = saved[1]
            form = first.form.model_copy(update={"weight_kg": weight + 1})
            say(saving=visit_id)
            amended = RecordDraft(
                form, patient_id, visit_id, first.id, first.row_version, reason="Source"
            )
            save(session, [amended])
            say(saved=visit_id, weight=weight + 1)


def main() -> None:
    """Fork a typist for each line; answer `ended` when it was killed."""
    for line in sys.stdin:
        folder, seed = line.split("\t")
        child = os.fork()
        if child == 0:
            say(pid=os.getpid())
            try:
                work(Path(folder), int(seed), sys.argv[1])
            finally:
                os._exit(1)  # a typist ends only by being killed
        os.waitpid(child, 0)
        say(ended=True)


if __name__ == "__main__":
    main()
