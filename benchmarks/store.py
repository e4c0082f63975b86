"""What a trustworthy store costs: saves, sign-in, the chain, drafts, and the same in a large study.

    python benchmarks/store.py [ENTRIES] [PATIENTS]

Prints milliseconds and ratios. The floor is a bare durable SQLCipher commit of the same bytes in
the same folder. A large study is written through the import, as far as five minutes go: give the
numbers for more.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import sqlcipher3

from lnmonitor.services.accounts import add_account
from lnmonitor.services.journal import Place, keep_draft
from lnmonitor.services.patients import add_patient, list_patients, patient_data
from lnmonitor.services.records import RecordDraft, save
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import audit, keyring
from lnmonitor.storage.audit import Actor, AuditTrail, Entry
from lnmonitor.study.forms import Demographics, Visit, VitalSigns

PASSWORD = "cells per kg 1e6"  # noqa: S105 - of a study made for the measurement
SMALL = 81
ROUNDS = 60


def main(arguments: list[str]) -> int:
    """Measure a small study and a large one."""
    entries = int(arguments[0]) if arguments else 1_000_000
    patients = int(arguments[1]) if len(arguments) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="lnmonitor-bench-") as place:
        study = _study(Path(place) / "study")
        _fill(study, SMALL, 0)
        small = _measure(study, f"{SMALL} patients")
        _fill(study, patients - SMALL, entries)
        large = _measure(study, f"{patients} patients, {entries} more audit entries")
    print(f"save in the large study / in the small one: {large / small:.2f}")
    return 0


def _measure(study: Path, what: str) -> float:
    print(f"{what}:")
    times = [_timed(lambda: _sign_in(study).close()) for _ in range(5)]
    print(f"  sign in and out: {median(times):.0f} ms, Argon2id {vars(keyring.COST)}")
    session = _sign_in(study)
    with session:
        patient_id = list_patients(session)[0].patient_id
        ours, floor, cost = _saves(session, study, patient_id)
        print(
            f"  save with checks, results, audit: {ours:.1f} ms; of it processor {cost:.1f} ms;"
            f" bare commit of the same bytes {floor:.1f} ms; ratio {ours / floor:.1f}"
        )
        place = Place(patient_id, "M3", "VS")
        texts = (f"{weight / 10}" for weight in range(600, 600 + ROUNDS))
        drafts = [
            _timed(lambda text=text: keep_draft(session, place, {"weight_kg": text}))  # type: ignore[misc]
            for text in texts
        ]
        print(f"  keep a draft: median {median(drafts):.1f} ms, slowest {max(drafts):.1f} ms")
        with session.store.read() as connection:
            started, worked = time.perf_counter(), time.process_time()
            report = audit.verify(connection)
            taken, worked = time.perf_counter() - started, time.process_time() - worked
        assert report.intact
        rate, undisturbed = report.entries / taken, report.entries / worked
        print(
            f"  chain: {report.entries} entries, {rate:,.0f} a second,"
            f" {undisturbed:,.0f} a second of processor time"
        )
    return ours


def _saves(session: StudySession, study: Path, patient_id: str) -> tuple[float, float, float]:
    """Return medians of a save, of a bare commit as large, and of the save's processor time."""
    record = patient_data(session, patient_id).of(VitalSigns)[0]
    log = study / "study.db-wal"
    version = record.row_version
    ours, bare, processor = [], [], []
    page = 4096
    with_bare = _bare_commits(study.parent / f"bare-{secrets.token_hex(4)}.db")
    for number in range(ROUNDS):
        form = record.form.model_copy(update={"systolic": 110 + number % 20})
        keys = (record.visit_id, record.id, version)
        draft = RecordDraft(form, patient_id, *keys, reason="benchmark")
        before, started = time.process_time(), log.stat().st_size
        ours.append(_timed(lambda draft=draft: save(session, [draft])))  # type: ignore[misc]
        processor.append((time.process_time() - before) * 1000)
        version += 1
        grown = max(page, log.stat().st_size - started)
        bare.append(with_bare(grown))
    return median(ours), median(bare), median(processor)


def _bare_commits(path: Path) -> Callable[[int], float]:
    connection = sqlcipher3.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key=\"x'{secrets.token_hex(32)}'\"")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, content BLOB)")

    def commit(size: int) -> float:
        content = secrets.token_bytes(size)
        return _timed(lambda: connection.execute("INSERT INTO t (content) VALUES (?)", (content,)))

    return commit


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def _study(path: Path) -> Path:
    create_study(path, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD)
    with open_study(path, user="admin", password=PASSWORD) as session:
        add_account(session, "nurse", role="coordinator", password=PASSWORD)
    with _sign_in(path) as session:
        consent = Demographics(sex="F", birth_date="1991-08-17", consent_date="2026-01-10")
        patient_id = add_patient(session, "01-0001", consent).records[0].patient_id
        visit_id = session.new_id()
        visit = Visit(visit_code="SCR", visit_date="2026-01-12", status="DONE")
        signs = VitalSigns(weight_kg=61, systolic=120, diastolic=70)
        save(
            session,
            [
                RecordDraft(visit, patient_id, record_id=visit_id),
                RecordDraft(signs, patient_id, visit_id),
            ],
        )
    return path


def _sign_in(path: Path) -> StudySession:
    return open_study(path, user="nurse", password=PASSWORD)


def _fill(study: Path, patients: int, entries: int) -> None:
    """Add patients and audit entries, in the form in which the program writes them."""
    from lnmonitor.storage.repositories import Patient

    actor = Actor("nurse", "nurse", "coordinator")
    with _sign_in(study) as session:
        with session.work(reason="benchmark") as work:
            new = [
                Patient(session.new_id(), f"F-{secrets.token_hex(6)}", "01")
                for _ in range(patients)
            ]
            work.add_patients(new)
        for part in _parts(entries):
            with session.store.write() as connection:
                trail = AuditTrail(connection, actor, session.clock.now())
                for number in part:
                    value = f'{{"analyte":"CREAT","value":{number % 200}.5,"unit":"umol/L"}}'
                    trail.add(Entry("export", patient_id=new[number % len(new)].id, new=value))
                trail.flush()


def _parts(entries: int) -> Iterator[range]:
    step = 20_000
    for first in range(0, entries, step):
        yield range(first, min(first + step, entries))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
