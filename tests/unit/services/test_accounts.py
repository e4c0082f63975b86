"""People who come, forget, guess, change roles and leave; and who opens what afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.errors import (
    InputError,
    PermissionDeniedError,
    RefusedError,
    StorageError,
)
from lnmonitor.services import accounts, audit
from lnmonitor.services.attempts import LOCK_AFTER
from lnmonitor.services.patients import list_patients, patient_data
from lnmonitor.services.recovery import recover_account
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.services.verify import verify
from lnmonitor.storage import keyring, store, swap
from lnmonitor.storage.keyring import WrongPasswordError

Open = Callable[[str], StudySession]
PASSWORD = "cells per kg 1e6"
OTHER = "another good one"


def actions(session: StudySession, count: int) -> list[str]:
    return [one.action for one in reversed(audit.entries(session, limit=count))]


def fail_often(folder: Path, clock: FixedClock, user: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongPasswordError):
            open_study(folder, user=user, password="wrong one", clock=clock)
        clock.instant += timedelta(seconds=61)


def test_that_a_password_set_by_another_is_changed_before_anything_else(
    open_as: Open, folder: Path, clock: FixedClock
) -> None:
    admin = open_as("admin")
    accounts.add_account(admin, "new", role="coordinator", password=PASSWORD, temporary=True)
    with pytest.raises(InputError, match="reason"):
        accounts.set_password(admin, "doctor", OTHER, "")
    accounts.set_password(admin, "doctor", OTHER, "Forgotten")
    admin.close()
    for user, first in (("new", PASSWORD), ("doctor", OTHER)):
        with open_study(folder, user=user, password=first, clock=clock) as session:
            assert session.must_change_password
            with pytest.raises(PermissionDeniedError, match="password of your own"):
                list_patients(session)
            accounts.change_password(session, first, f"{first} of my own")
            assert not session.must_change_password
            assert list_patients(session) == ()
        with open_study(folder, user=user, password=f"{first} of my own", clock=clock) as session:
            assert not session.must_change_password


def test_that_the_last_passwords_are_not_chosen_again(nurse: StudySession) -> None:
    typed = [PASSWORD, *(f"good phrase {n}{n}" for n in range(6))]
    for old, new in pairwise(typed):
        accounts.change_password(nurse, old, new)
        with pytest.raises(InputError, match="used before"):
            accounts.change_password(nurse, new, old)
    accounts.change_password(nurse, typed[-1], PASSWORD)  # six ago


@pytest.mark.parametrize("weak", ["19450815", "nurse2026", "qwertyuiop", "aaaaaaaab", "87654321"])
def test_that_what_is_guessed_first_is_refused(nurse: StudySession, weak: str) -> None:
    with pytest.raises(InputError, match="easy to guess"):
        accounts.change_password(nurse, PASSWORD, weak)


def test_that_ten_wrong_passwords_lock_until_an_administrator_unlocks(
    open_as: Open, folder: Path, clock: FixedClock
) -> None:
    fail_often(folder, clock, "nurse", LOCK_AFTER)
    with pytest.raises(RefusedError, match=r"nurse is locked after 10 wrong passwords"):
        open_study(folder, user="nurse", password=PASSWORD, clock=clock)
    admin = open_as("admin")  # another person's sign-in unlocks nothing
    assert [one.account.name for one in accounts.review_access(admin) if one.locked] == ["nurse"]
    assert len(audit.entries(admin, action="sign in failed")) == LOCK_AFTER
    assert [one.item for one in audit.entries(admin, action="account locked")] == ["nurse"]
    open_as("admin")
    assert len(audit.entries(open_as("admin"), action="sign in failed")) == LOCK_AFTER, "once each"
    with pytest.raises(RefusedError, match="is locked"):
        open_study(folder, user="nurse", password=PASSWORD, clock=clock)
    admin = open_as("admin")
    accounts.unlock_account(admin, "nurse", "She was there in person")
    (entry,) = audit.entries(admin, action="account unlocked")
    assert (entry.item, entry.reason) == ("nurse", "She was there in person")
    open_as("nurse")


def test_that_wrong_passwords_at_the_locked_screen_count(
    nurse: StudySession, clock: FixedClock
) -> None:
    for _ in range(LOCK_AFTER):
        with pytest.raises(WrongPasswordError):
            accounts.check_password(nurse, "wrong one", action="signature password")
        clock.instant += timedelta(seconds=61)
    with pytest.raises(RefusedError, match="locked"):
        accounts.check_password(nurse, PASSWORD)
    assert actions(nurse, 1) == ["signature password failed"]


def test_that_an_administrator_ends_the_session_of_a_locked_screen(
    nurse: StudySession, clock: FixedClock
) -> None:
    with pytest.raises(RefusedError, match="not an administrator"):
        accounts.end_for_another(nurse, "doctor", PASSWORD)
    with pytest.raises(WrongPasswordError):
        accounts.end_for_another(nurse, "admin", "wrong one")
    with pytest.raises(WrongPasswordError):
        accounts.end_for_another(nurse, "nobody", PASSWORD)
    accounts.end_for_another(nurse, "admin", PASSWORD)
    entry = audit.entries(nurse, action="session ended")[0]
    assert (entry.account, entry.item, entry.new) == ("nurse", "nurse", '{"by":"admin"}')
    failed = [one.item for one in audit.entries(nurse, action="unlock failed")]
    assert failed == ["nobody", "admin"]


def test_that_the_recovery_key_opens_a_locked_study_without_an_administrator(
    tmp_path: Path, clock: FixedClock
) -> None:
    made = create_study(
        tmp_path / "s", protocol="ln-msc-01", site="01", admin="张", password=PASSWORD, clock=clock
    )
    fail_often(made.path, clock, "张", LOCK_AFTER)
    wrong = "0000-" * 6 + "0000"
    with pytest.raises(WrongPasswordError, match="not the study's recovery key"):
        recover_account(made.path, recovery_key=wrong, user="张", password=OTHER, clock=clock)
    typed = made.recovery_key.lower().replace("0", "o").replace("-", " ")
    recover_account(made.path, recovery_key=typed, user="张", password=OTHER, clock=clock)
    with pytest.raises(WrongPasswordError):
        open_study(made.path, user="张", password=PASSWORD, clock=clock)
    with open_study(made.path, user="张", password=OTHER, clock=clock) as session:
        (used,) = audit.entries(session, action="recovery key used")
        assert (used.account, used.item) == (keyring.RECOVERY, "张")
        assert len(audit.entries(session, action="sign in failed")) == LOCK_AFTER + 1 + 1
        assert accounts.new_recovery_key(session, "Printed one was seen") != made.recovery_key
    with pytest.raises(WrongPasswordError):
        recover_account(made.path, recovery_key=typed, user="张", password=PASSWORD, clock=clock)


def test_that_who_left_opens_nothing_new_with_any_old_keyring(
    open_as: Open, folder: Path, clock: FixedClock, tmp_path: Path, patient_id: str
) -> None:
    open_as("admin").close()
    old = tmp_path / "old copy"
    shutil.copytree(folder, old)
    admin = open_as("admin")
    key_before = admin.store.data_key
    renewal = accounts.remove_access(admin, "nurse", "Left the hospital")
    assert renewal.without_access == ()
    assert not renewal.recovery_lost
    assert admin.store.data_key != key_before
    assert patient_data(admin, patient_id).subject_id == "01-001"
    assert verify(admin).intact
    assert actions(admin, 2) == ["access removed", "data key renewed"]
    admin.close()
    assert not (folder / swap.WAITING).exists()
    with pytest.raises(WrongPasswordError):
        open_study(folder, user="nurse", password=PASSWORD, clock=clock)
    # The keyring of before, put back, leads to the key of before: it opens nothing any more.
    kept = (folder / "keyring.json").read_bytes()
    shutil.copy(old / "keyring.json", folder / "keyring.json")
    with pytest.raises(StorageError, match="damaged, or belongs to another"):
        open_study(folder, user="nurse", password=PASSWORD, clock=clock)
    # Nor does the private key of before open the data key of now.
    ring_old, ring_now = keyring.load(old), keyring.load(folder)
    assert ring_old.open("nurse", PASSWORD) == key_before
    (folder / "keyring.json").write_bytes(kept)
    ring_now = keyring.load(folder)
    assert "nurse" not in ring_now.slots
    for user in ("doctor", "monitor", "manager", "admin"):
        with open_study(folder, user=user, password=PASSWORD, clock=clock) as session:
            assert verify(session).intact


def test_that_the_recovery_key_survives_a_renewal(tmp_path: Path, clock: FixedClock) -> None:
    made = create_study(
        tmp_path / "s", protocol="ln-msc-01", site="01", admin="a", password=PASSWORD, clock=clock
    )
    with open_study(made.path, user="a", password=PASSWORD, clock=clock) as session:
        assert not accounts.renew_key(session, "Yearly").recovery_lost
    recover_account(
        made.path, recovery_key=made.recovery_key, user="a", password=OTHER, clock=clock
    )
    open_study(made.path, user="a", password=OTHER, clock=clock).close()


def test_that_a_slot_slipped_into_the_file_gets_no_new_key(
    open_as: Open, folder: Path, clock: FixedClock
) -> None:
    admin = open_as("admin")
    ring = keyring.load(folder)
    slipped = ring.with_account("nurse", "of the intruder", bytes(32))
    slipped.save(folder)
    renewal = accounts.renew_key(admin, "Yearly")
    assert renewal.without_access == ("nurse",)
    assert "nurse" not in keyring.load(folder).slots
    admin.close()
    with pytest.raises(WrongPasswordError):
        open_study(folder, user="nurse", password="of the intruder", clock=clock)


@pytest.mark.parametrize("step", ["copied", "waiting", "renamed"])
def test_that_a_renewal_interrupted_anywhere_leaves_a_study_that_opens(
    folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    admin = open_study(folder, user="admin", password=PASSWORD, clock=clock)

    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    monkeypatch.setattr(store.swap, "holds", lambda *_: False)
    if step == "copied":
        monkeypatch.setattr(store.swap, "exchange", cut)
    elif step == "waiting":
        monkeypatch.setattr(Path, "replace", _cut_at("study.db", cut, Path.replace))
    else:
        monkeypatch.setattr(store.swap, "settle", cut)
    with pytest.raises(PowerCut):
        accounts.renew_key(admin, "Yearly")
    monkeypatch.undo()
    admin.store._lock.release()  # type: ignore[union-attr]
    monkeypatch.setattr(keyring, "COST", keyring.Argon2Parameters(64, 1, 1))
    with open_study(folder, user="doctor", password=PASSWORD, clock=clock) as session:
        assert verify(session).intact
    assert {one.name for one in folder.iterdir()} == {"study.db", "keyring.json", "lock"}


def _cut_at(name: str, cut: Callable[..., None], real: Callable[[Path, Path], Path]) -> object:
    def replace(path: Path, target: Path) -> Path:
        if Path(target).name == name:
            cut()
        return real(path, target)

    return replace


def test_that_roles_change_and_people_come_back_with_a_history(
    open_as: Open, folder: Path, clock: FixedClock
) -> None:
    admin = open_as("admin")
    accounts.change_role(admin, "nurse", "datamanager", "New task")
    accounts.remove_access(admin, "monitor", "End of contract")
    with pytest.raises(InputError, match="needs an administrator"):
        accounts.change_role(admin, "admin", "monitor", "Tired")
    with pytest.raises(InputError, match="Nobody removes"):
        accounts.remove_access(admin, "admin", "Tired")
    with pytest.raises(InputError, match="already an account"):
        accounts.add_account(admin, "monitor", role="monitor", password=PASSWORD)
    accounts.give_access(admin, "monitor", "monitor", OTHER, "Contract renewed")
    assert [
        (one.action, one.item, one.old, one.new)
        for one in reversed(audit.entries(admin, limit=5))
        if one.action == "role changed"
    ] == [("role changed", "nurse", "coordinator", "datamanager")]
    nurse = open_as("nurse")
    with pytest.raises(PermissionDeniedError):
        accounts.add_account(nurse, "x", role="monitor", password=PASSWORD)
    nurse.close()
    with open_study(folder, user="monitor", password=OTHER, clock=clock) as session:
        assert session.must_change_password
    people = {one.name: one for one in accounts.list_accounts(open_as("admin"))}
    assert (people["nurse"].role, people["monitor"].ended_at) == ("datamanager", "")
    assert people["monitor"].last_sign_in == "2026-05-12T01:41:52.000Z"


def test_that_roles_and_access_of_a_past_instant_are_told(open_as: Open, clock: FixedClock) -> None:
    admin = open_as("admin")
    clock.instant += timedelta(days=1)
    accounts.change_role(admin, "nurse", "datamanager", "New task")
    clock.instant += timedelta(days=1)
    accounts.remove_access(admin, "nurse", "Left")
    clock.instant += timedelta(days=1)
    accounts.give_access(admin, "nurse", "monitor", OTHER, "Back")

    def nurse_on(day: int) -> tuple[str, bool]:
        past = accounts.accounts_on(admin, f"2026-05-{day}T23:00:00.000Z")
        (nurse,) = [one for one in past if one.name == "nurse"]
        return nurse.role, nurse.access

    assert [nurse_on(day) for day in (12, 13, 14, 15)] == [
        ("coordinator", True),
        ("datamanager", True),
        ("datamanager", False),
        ("monitor", True),
    ]
    assert accounts.accounts_on(admin, "2026-05-11T00:00:00.000Z") == ()


def test_that_cheaper_slots_are_made_anew_at_the_next_sign_in(
    folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = keyring.Argon2Parameters(128, 2, 1)
    monkeypatch.setattr(keyring, "COST", dearer)
    before = keyring.load(folder).slots["nurse"]
    open_study(folder, user="nurse", password=PASSWORD, clock=clock).close()
    after = keyring.load(folder).slots["nurse"]
    assert (before.cost, after.cost) == (keyring.Argon2Parameters(64, 1, 1), dearer)
    with open_study(folder, user="admin", password=PASSWORD, clock=clock) as session:
        assert accounts.renew_key(session, "Yearly").without_access == ()
    open_study(folder, user="nurse", password=PASSWORD, clock=clock).close()
