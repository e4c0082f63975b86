"""Backups: made while the study is in use, on a second medium too, and their age told.

Making one needs no permission of its own: a copy is as closed as the study it was made from.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from lnmonitor.clock import Clock
from lnmonitor.errors import InputError, StorageError
from lnmonitor.progress import Progress, silent
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit, audit_reading
from lnmonitor.storage import backup as store
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical, utc_text
from lnmonitor.storage.audit_reading import AuditFilter
from lnmonitor.storage.backup import Manifest

AUTOMATIC, SECOND, MANUAL, ARCHIVE = "automatic", "second", "manual", "archive"
BEFORE_RESTORE = "restore"
"""Saved as it was before a restore, damaged or not."""
KEPT_LATEST, KEPT_DAYS = 5, 14
"""Of the automatic backups the latest stay, and the last one of each of the latest days."""
DUE_AFTER = timedelta(hours=24)
DEFAULT_LIMIT_DAYS = 7
_MEDIUM, _LIMIT, _LATEST = "second_medium", "second_medium_days", "latest_backup"
_SECOND_AT = "second_medium_at"
_NO_CHANGE = ("sign in", "sign out", "backup", "backup failed", "unlock")
"""Entries that alone are no reason for another automatic backup."""


@dataclass(frozen=True)
class BackupReport:
    """A backup that was made, opened and verified. `made_at`: UTC text. `size`: bytes."""

    path: Path
    made_at: str
    entries: int
    head: str
    size: int


@dataclass(frozen=True)
class BackupCard:
    """A backup that lies somewhere, as it describes itself.

    Attributes:
        made_at: UTC text. entries, head: the end of its audit trail, 0 and empty if not known.
        days: its age in whole days. size: bytes. second: it lies on the second medium.
        drilled_at: UTC text of the last drill that found it sound, empty if none did.
    """

    path: Path
    kind: str
    made_at: str
    entries: int
    head: str
    days: int = 0
    size: int = 0
    second: bool = False
    drilled_at: str = ""

    @property
    def verified(self) -> bool:
        """Whether it was opened and verified, when it was made or since."""
        return self.kind != BEFORE_RESTORE or bool(self.drilled_at)


@dataclass(frozen=True)
class BackupState:
    """How old the backups are.

    Attributes:
        latest: UTC text of the latest anywhere, empty if none was made yet. changed: whether the
            study has other entries than that backup and its own.
        medium: folder on the second medium, None if none is set. medium_found: it is there now.
        second_at: UTC text of the latest there. second_days: its age in whole days, None if none.
        limit_days: from this age on `remind` is true, also when no second medium is set.
    """

    latest: str
    changed: bool
    medium: Path | None
    medium_found: bool
    second_at: str
    second_days: int | None
    limit_days: int

    @property
    def remind(self) -> bool:
        """Whether a person must be reminded of the second medium."""
        return self.second_days is None or self.second_days >= self.limit_days


def back_up(
    session: StudySession,
    to: Path | None = None,
    *,
    kind: str = MANUAL,
    progress: Progress = silent,
) -> BackupReport:
    """Make a backup, open it, and verify pages, row counts and audit chain.

    Args:
        to: a name that is free, for the backup itself, or a folder that is there, in which it gets
            a name of its own; the study's own folder of backups if None.

    Raises:
        StorageError: the medium does not take it; the study is unharmed, and the trail tells.
        InputError: the place is inside the study.
    """
    folder, made_at = session.store.folder, utc_text(session.clock.now())
    target = _target(folder, to, kind, made_at)
    try:
        manifest = store.make(
            folder,
            session.store.data_key,
            target,
            kind=kind,
            made_at=made_at,
            progress=progress,
        )
    except StorageError as error:
        _note_failure(session, target, error)
        raise
    if not session.read_only:
        with session.work() as work:
            work.note("backup", item=target.name, new=canonical(store.told(manifest)))
            if kind == ARCHIVE:
                return _report(target, manifest)  # it leaves with the archive: no backup at hand
            work.trail.flush()
            facts = {_LATEST: f"{made_at} {audit.head(work.connection).sequence}"}
            if kind == SECOND:
                facts[_SECOND_AT] = made_at
            repo.set_meta(work.connection, facts)
    return _report(target, manifest)


def automatic(session: StudySession, progress: Progress = silent) -> BackupReport | None:
    """Make the automatic backup if the study changed since the latest one, and let old ones go.

    For the end of the work and once a day (`is_due`).

    Raises:
        StorageError: as `back_up`.
    """
    if session.read_only or not state(session).changed:
        return None
    report = back_up(session, kind=AUTOMATIC, progress=progress)
    _let_old_go(session)
    return report


def is_due(session: StudySession) -> bool:
    """Return whether the latest backup is older than a day and the study has changed."""
    now = state(session)
    if not now.changed or session.read_only:
        return False
    return not now.latest or session.clock.now() - datetime.fromisoformat(now.latest) >= DUE_AFTER


def to_second_medium(session: StudySession, progress: Progress = silent) -> BackupReport:
    """Make a backup on the second medium.

    Raises:
        InputError: none is set. StorageError: it is not there, or does not take it.
    """
    medium = state(session).medium
    if medium is None:
        raise InputError("No second medium is set.", "Set its folder first.")
    if not medium.is_dir():
        raise StorageError(
            "The second medium is not there: {path}.", "Connect it, then try again.", path=medium
        )
    return back_up(session, medium, kind=SECOND, progress=progress)


def set_second_medium(
    session: StudySession, medium: Path | None, limit_days: int = DEFAULT_LIMIT_DAYS
) -> ChangeSet:
    """Say where the second medium is, and after how many days its age is a reminder.

    Raises:
        InputError: the folder is not there, is inside the study, or the days are below 1.
    """
    require(session, Action.MANAGE_BACKUPS)
    if limit_days < 1:
        raise InputError("The reminder needs one day or more.", "Give the number of days.")
    if medium is not None:
        if not medium.is_dir():
            raise InputError("There is no folder {path}.", "Check the path.", path=medium)
        _refuse_inside(session.store.folder, medium)
    place = str(medium.absolute()) if medium else ""
    with session.work() as work:
        repo.set_meta(work.connection, {_MEDIUM: place, _LIMIT: str(limit_days)})
        work.note("second medium set", new=canonical({"path": place, "days": limit_days}))
    return ChangeSet(frozenset({"backups", "audit"}))


def state(session: StudySession) -> BackupState:
    """Return how old the backups are."""
    with session.store.read() as connection:
        facts = repo.meta(connection)
        since = facts.get(_LATEST, "").partition(" ")
        changed = repo.any_audit_after(connection, int(since[2] or 0), _NO_CHANGE)
    medium = Path(facts[_MEDIUM]) if facts.get(_MEDIUM) else None
    second_at = facts.get(_SECOND_AT, "")
    return BackupState(
        since[0],
        changed,
        medium,
        medium is not None and medium.is_dir(),
        second_at,
        _days(session.clock, second_at) if second_at else None,
        int(facts.get(_LIMIT, DEFAULT_LIMIT_DAYS)),
    )


def list_backups(session: StudySession) -> tuple[BackupCard, ...]:
    """Return this study's backups in its own folder and on the second medium, the latest first."""
    places = [session.store.folder / store.FOLDER]
    medium = state(session).medium
    if medium is not None:
        places.append(medium)
    drilled = _drilled(session)
    found = [
        BackupCard(
            path,
            one.kind,
            one.made_at,
            one.entries,
            one.head,
            _days(session.clock, one.made_at),
            _size(path),
            place == medium,
            drilled.get(path.name, ""),
        )
        for place in places
        for path, one in store.backups_in(place)
        if one.study.id == session.study.id
    ]
    return tuple(sorted(found, key=lambda one: one.made_at, reverse=True))


