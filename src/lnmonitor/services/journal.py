"""What was typed and not saved yet: kept in the encrypted store, offered again after any end.

A draft holds texts as typed, not values: half a number and a date without its year come back as
they were. Keeping one is a small durable transaction of its own and no change of data, so that the
audit trail tells of drafts only when one is recovered or discarded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lnmonitor.errors import InputError
from lnmonitor.language import Text
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import drafts as store
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical, offset_text, utc_text
from lnmonitor.storage.drafts import Place, StoredDraft
from lnmonitor.study.forms import FORMS, Visit
from lnmonitor.study.records import PatientData, Record

__all__ = [
    "NUMBER",
    "DraftView",
    "Place",
    "discard",
    "discard_all",
    "drafts",
    "keep_draft",
    "new_patient_place",
    "take",
    "take_all",
]


NUMBER = "subject number"
"""The note of a new patient's draft that holds the number as typed."""


def new_patient_place(form: str) -> Place:
    """Return where the draft of a form of a patient not made yet lies."""
    return Place("", "", form)


@dataclass(frozen=True)
class DraftView:
    """A draft as a person is asked about it.

    Attributes:
        place: where it belongs. subject_id: empty for a patient not made yet.
        form: title of the form. visit: code of the visit, empty outside visits.
        at: when it was last typed in, UTC text. local: the same by the clock of then.
        count: number of items with a text or a missing-value reason.
        form_version: of the form it was typed into. row_version: of the record that was changed,
            0 for a new one.
        values, missing: by item, as typed. aside: texts of items that this version of the form does
            not have; shown, never dropped.
        focused: the item in which the cursor stood.
        notes: confirmations and reasons given for items, as the entry page keeps them.
    """

    place: Place
    subject_id: str
    form: Text
    visit: str
    at: str
    local: datetime
    form_version: int
    row_version: int
    values: Mapping[str, str] = field(repr=False)
    missing: Mapping[str, str] = field(repr=False)
    aside: Mapping[str, str] = field(repr=False)
    focused: str
    notes: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def count(self) -> int:
        """How many items hold something."""
        return len({*self.values, *self.missing, *self.aside})

    @property
    def new_patient(self) -> bool:
        """Whether it is of a patient not made yet; `notes` then hold the number as `NUMBER`."""
        return self.place == new_patient_place(self.place.form)


def keep_draft(
    session: StudySession,
    place: Place,
    values: Mapping[str, str],
    *,
    missing: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
    focused: str = "",
    row_version: int = 0,
) -> str:
    """Keep what is typed at a place, instead of what was kept there; return the UTC instant.

    When this returns, the draft is on the disk. Call it within a second of typing.

    Args:
        values: texts as typed, by item; empty texts are kept too, since somebody may have cleared
            a saved value. missing: reasons for none. notes: what was said about items, given back
            as it is. focused: the item in which the cursor stands.
        row_version: version of the record that is being changed.

    Raises:
        PermissionDeniedError; StorageError: it could not be kept, and the person must know.
    """
    require(session, Action.ENTER)
    now = session.clock.now()
    form = FORMS.get(place.form)
    draft = StoredDraft(
        place,
        form.version if form else 0,
        row_version,
        utc_text(now),
        offset_text(now),
        dict(values),
        dict(missing or {}),
        focused,
        dict(notes or {}),
    )
    with session.store.write() as connection:
        store.put(connection, session.actor.account, draft)
    return draft.at


def drafts(session: StudySession) -> tuple[DraftView, ...]:
    """Return the signed-in person's drafts, the latest first."""
    with session.store.read() as connection:
        kept = store.of_account(connection, session.actor.account)
        patients = {one.place.patient_id for one in kept}
        data = {one: repo.patient_data(connection, one) for one in patients}
    return tuple(_view(one, data[one.place.patient_id]) for one in kept)


def take(session: StudySession, place: Place) -> DraftView:
    """Return a draft to go on with it, and note that it was recovered.

    It stays in the journal until it is saved or discarded.

    Raises:
        InputError: there is none.
    """
    return take_all(session, [place])[0]


def take_all(session: StudySession, places: Sequence[Place]) -> tuple[DraftView, ...]:
    """Take the drafts of several places together, as of the forms of one visit. See `take`."""
    require(session, Action.ENTER)
    found = _find(session, places)
    with session.work() as work:
        for one in found:
            work.note("draft recovered", **_told(one))
    return found


def discard(session: StudySession, place: Place, reason: str) -> ChangeSet:
    """Remove a draft for good, with a reason; the trail keeps that it was, not what it said.

    Raises:
        InputError: no reason, or no such draft.
    """
    return discard_all(session, [place], reason)


def discard_all(session: StudySession, places: Sequence[Place], reason: str) -> ChangeSet:
    """Remove the drafts of several places together, for one reason. See `discard`."""
    require(session, Action.ENTER)
    if not reason.strip():
        raise InputError("A draft is discarded with a reason only.", "Say why.")
    found = _find(session, places)
    with session.work(reason=reason.strip()) as work:
        store.remove(work.connection, session.actor.account, places)
        for one in found:
            work.note("draft discarded", **_told(one))
    patients = frozenset(place.patient_id for place in places) - {""}
    return ChangeSet(frozenset({"drafts", "audit"}), patients)


def _find(session: StudySession, places: Sequence[Place]) -> tuple[DraftView, ...]:
    kept = {one.place: one for one in drafts(session)}
    if not kept.keys() >= set(places):
        raise InputError("There is no such draft any more.", "Open the list again.")
    return tuple(kept[place] for place in places)


def _told(draft: DraftView) -> dict[str, str]:
    """Return an event's columns: where and how much, without a value and without a record id,
    since nothing has happened to a record.
    """
    facts = {"typed_at": draft.at, "items": draft.count, "record": draft.place.record_id}
    return {
        "patient_id": draft.place.patient_id,
        "form": draft.place.form,
        "new": canonical(facts),
    }


def _view(kept: StoredDraft, data: PatientData | None) -> DraftView:
    form = FORMS.get(kept.place.form)
    items = form.items() if form else {}
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{kept.utc_offset}").tzinfo
    return DraftView(
        place=kept.place,
        subject_id=data.subject_id if data else "",
        form=form.title if form else Text(kept.place.form, kept.place.form),
        visit=_visit_code(kept.place.visit, data),
        at=kept.at,
        local=datetime.fromisoformat(kept.at).astimezone(zone),
        form_version=kept.form_version,
        row_version=kept.row_version,
        values={item: text for item, text in kept.values.items() if item in items},
        missing={item: code for item, code in kept.missing.items() if item in items},
        aside={
            item: text
            for item, text in {**kept.missing, **kept.values}.items()
            if item not in items
        },
        focused=kept.focused,
        notes=kept.notes,
    )


def _visit_code(visit: str, data: PatientData | None) -> str:
    """Return the code of a saved visit; a code stands for itself, an unsaved id for nothing."""
    records: tuple[Record[Visit], ...] = data.of(Visit) if data else ()
    saved = next((one.form.visit_code for one in records if one.id == visit), None)
    return saved or ("" if len(visit) == 36 else visit)
