"""Making, opening and closing studies: keys, passwords, waits, and what a card tells."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from lnmonitor.clock import FixedClock
from lnmonitor.errors import InputError, RefusedError, StorageError
from lnmonitor.services import audit
from lnmonitor.services.accounts import add_account, change_password, list_accounts
from lnmonitor.services.patients import patient_data
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study, sign_in_wait, study_card
from lnmonitor.storage import keyring
from lnmonitor.storage.keyring import WrongPasswordError

Open = Callable[[str], StudySession]
PASSWORD = "cells per kg 1e6"


def test_that_a_card_is_read_without_a_password(folder: Path) -> None:
    card = study_card(folder)
    assert (card.name, card.site, card.protocol) == ("LN-MSC-01", "01", "ln-msc-01")
    assert not card.synthetic
    assert card.accounts == ()
    assert card.locked_by == ""


def test_that_a_synthetic_study_lists_its_accounts(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "demo"
    create_study(
        path,
        protocol="ln-msc-01",
        site="01",
        admin="admin",
        password="lupus-demo",
        synthetic=True,
        clock=clock,
    )
    assert study_card(path).accounts == ("admin",)
    with open_study(path, user="admin", password="lupus-demo", clock=clock) as session:
        assert session.study.synthetic


def test_that_the_recovery_key_opens_the_data_key(tmp_path: Path, clock: FixedClock) -> None:
    created = create_study(
        tmp_path / "s", protocol="ln-msc-01", site="01", admin="a", password=PASSWORD, clock=clock
    )
    ring = keyring.load(created.path)
    assert ring.open_with_recovery(created.recovery_key.lower()) == ring.open("a", PASSWORD)
    with pytest.raises(WrongPasswordError):
        ring.open_with_recovery("0000-" * 6 + "0000")
    assert created.recovery_key.replace("-", "") not in (created.path / "keyring.json").read_text()


@pytest.mark.parametrize("user", ["nurse", "nobody"])
def test_that_a_wrong_password_is_refused_alike_for_known_and_unknown(
    folder: Path, clock: FixedClock, user: str
) -> None:
    with pytest.raises(WrongPasswordError, match="The account name or the password is wrong"):
        open_study(folder, user=user, password="wrong one", clock=clock)


def test_that_failures_wait_longer_and_stand_in_the_trail(folder: Path, clock: FixedClock) -> None:
    for _ in range(3):
        with pytest.raises(WrongPasswordError):
            open_study(folder, user="nurse", password="wrong one", clock=clock)
    assert sign_in_wait(folder, "nurse", clock=clock) == 2
    with pytest.raises(RefusedError, match="Wait 2 s"):
        open_study(folder, user="nurse", password=PASSWORD, clock=clock)
    assert sign_in_wait(folder, "doctor", clock=clock) == 0
    clock.instant += timedelta(seconds=2)
    with pytest.raises(WrongPasswordError):
        open_study(folder, user="nurse", password="wrong one", clock=clock)
    assert sign_in_wait(folder, "nurse", clock=clock) == 4
    clock.instant += timedelta(seconds=4)
    with open_study(folder, user="nurse", password=PASSWORD, clock=clock) as session:
        failed = audit.entries(session, action="sign in failed")
    assert [one.item for one in failed] == ["nurse"] * 4
    assert keyring.load(folder).failures == ()


def test_that_a_failure_elsewhere_takes_no_new_account_away(
    open_as: Open, folder: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = open_as("admin")
    refuse = keyring.Keyring.open

    def slow(ring: keyring.Keyring, account: str, password: str) -> bytes:
        if "new" not in keyring.load(folder).slots:
            add_account(admin, "new", role="monitor", password=PASSWORD)
        return refuse(ring, account, password)

    monkeypatch.setattr(keyring.Keyring, "open", slow)
    with pytest.raises(WrongPasswordError):
        open_study(folder, user="nurse", password="wrong one", clock=clock)
    assert "new" in keyring.load(folder).slots


def test_that_signing_in_and_out_stand_in_the_trail(open_as: Open) -> None:
    open_as("doctor")
    session = open_as("nurse")
    latest = [(one.action, one.account) for one in audit.entries(session, limit=3)]
    assert latest == [("sign in", "nurse"), ("sign out", "doctor"), ("sign in", "doctor")]


def test_that_a_study_is_not_made_over_other_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        create_study(tmp_path, protocol="ln-msc-01", site="01", admin="a", password=PASSWORD)
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("weak", ["short", "12345678", "lupus-demo", "PASSWORD"])
def test_that_a_weak_password_is_refused(tmp_path: Path, weak: str) -> None:
    with pytest.raises(InputError, match="password"):
        create_study(tmp_path / "s", protocol="ln-msc-01", site="01", admin="a", password=weak)


def test_that_a_folder_without_a_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="There is no study"):
        study_card(tmp_path)
    (tmp_path / "keyring.json").write_text("{not json")
    with pytest.raises(StorageError, match="damaged"):
        study_card(tmp_path)
    (tmp_path / "keyring.json").write_text('{"format": 99}')
    with pytest.raises(StorageError, match="newer"):
        study_card(tmp_path)


def test_that_files_are_for_their_owner_only(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_that_names_and_passwords_of_any_script_open_the_study(
    open_as: Open, folder: Path, clock: FixedClock
) -> None:
    # U+212B and U+00C5 are one letter, typed by two keyboards (NFKC).
    add_account(open_as("admin"), "李文", role="coordinator", password="\u212bngstr\u00f6m 十")
    open_as("admin").close()
    with open_study(folder, user="李文", password="\u00c5ngstro\u0308m 十", clock=clock) as session:
        assert session.actor.role == "coordinator"


def test_that_an_account_is_taken_once_and_needs_a_known_role(open_as: Open) -> None:
    admin = open_as("admin")
    with pytest.raises(InputError, match="already an account nurse"):
        add_account(admin, "nurse", role="monitor", password=PASSWORD)
    with pytest.raises(InputError, match="no role chef"):
        add_account(admin, "other", role="chef", password=PASSWORD)
    assert [one.name for one in list_accounts(admin)] == [
        "admin",
        "doctor",
        "manager",
        "monitor",
        "nurse",
    ]


def test_that_a_changed_password_opens_and_the_old_one_does_not(
    nurse: StudySession, folder: Path, clock: FixedClock
) -> None:
    with pytest.raises(WrongPasswordError):
        change_password(nurse, "wrong one", "another good one")
    change_password(nurse, PASSWORD, "another good one")
    nurse.close()
    with pytest.raises(WrongPasswordError):
        open_study(folder, user="nurse", password=PASSWORD, clock=clock)
    with open_study(folder, user="nurse", password="another good one", clock=clock) as session:
        (entry,) = audit.entries(session, action="password changed")
    assert (entry.account, entry.item) == ("nurse", "nurse")


def test_that_a_slot_of_another_account_opens_nothing(folder: Path) -> None:
    file = folder / "keyring.json"
    content = json.loads(file.read_text())
    slot = next(one for one in content["accounts"] if one["account"] == "nurse")
    admin = next(one for one in content["accounts"] if one["account"] == "admin")
    admin.update({name: slot[name] for name in ("kdf", "salt", "nonce", "wrapped")})
    file.write_text(json.dumps(content))
    ring = keyring.load(folder)
    ring.open("nurse", PASSWORD)
    with pytest.raises(WrongPasswordError):
        ring.open("admin", PASSWORD)


def test_that_a_study_open_for_reading_takes_no_change(
    nurse: StudySession, patient_id: str, folder: Path, clock: FixedClock
) -> None:
    nurse.close()
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    session = open_study(folder, user="nurse", password=PASSWORD, clock=clock, read_only=True)
    with session:
        assert audit.head(session)[0] > 0
        with pytest.raises(StorageError, match="reading only"):
            audit.note(session, "export")
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert after["study.db"] == before["study.db"]


def test_that_a_clock_set_back_stands_in_the_trail(
    nurse: StudySession, folder: Path, clock: FixedClock
) -> None:
    nurse.close()
    clock.instant -= timedelta(days=1)
    with open_study(folder, user="nurse", password=PASSWORD, clock=clock) as session:
        (entry,) = audit.entries(session, action="clock went back")
    assert (entry.old, entry.new) == ("2026-05-12T01:41:52.000Z", "2026-05-11T01:41:52.000Z")


def test_that_a_session_may_move_to_another_thread(nurse: StudySession, patient_id: str) -> None:
    def look() -> str:
        return patient_data(nurse, patient_id).subject_id

    nurse.cache.clear()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(look).result() == "01-001"
        assert pool.submit(audit.note, nurse, "export").result().kinds == {"audit"}
    assert audit.entries(nurse, limit=1)[0].action == "export"


def test_that_costs_of_new_slots_are_strong_by_default() -> None:
    # OWASP's floor is 19 MiB and 2 passes; ours is RFC 9106's second choice.
    assert keyring.Argon2Parameters() == keyring.Argon2Parameters(64 * 1024, 3, 4)