def _drilled(session: StudySession) -> dict[str, str]:
    """Return when the last drill of each backup found it sound, by its name."""
    with session.store.read() as connection:
        wanted = AuditFilter(patient_id="", action="restore drill")
        rows = audit_reading.find(connection, wanted)
    return {row["item"]: row["at"] for row in rows if json.loads(row["new"])["sound"]}


def _target(folder: Path, to: Path | None, kind: str, made_at: str) -> Path:
    if to is None:
        return store.own_place(folder, kind, made_at)
    _refuse_inside(folder, to)
    if to.is_dir():
        return store.free_name(to, kind, made_at)
    return to


def _refuse_inside(folder: Path, to: Path) -> None:
    if to.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            "{path} is inside the study.", "Choose a folder on another medium.", path=to
        )


def _note_failure(session: StudySession, target: Path, error: StorageError) -> None:
    if not session.read_only:
        with session.work() as work:
            work.note("backup failed", item=target.name, new=canonical(error.text))


def _let_old_go(session: StudySession) -> None:
    """Remove old automatic backups; those made before a migration or a restore stay."""
    own = [
        (path, one)
        for path, one in store.backups_in(session.store.folder / store.FOLDER)
        if one.kind == AUTOMATIC and one.study.id == session.study.id
    ]
    last_of_day = {one.made_at[:10]: path for path, one in own}
    kept = {path for path, _ in own[-KEPT_LATEST:]}
    kept |= {last_of_day[day] for day in sorted(last_of_day)[-KEPT_DAYS:]}
    for path, _ in own:
        if path not in kept:
            shutil.rmtree(path)


def _days(clock: Clock, at: str) -> int:
    return max(0, (clock.now() - datetime.fromisoformat(at)).days)


def _report(path: Path, manifest: Manifest) -> BackupReport:
    return BackupReport(path, manifest.made_at, manifest.entries, manifest.head, _size(path))


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.iterdir())
