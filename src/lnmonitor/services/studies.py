"""Making a study folder, opening it with a password, and reading its card without one."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lnmonitor.clock import Clock, SystemClock
from lnmonitor.errors import InputError, RefusedError, StorageError
from lnmonitor.services.passwords import check_new_password, clean_account_name
from lnmonitor.services.permissions import Role
from lnmonitor.services.session import StudyInfo, StudySession
from lnmonitor.storage import keyring, lock
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import Actor, canonical, utc_text
from lnmonitor.storage.files import OWNER_FOLDER
from lnmonitor.storage.keyring import Failure, Keyring, StudyFacts, WrongPasswordError
from lnmonitor.storage.migrations.run import migrate
from lnmonitor.storage.store import Store, make_store, open_store
from lnmonitor.storage.unit_of_work import UnitOfWork, unit_of_work
from lnmonitor.study.protocol import load_protocol

_FREE_ATTEMPTS = 3
_LONGEST_WAIT = 60
_NOBODY = Actor("", "", "")
"""Stands in the trail for a person who did not sign in, and for the program itself."""


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
        _set_up(store, actor, now, facts)
        ring = Keyring(facts).with_account(admin, password, data_key)
        ring.with_recovery(recovery_key, data_key).save(path)
    finally:
        store.close()
    return CreatedStudy(path, recovery_key)


def open_study(
    path: Path, *, user: str, password: str, clock: Clock | None = None, read_only: bool = False
) -> StudySession:
    """Sign in and open a study.

    Raises:
        RefusedError: wrong name or password (and after some failures a wait that grows to a
        minute), open
            elsewhere, damaged, or written by a newer program.
    """
    clock = clock or SystemClock()
    ring = keyring.load(path)
    now = clock.now()
    account = keyring.normalised(user.strip())
    _refuse_haste(ring, account, now)
    try:
        data_key = ring.open(account, password)
    except WrongPasswordError:
        _remember_failure(path, account, now)
        raise
    store = open_store(path, data_key, account, now, read_only=read_only)
    try:
        return _signed_in(store, ring, account, clock)
    except BaseException:
        store.close()
        raise


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
    return _wait(ring, keyring.normalised(user.strip()), now)


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


def _set_up(store: Store, actor: Actor, now: datetime, facts: StudyFacts) -> None:
    """Make the first account and the first entries, all in one transaction."""
    with unit_of_work(store, actor, lambda: now) as work:
        described = {name: str(value) for name, value in vars(facts).items()}
        repo.set_meta(work.connection, described)
        work.note("study created", new=canonical(described))
        account = repo.Account(actor.account, actor.full_name, actor.role, work.at, actor.account)
        repo.insert_account(work.connection, account)
        work.note(
            "account added",
            item=account.name,
            new=canonical({"full_name": account.full_name, "role": account.role}),
        )


def _signed_in(store: Store, ring: Keyring, account: str, clock: Clock) -> StudySession:
    if not store.read_only:
        _bring_up_to_date(store, clock)
    with store.read() as connection:
        person = next((one for one in repo.accounts(connection) if one.name == account), None)
        meta = repo.meta(connection)
    if person is None:
        raise RefusedError(
            "The account {account} is not known in this study.",
            "Ask the administrator.",
            account=account,
        )
    info = _info(meta)
    actor = Actor(person.name, person.full_name, person.role)
    session = StudySession(store, info, actor, clock)
    if not store.read_only:
        with session.work() as work:
            _note_clock(work)
            for failure in ring.failures:
                work.note("sign in failed", item=failure.account, new=canonical(failure.at))
            work.note("sign in")
        if ring.failures:
            keyring.load(store.folder).without_failures(ring.failures).save(store.folder)
    return session


def _note_clock(work: UnitOfWork) -> None:
    """Leave an entry when the clock stands before the latest entry's instant."""
    latest = repo.audit_rows(work.connection, limit=1)
    if latest and latest[0]["at"] > work.at:
        work.note("clock went back", old=canonical(latest[0]["at"]), new=canonical(work.at))


def _bring_up_to_date(store: Store, clock: Clock) -> None:
    """Run the steps the database needs and leave an entry for them, in one transaction."""
    with unit_of_work(store, _NOBODY, clock.now, source="migration") as work:
        done = migrate(work.connection)
        if done:
            work.note("migration", new=canonical(done))


def _info(meta: Mapping[str, str]) -> StudyInfo:
    return StudyInfo(
        id=meta["id"],
        name=meta["name"],
        protocol_id=meta["protocol"],
        site=meta["site"],
        synthetic=meta["synthetic"] == "True",
        created_at=meta["created_at"],
    )


# --- wrong passwords ---------------------------------------------------------------------------

_failures_guard = threading.Lock()


def _remember_failure(path: Path, account: str, now: datetime) -> None:
    """Keep a failed sign-in for the audit trail, which cannot be written without a key.

    On a medium that cannot be written the failure is still told to the person.
    """
    try:
        with _failures_guard:
            # Read anew: an administrator may have added an account meanwhile.
            keyring.load(path).with_failure(Failure(account, utc_text(now))).save(path)
    except StorageError:
        return


def _refuse_haste(ring: Keyring, account: str, now: datetime) -> None:
    seconds = _wait(ring, account, now)
    if seconds:
        raise RefusedError(
            "There were {count} wrong passwords for {account}.",
            "Wait {seconds} s, then try again.",
            count=len(_own(ring, account)),
            account=account,
            seconds=seconds,
        )


def _wait(ring: Keyring, account: str, now: datetime) -> int:
    """Three attempts are free; each further one doubles the wait, from 2 s to a minute."""
    own = _own(ring, account)
    if len(own) < _FREE_ATTEMPTS:
        return 0
    pause: int = min(2 ** (len(own) - _FREE_ATTEMPTS + 1), _LONGEST_WAIT)
    passed = (now - datetime.fromisoformat(own[-1].at)).total_seconds()
    # A clock set back must not lock a person out for longer than the pause itself.
    return max(0, round(pause - passed)) if passed >= 0 else pause


def _own(ring: Keyring, account: str) -> list[Failure]:
    return [failure for failure in ring.failures if failure.account == account]
