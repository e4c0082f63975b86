"""Bringing a study back from a backup, and the drill that shows that it would work."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from lnmonitor.clock import Clock, SystemClock
from lnmonitor.errors import InputError, RefusedError, StorageError
from lnmonitor.i18n import translator
from lnmonitor.language import Language
from lnmonitor.progress import Progress, silent
from lnmonitor.services.permissions import Action, allowed, require
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import RESTORED
from lnmonitor.storage import audit, keyring, swap
from lnmonitor.storage import backup as store
from lnmonitor.storage import engine as engines
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import Head, canonical, utc_text
from lnmonitor.storage.audit_reading import Share, shares_after
from lnmonitor.storage.backup import Contents, Manifest
from lnmonitor.storage.engine import open_engine, storage_errors
from lnmonitor.storage.files import OWNER_FOLDER, OWNER_ONLY, write_atomically
from lnmonitor.storage.lock import StudyLock

SENTENCES = (
    "Backup of {made_at}: {entries} entries, head {head}.",
    "It opens; pages, structure and audit chain are sound.",
    "Its audit trail is the beginning of this study's: {later} entries were added since.",
    "Its audit trail is NOT the beginning of this study's.",
    "Nothing was added since, and all rows are equal.",
    "Nothing was added to the trail since, but rows differ: {tables}.",
    "{table}: {backup} rows, in the study {live}.",
    "The backup can be restored.",
    "The backup can NOT be relied on.",
)
"""All that the report of a drill can say, for the translation."""
DATA = ("create", "amend", "void")
"""Actions that are about records."""
_STEPS = 4
_MADE, _OPENS, _PREFIX, _FOREIGN, _EQUAL, _DIFFER, _ROWS, _GOOD, _BAD = SENTENCES


@dataclass(frozen=True)
class RestoreReport:
    """What a restore did.

    Attributes:
        path: the restored study. made_at: instant of the backup, UTC text; what was entered after
            it is not there. restored_at: UTC text.
        lost_entries: how many entries of the audit trail the replaced study had more, None when
            nothing was replaced or it could not be read.
        saved: where the replaced study was saved first, None when nothing was replaced.
    """

    path: Path
    made_at: str
    restored_at: str
    entries: int
    lost_entries: int | None
    saved: Path | None


@dataclass(frozen=True)
class Preview:
    """What restoring a backup over the open study would mean.

    Attributes:
        since: UTC text of the backup. belongs: its trail is the beginning of the study's; else how
            much would be gone is not known. lost: who added how much since, who added most data
            first. present_key: it opens with the study's present key; else the accounts and
            passwords of then are in force afterwards. drafts: of everybody, not saved.
    """

    since: str
    belongs: bool
    lost: tuple[Share, ...]
    present_key: bool
    drafts: int

    @property
    def entries(self) -> int:
        """How many entries of the trail would be gone."""
        return sum(one.entries for one in self.lost)


@dataclass(frozen=True)
class DrillReport:
    """What a restore drill found; rows by table in the backup and in the study."""

    made_at: str
    drilled_at: str
    entries: int
    head: str
    later: int
    belongs: bool
    differing: tuple[str, ...]
    backup: Mapping[str, int]
    live: Mapping[str, int]

    @property
    def sound(self) -> bool:
        """Whether the backup can be relied on."""
        return self.belongs and not self.differing

    def lines_in(self, language: Language) -> tuple[str, ...]:
        """Return the report in a language, a sentence each."""
        say = translator(language).text
        lines = [say(_MADE, made_at=self.made_at, entries=self.entries, head=self.head[:12])]
        lines.append(say(_OPENS))
        lines.append(say(_PREFIX, later=self.later) if self.belongs else say(_FOREIGN))
        if self.belongs and not self.later:
            tables = ", ".join(self.differing)
            lines.append(say(_DIFFER, tables=tables) if tables else say(_EQUAL))
        lines += [
            say(_ROWS, table=name, backup=count, live=self.live.get(name, 0))
            for name, count in self.backup.items()
            if count
        ]
        return (*lines, say(_GOOD if self.sound else _BAD))


def preview(session: StudySession, path: Path) -> Preview:
    """Return what restoring a backup over the open study would mean; nothing is changed.

    Raises:
        StorageError: no backup, or its files are not what was written.
        RefusedError: it is another study's, or was saved from a damaged one.
    """
    require(session, Action.MANAGE_BACKUPS)
    source = _backup_at(path)
    manifest = store.manifest_of(source)
    if manifest.study.id != session.study.id:
        raise RefusedError("The backup is of another study.", "Choose one of this study.")
    _refuse_damaged(manifest)
    store.check_files(source, manifest)
    with session.store.read() as connection:
        hash_then = audit.hash_at(connection, manifest.entries) if manifest.head else ""
        belongs = bool(manifest.head) and hash_then == manifest.head
        lost = shares_after(connection, manifest.entries, DATA) if belongs else []
        drafts = repo.count(connection, "draft")
    return Preview(
        manifest.made_at, belongs, tuple(lost), _opens_with(source, session.store.data_key), drafts
    )


def _opens_with(source: Path, data_key: bytes) -> bool:
    engine = open_engine(source, data_key, immutable=True)
    try:
        with storage_errors(), engine.connect() as connection:
            audit.head(connection)
    except (StorageError, RefusedError):
        return False
    else:
        return True
    finally:
        engine.dispose()


def restore(
    path: Path,
    to: Path,
    *,
    user: str = "",
    password: str = "",
    clock: Clock | None = None,
    progress: Progress = silent,
) -> RestoreReport:
    """Bring a study back from a backup, to a new place or over the study it was made from.

    To a new place nobody needs to sign in: what is restored is as closed as it was. Over a study
    that is there a person signs in who may restore; that study is saved first, whatever its state.
    The audit trail tells of it at the next sign-in.

    Args:
        path: the backup, or a folder of backups, of which the latest is taken.
        progress: told before each step; what it raises stops the restore, and nothing was changed.

    Raises:
        StorageError: no backup, damaged, or the place does not take it; nothing was changed.
        InputError: something else is at `to`. RefusedError: another study, or not permitted.
    """
    clock = clock or SystemClock()
    source = _backup_at(path)
    manifest = store.manifest_of(source)
    progress(0, _STEPS, "Checking the backup")
    store.check_files(source, manifest)
    now = clock.now()
    if (to / keyring.FILE_NAME).exists() or (to / engines.FILE_NAME).exists():
        return _restore_over(source, manifest, to, user, password, now, progress)
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise InputError(
            "The folder {path} is not empty.", "Choose a new folder for the study.", path=to
        )
    told = _told(manifest, now, lost=None)
    part = to.with_name(to.name + store.PART)
    shutil.rmtree(part, ignore_errors=True)
    with store.telling(to):
        try:
            part.mkdir(mode=OWNER_FOLDER, parents=True)
            store.copy_files(source, part, tuple(manifest.hashes))
            store.check_files(part, manifest)
            write_atomically(part / RESTORED, json.dumps(told).encode())
            if to.exists():
                to.rmdir()
            part.rename(to)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return RestoreReport(to, manifest.made_at, utc_text(now), manifest.entries, None, None)


def drill(session: StudySession, path: Path, progress: Progress = silent) -> DrillReport:
    """Restore a backup to a scratch place, open and verify it there, compare it with the study.

    Raises:
        StorageError: it is damaged, or cannot be opened with the study's present key.
        RefusedError: it is another study's.
    """
    require(session, Action.VIEW)
    source = _backup_at(path)
    manifest = store.manifest_of(source)
    if manifest.study.id != session.study.id:
        raise RefusedError("The backup is of another study.", "Choose one of this study.")
    store.check_files(source, manifest)
    with tempfile.TemporaryDirectory(prefix="drill-", dir=session.store.folder) as scratch:
        place = Path(scratch)
        store.copy_files(source, place)
        found = store.check(place / engines.FILE_NAME, session.store.data_key, None, progress)
        report = _compare(session, manifest, place, found)
    if not session.read_only:
        with session.work() as work:
            told = {"made_at": report.made_at, "head": report.head, "sound": report.sound}
            work.note("restore drill", item=source.name, new=canonical(told))
    return report


def _compare(
    session: StudySession, manifest: Manifest, place: Path, found: Contents
) -> DrillReport:
    with session.store.read() as connection:
        live = store.contents(connection)
        ours = store.digests(connection)
        belongs = audit.hash_at(connection, found.head.sequence) == found.head.hash
    differing: tuple[str, ...] = ()
    if live.head == found.head:
        engine = open_engine(place, session.store.data_key, immutable=True)
        with storage_errors(), engine.connect() as connection:
            theirs = store.digests(connection)
        engine.dispose()
        differing = tuple(name for name in ours if ours[name] != theirs.get(name))
    return DrillReport(
        manifest.made_at,
        utc_text(session.clock.now()),
        found.head.sequence,
        found.head.hash,
        live.head.sequence - found.head.sequence,
        belongs,
        differing,
        found.counts,
        live.counts,
    )


def _backup_at(path: Path) -> Path:
    if (path / store.MANIFEST).exists():
        return path
    inside = store.backups_in(path)
    if not inside:
        raise store.no_backup(path)
    return inside[-1][0]


def _restore_over(
    source: Path,
    manifest: Manifest,
    to: Path,
    user: str,
    password: str,
    now: datetime,
    progress: Progress,
) -> RestoreReport:
    _refuse_damaged(manifest)
    lock = StudyLock(to, user or "restore", now)
    try:
        swap.settle(to)
        data_key = _authorise(source, manifest, to, user, password)
        head = _folded(to, data_key) if data_key is not None else store.UNREAD
        behind = _behind(manifest, head)
        made_at = utc_text(now)
        with store.telling(to):
            saved = store.own_place(to, "restore", made_at)
            progress(1, _STEPS, "Saving the study as it is")
            store.save_raw(to, saved, kind="restore", made_at=made_at, head=head)
            told = _told(manifest, now, lost=behind) | {"saved": saved.name}
            progress(2, _STEPS, "Copying the backup")
            new = to / swap.NEW_DATABASE
            new.touch(OWNER_ONLY)
            shutil.copyfile(source / engines.FILE_NAME, new)
            progress(3, _STEPS, "Putting it in place")
            write_atomically(to / RESTORED, json.dumps(told).encode())
            swap.exchange(to, (source / keyring.FILE_NAME).read_bytes())
    finally:
        lock.release()
    return RestoreReport(to, manifest.made_at, made_at, manifest.entries, behind, saved)


def _authorise(
    source: Path, manifest: Manifest, to: Path, user: str, password: str
) -> bytes | None:
    """Let only a person restore over a study who may: by the study's own accounts, or where it
    cannot be read any more, by those of the backup. Return the study's key if it can be read.
    """
    account = keyring.normalised(user.strip())
    if not account:
        raise RefusedError(
            "There is a study in {path}, and only a person who may restore can replace it.",
            "Sign in as administrator or data manager.",
            path=to,
        )
    data_key: bytes | None = None
    try:
        ring = keyring.load(to)
        if ring.facts.id != manifest.study.id:
            raise RefusedError(
                "There is another study in {path}.", "Restore to a new folder.", path=to
            )
        data_key = ring.open(account, password)
        role = _role_in(to, data_key, account)
    except StorageError:
        data_key = None
        role = _role_in(source, keyring.load(source).open(account, password), account)
    if role is None or not allowed(role, Action.MANAGE_BACKUPS):
        raise RefusedError(Action.MANAGE_BACKUPS.value, "Ask the administrator.")
    return data_key


def _role_in(folder: Path, data_key: bytes, account: str) -> str | None:
    engine = open_engine(folder, data_key, read_only=True)
    try:
        with storage_errors(), engine.connect() as connection:
            return repo.role_of_account(connection, account)
    finally:
        engine.dispose()


def _refuse_damaged(manifest: Manifest) -> None:
    if set(manifest.hashes) != {engines.FILE_NAME, keyring.FILE_NAME}:
        raise RefusedError(
            "This backup was saved from a damaged study.", "Restore it to a new folder."
        )


def _behind(manifest: Manifest, head: Head) -> int | None:
    """Return how many entries the study has more than a backup, None where that is not known."""
    if not manifest.head or head == store.UNREAD:
        return None
    return max(0, head.sequence - manifest.entries)


def _folded(folder: Path, data_key: bytes) -> Head:
    """Bring what a crash left in the log into the file; return the end of the audit trail."""
    engine = open_engine(folder, data_key)
    try:
        with storage_errors(), engine.connect() as connection:
            return audit.head(connection)
    finally:
        engine.dispose()  # the last connection folds the log


def _told(manifest: Manifest, now: datetime, *, lost: int | None) -> dict[str, str]:
    facts = {key: str(value) for key, value in asdict(manifest).items() if key in _TOLD}
    lost_text = "" if lost is None else str(lost)
    return {**facts, "restored_at": utc_text(now), "lost_entries": lost_text}


_TOLD = ("made_at", "entries", "head", "kind")
