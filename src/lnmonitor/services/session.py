"""A signed-in person in an open study: the first argument of every service.

One thread at a time: a session may move between threads, and its store lets one in at a time, but
what it keeps in memory is not guarded.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lnmonitor.clock import Clock, today
from lnmonitor.services.permissions import Action, allowed
from lnmonitor.storage import clock_watch
from lnmonitor.storage.audit import Actor, canonical
from lnmonitor.storage.clock_watch import ClockNotice
from lnmonitor.storage.ids import IdFactory
from lnmonitor.storage.migrations.run import version_of
from lnmonitor.storage.unit_of_work import UnitOfWork, unit_of_work
from lnmonitor.study.protocol import load_protocol

if TYPE_CHECKING:
    from lnmonitor.analysis.course import Course
    from lnmonitor.services.derive import Derived
    from lnmonitor.services.recompute import RecomputeReport
    from lnmonitor.services.summaries import PatientSummary
    from lnmonitor.storage.store import Store
    from lnmonitor.study.records import PatientData

__all__ = ["Actor", "StudyInfo", "StudySession"]

_PATIENTS_KEPT = 512


@dataclass(frozen=True)
class StudyInfo:
    """What the study is; `synthetic` marks generated data and is shown everywhere."""

    id: str
    name: str
    protocol_id: str
    site: str
    synthetic: bool
    created_at: str


class StudySession:
    """An open study. Close it when done; a `with` statement does.

    Attributes:
        study, protocol: what is studied. actor: who is signed in. clock: the one clock.
        store: for services only.
        must_change_password: somebody else set the password; nothing is permitted before the person
            has chosen one (`accounts.change_password`).
        password_expired: the same, because of its age.
        clock_notices: what is wrong with the clock and not acknowledged yet.
        restored: when this is the first sign-in after a restore, what the trail says about it.
    """

    def __init__(
        self,
        store: Store,
        study: StudyInfo,
        actor: Actor,
        clock: Clock,
        *,
        must_change_password: bool = False,
        password_expired: bool = False,
    ) -> None:
        self.store = store
        self.study = study
        self.actor = actor
        self.clock = clock
        self.must_change_password = must_change_password or password_expired
        self.password_expired = password_expired
        self.protocol = load_protocol(study.protocol_id)
        self.cache = Cache()
        self.restored: Mapping[str, str] = {}
        self.recomputed: RecomputeReport | None = None
        """What opening recomputed because rules had changed."""
        self._ids = IdFactory()
        self._open = True
        with store.read() as connection:
            self.clock_notices = clock_watch.load(connection)
            self._last = clock_watch.last_moment(connection)
        if self._last is not None and store.read_only:
            self.clock_notices += tuple(
                clock_watch.compare(self._last, clock_watch.moment(clock.now()))
            )

    @property
    def today(self) -> date:
        """The local calendar date."""
        return today(self.clock)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be saved."""
        return self.store.read_only

    @property
    def schema(self) -> int:
        """The number of the last change of the tables that the study's database has."""
        with self.store.read() as connection:
            return version_of(connection)

    def may(self, action: Action) -> bool:
        """Return whether the signed-in person may do something."""
        return not self.must_change_password and allowed(self.actor.role, action)

    @property
    def clock_notice(self) -> ClockNotice | None:
        """What is wrong with the clock and not acknowledged yet, None when all is well."""
        return self.clock_notices[0] if self.clock_notices else None

    def new_id(self) -> str:
        """Return a fresh record id."""
        return self._ids.new(self.clock.now())

    @contextlib.contextmanager
    def work(self, *, reason: str = "", source: str = "typed") -> Iterator[UnitOfWork]:
        """Open a transaction in this person's name; a clock that went back is noted in it.

        Raises:
            StorageError: it cannot be written; nothing was changed.
        """
        with unit_of_work(
            self.store, self.actor, self.clock.now, reason=reason, source=source
        ) as work:
            now = clock_watch.moment(work.now)
            noticed = tuple(clock_watch.compare(self._last, now)) if self._last else ()
            if noticed:
                _note_clock(work, noticed, self.clock_notices)
            yield work
        self._last = now
        self.clock_notices += noticed

    def close(self) -> None:
        """Sign out and give the study folder free; a second call does nothing."""
        if not self._open:
            return
        self._open = False
        try:
            if not self.read_only:
                with self.work() as work:
                    work.note("sign out")
        finally:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _note_clock(
    work: UnitOfWork, noticed: tuple[ClockNotice, ...], before: tuple[ClockNotice, ...]
) -> None:
    for one in noticed:
        work.note(one.kind, old=canonical(one.before), new=canonical(one.after))
    clock_watch.store(work.connection, before + noticed)


class Cache:
    """What was read or computed lately. Saves put the new state in, or drop the old.

    Only this process can write to the study while it is open, so nothing here grows stale unseen.
    Courses depend on the date and are dropped when it changes.
    """

    def __init__(self) -> None:
        self._data: OrderedDict[str, PatientData] = OrderedDict()
        self._courses: dict[str, tuple[date, Course]] = {}
        self._derived: dict[str, Derived] = {}
        self.summaries: dict[str, PatientSummary] = {}
        self.summaries_day: date | None = None

    def data(self, patient_id: str) -> PatientData | None:
        """Return a patient's records if they are kept."""
        found = self._data.get(patient_id)
        if found is not None:
            self._data.move_to_end(patient_id)
        return found

    def keep(self, data: PatientData) -> None:
        """Keep a patient's records."""
        self._data[data.patient_id] = data
        self._data.move_to_end(data.patient_id)
        while len(self._data) > _PATIENTS_KEPT:
            oldest, _ = self._data.popitem(last=False)
            self._courses.pop(oldest, None)
            self._derived.pop(oldest, None)

    def course(self, patient_id: str, on: date) -> Course | None:
        """Return a patient's course if it was computed on the date."""
        day, course = self._courses.get(patient_id, (None, None))
        return course if day == on else None

    def keep_course(self, course: Course, on: date) -> None:
        """Keep a course whose patient's records are kept."""
        if course.patient_id in self._data:
            self._courses[course.patient_id] = (on, course)

    def derived(self, patient_id: str) -> Derived | None:
        """Return what this session stored of a patient's course, None if it did not lately."""
        return self._derived.get(patient_id)

    def keep_derived(self, derived: Derived, on: date) -> None:
        """Keep what is stored now, once it is durable, and the course with it."""
        course = derived.course
        self.keep_course(course, on)
        if course.patient_id in self._data:
            self._derived[course.patient_id] = derived

    def forget(self, patient_id: str) -> None:
        """Drop everything about a patient."""
        self._data.pop(patient_id, None)
        self._courses.pop(patient_id, None)
        self._derived.pop(patient_id, None)
        self.summaries.pop(patient_id, None)

    def clear(self) -> None:
        """Drop everything."""
        self._data.clear()
        self._courses.clear()
        self._derived.clear()
        self.summaries.clear()
