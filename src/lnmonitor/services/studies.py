"""Making a study folder, opening it with a password, and reading its card without one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lnmonitor.clock import Clock, SystemClock
from lnmonitor.errors import InputError, RefusedError, StorageError
from lnmonitor.progress import Progress, silent
from lnmonitor.services import attempts, password_age
from lnmonitor.services.keys import public_key, trust_recovery
from lnmonitor.services.passwords import check_new_password, clean_account_name
from lnmonitor.services.permissions import Role
from lnmonitor.services.session import StudyInfo, StudySession
from lnmonitor.storage import audit, backup, keyring, lock
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import Actor, canonical, utc_text
from lnmonitor.storage.engine import damaged
from lnmonitor.storage.files import OWNER_FOLDER
from lnmonitor.storage.keyring import Keyring, StudyFacts, WrongPasswordError
from lnmonitor.storage.migrations.run import migrate, needed
from lnmonitor.storage.store import Store, make_store, open_store
from lnmonitor.storage.unit_of_work import UnitOfWork, unit_of_work
from lnmonitor.study.protocol import load_protocol

if TYPE_CHECKING:
    from lnmonitor.services.recompute import RecomputeReport

RESTORED = "restored.json"
"""Left in the folder by a restore until the audit trail can be written."""
_NOBODY = Actor("", "", "")
"""Stands in the trail for a person who did not sign in, and for the program itself."""


class BrokenTrailError(StorageError):
    """The audit trail is not as the program wrote it; the study opens for reading only."""


@dataclass(frozen=True)
class CreatedStudy:
    """A new study. The recovery key is shown once and kept on paper: it is stored nowhere."""

    path: Path
    recovery_key: str


@dataclass(frozen=True)
class StudyCard:
    """What a study picker shows. `accounts` is empty unless the study is synthetic."""

    path: Path
    name: str
    site: str
    protocol: str
    synthetic: bool
    accounts: tuple[str, ...]
    locked_by: str
    """Who has it open now, empty if nobody."""


def create_study(
    path: Path,
    *,
    protocol: str,
    site: str,
    admin: str,
    password: str,
    admin_name: str = "",
    synthetic: bool = False,
    clock: Clock | None = None,
) -> CreatedStudy:
    """Make a study folder with a named administrator.

    Args:
        path: a folder that does not exist or is empty. protocol: name of a file in
            `resources/protocols`. site: site number, such as `01`.

    Raises:
        InputError: the folder is taken, the protocol unknown, or the password too weak.
        StorageError: the folder cannot be written.
    """
    clock = clock or SystemClock()
    plan = load_protocol(protocol)
    admin = clean_account_name(admin)
    check_new_password(password, admin, demo=synthetic)
    _make_folder(path)
    now = clock.now()
    facts = StudyFacts(
        str(uuid.uuid4()), plan.id, protocol, _clean_site(site), synthetic, utc_text(now)
    )
    data_key = keyring.new_data_key()
    recovery_key = keyring.new_recovery_key()
    store = make_store(path, data_key, admin, now)
    try:
        actor = Actor(admin, admin_name or admin, Role.ADMINISTRATOR.value)
        ring = Keyring(facts).with_account(admin, password, data_key)
        ring = ring.with_recovery(recovery_key, data_key)
        _set_up(store, actor, now, ring)
        ring.save(path)
    finally:
        store.close()
    return CreatedStudy(path, recovery_key)


def open_study(
    path: Path,
    *,
    user: str,
    password: str,
    clock: Clock | None = None,
    read_only: bool = False,
    progress: Progress = silent,
) -> StudySession:
    """Sign in and open a study; results that other rules made are computed anew.

    Raises:
        RefusedError: wrong name or password (and after some failures a wait that grows to a
        minute), open
            elsewhere, damaged, or written by a newer program.
    """
    clock = clock or SystemClock()
    ring = keyring.load(path)
    now = clock.now()
    account = keyring.normalised(user.strip())
    attempts.refuse_haste(ring, account, now)
    try:
        data_key = ring.open(account, password)
    except WrongPasswordError:
        attempts.remember(path, account, now)
        raise
    store = open_store(path, data_key, account, now, read_only=read_only)
    try:
        session = _session(store, account, clock)
        if not read_only:
            _signed_in(session, ring, password)
            session.recomputed = _renew_outdated(session, progress)
    except BaseException:
        store.close()
        raise
    return session


def _renew_outdated(session: StudySession, progress: Progress) -> RecomputeReport | None:
    # Imported here: all rules come with it, and reading a study's card must not wait for them.
    from lnmonitor.services.recompute import renew_outdated
    from lnmonitor.services.summaries import keep_missing

    keep_missing(session)
    return renew_outdated(session, progress)


def study_card(path: Path) -> StudyCard:
    """Return what may be known about a study without a password.

    Raises:
        StorageError: there is no study in the folder.
    """
    ring = keyring.load(path)
    facts = ring.facts
    accounts = tuple(ring.slots) if facts.synthetic else ()
    return StudyCard(
        path,
        facts.name,
        facts.site,
        facts.protocol,
        facts.synthetic,
        accounts,
        lock.locked_by(path),
    )


def sign_in_wait(path: Path, user: str, *, clock: Clock | None = None) -> int:
    """Return for how many seconds no password of the account is tried, 0 when one may be."""
    ring = keyring.load(path)
    now = (clock or SystemClock()).now()
    return attempts.wait(ring, keyring.normalised(user.strip()), now)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        taken = any(path.iterdir())
        path.chmod(OWNER_FOLDER)
    except OSError as error:
        raise StorageError(
            "The folder {path} cannot be made: {reason}.",
            "Choose another place.",
            path=path,
            reason=error.strerror or error,
        ) from error
    if taken:
        raise InputError(
            "The folder {path} is not empty.", "Choose a new folder for the study.", path=path
        )


def _clean_site(site: str) -> str:
    cleaned = site.strip()
    if not cleaned:
        raise InputError("A study needs a site number.", "Give one, such as 01.")
    return cleaned


def _set_up(store: Store, actor: Actor, now: datetime, ring: Keyring) -> None:
    """Make the first account and the first entries, all in one transaction."""
    with unit_of_work(store, actor, lambda: now) as work:
        described = {name: str(value) for name, value in vars(ring.facts).items()}
        repo.set_meta(work.connection, described)
        trust_recovery(work.connection, ring)
        work.note("study created", new=canonical(described))
        account = repo.Account(
            actor.account,
            actor.full_name,
            actor.role,
            work.at,
            actor.account,
            public_key=public_key(ring, actor.account),
        )
        repo.insert_account(work.connection, account)
        work.note(
            "account added",
            item=account.name,
            new=canonical({"full_name": account.full_name, "role": account.role}),
        )


def _session(store: Store, account: str, clock: Clock) -> StudySession:
    if not store.read_only:
        bring_up_to_date(store, clock)
    with store.read() as connection:
        person = next((one for one in repo.accounts(connection) if one.name == account), None)
        meta = repo.meta(connection)
        # Who can save nothing can change no password either.
        old = (
            person is not None
            and not store.read_only
            and password_age.expired(connection, account, clock.now())
        )
    if person is None or person.ended_at:
        raise RefusedError(
            "The account {account} is not known in this study.",
            "Ask the administrator.",
            account=account,
        )
    actor = Actor(person.name, person.full_name, person.role)
    return StudySession(
        store,
        _info(meta),
        actor,
        clock,
        must_change_password=person.must_change,
        password_expired=old,
    )


def _signed_in(session: StudySession, ring: Keyring, password: str) -> None:
    """Verify what was added since the last time, and leave the entries of a sign-in."""
    store, account = session.store, session.actor.account
    verified = _verify_tail(store)
    if ring.outdated(account):
        with store.read():  # nobody writes meanwhile
            ring = keyring.load(store.folder).with_account(account, password, store.data_key)
            ring.save(store.folder)
    with session.work() as work:
        audit.write_verified(work.connection, verified)
        noted = attempts.note(work, ring)
        session.restored = _note_restore(work, store.folder)
        work.note("sign in")
        repo.update_account(
            work.connection,
            account,
            last_sign_in=work.at,
            public_key=public_key(ring, account),
        )
    attempts.settle(store.folder, noted, account)
    (store.folder / RESTORED).unlink(missing_ok=True)


def _verify_tail(store: Store) -> audit.Head:
    """Verify the audit trail from where it was verified before, which is fast.

    Raises:
        BrokenTrailError: an entry was changed, removed or added behind the program's back.
    """
    with store.read() as connection:
        report = audit.verify(connection, after=audit.verified(connection))
    if not report.intact:
        raise BrokenTrailError(
            "The audit trail of this study is not as the program wrote it (entry {sequence}).",
            "Verify the study, and restore it from a backup; nothing can be saved in it.",
            sequence=report.problems[0].sequence,
        )
    return report.head


def _note_restore(work: UnitOfWork, folder: Path) -> dict[str, str]:
    """Leave an entry for a restore that was made without a key, and return what it says."""
    try:
        told: dict[str, str] = json.loads((folder / RESTORED).read_bytes())
    except (OSError, ValueError):
        return {}
    work.note("restore", new=canonical(told))
    return told


def bring_up_to_date(store: Store, clock: Clock) -> None:
    """Run the steps the database needs and leave an entry for them, in one transaction.

    A verified backup is made first.
    """
    with store.read() as connection:
        if not needed(connection):
            return
    made_at = utc_text(clock.now())
    place = backup.own_place(store.folder, "migration", made_at)
    kept = backup.make(store.folder, store.data_key, place, kind="migration", made_at=made_at)
    with unit_of_work(store, _NOBODY, clock.now, source="migration") as work:
        done = migrate(work.connection)
        work.note("migration", new=canonical({"steps": done, "backup": place.name}))
        work.note("backup", item=place.name, new=canonical(backup.told(kept)))
        _fill_summaries(work)


def _fill_summaries(work: UnitOfWork) -> None:
    """Keep the summaries that lists need, in the transaction of the step that made their table."""
    from lnmonitor.services.summaries import fill  # with all forms: a study's card needs none

    fill(work, load_protocol(repo.meta(work.connection)["protocol"]))


def _info(meta: Mapping[str, str]) -> StudyInfo:
    """Return what the study is; a fact that is not there was removed behind the program's back."""
    try:
        return StudyInfo(
            id=meta["id"],
            name=meta["name"],
            protocol_id=meta["protocol"],
            site=meta["site"],
            synthetic=meta["synthetic"] == "True",
            created_at=meta["created_at"],
        )
    except KeyError as error:
        raise damaged() from error
