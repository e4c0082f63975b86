"""Review on the worklist: queries that wait for this role, and what is unsigned for long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.delegates.cells import TwoLineDelegate
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.operations import ReadOp
from lnmonitor.desktop.pages.monitoring.words import about, question
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column
from lnmonitor.desktop.widgets.section_list import SectionList
from lnmonitor.desktop.words import count

if TYPE_CHECKING:
    from lnmonitor.services.queries import QueryView
    from lnmonitor.services.session import StudySession

_ROW_U = 11


@dataclass(frozen=True)
class ToSign:
    """A patient's records without a valid signature; `days` of the oldest."""

    patient_id: str
    subject_id: str
    records: int
    days: int


@dataclass(frozen=True)
class ReviewWaiting:
    """What waits for the signed-in person; None where the role has nothing to do with it."""

    queries: tuple[QueryView, ...] | None
    to_sign: tuple[ToSign, ...] | None


def read_review_waiting(session: StudySession) -> ReviewWaiting:
    """Read what waits: the site answers, who questions data closes, the investigator signs."""
    from lnmonitor.services.permissions import Action

    to_sign = _to_sign(session) if session.may(Action.SIGN) else None
    return ReviewWaiting(waiting_queries(session), to_sign)


def waiting_queries(session: StudySession) -> tuple[QueryView, ...] | None:
    """Return the queries that wait for the signed-in person, None for a role that has none."""
    from lnmonitor.services.permissions import Action
    from lnmonitor.services.queries import queries

    if session.may(Action.ANSWER_QUERY):
        mine = {"", session.actor.account}
        return tuple(q for q in queries(session, states=("new",)) if q.assigned_to in mine)
    if session.may(Action.CLOSE_QUERY):
        waiting = queries(session, states=("answered", "resolved"))
        return tuple(one for one in waiting if not one.check_id)
    return None


def _to_sign(session: StudySession) -> tuple[ToSign, ...]:
    from lnmonitor.services.signatures import unsigned

    patients: dict[str, ToSign] = {}
    for one in unsigned(session):
        before = patients.get(one.patient_id)
        patients[one.patient_id] = ToSign(
            one.patient_id,
            one.subject_id,
            1 + (before.records if before else 0),
            max(one.days, before.days if before else 0),
        )
    return tuple(sorted(patients.values(), key=lambda one: -one.days))


class ReviewSections(QWidget):
    """Two lists for the worklist's right column; call `read` when shown and after changes."""

    def __init__(self) -> None:
        super().__init__()
        asked = TwoLineDelegate(self, question)
        self.queries = SectionList(
            tr("Queries"),
            "query",
            [
                Column("", lambda v: v.subject_id, weight=500, sample="01-0470"),
                Column("", about, tip=question),
                Column("", lambda v: count(v.days_open, "1 day", "{n} days"), tone="text-2",
                       right=True, sample=tr("{n} days", n=1000)),
            ],
            {1: asked},
            row_units=_ROW_U,
            most=4,
        )  # fmt: skip
        self.to_sign = SectionList(
            tr("Unsigned for more than 90 days"),
            "sign",
            [
                Column("", lambda s: s.subject_id, weight=500, sample="01-0470"),
                Column("", lambda s: count(s.records, "1 record", "{n} records")),
                Column("", lambda s: count(s.days, "1 day", "{n} days"), tone="text-2",
                       right=True, sample=tr("{n} days", n=1000)),
            ],
            most=4,
        )  # fmt: skip
        self.queries.opened.connect(self._open_query)
        self.queries.more.connect(self._open_queries)
        self.to_sign.opened.connect(self._open_patient)
        self.to_sign.more.connect(self._open_to_sign)
        self.setLayout(column(self.queries, theme().px(3), self.to_sign))
        self.hide()

    def read(self) -> None:
        """Read what waits, in the background."""
        ReadOp(self, read_review_waiting, self.show_waiting).run()

    def show_waiting(self, waiting: ReviewWaiting) -> None:
        """Show what waits; a list the role has nothing to do with is absent."""
        queries, to_sign = waiting.queries, waiting.to_sign
        self.queries.setVisible(queries is not None)
        self.to_sign.setVisible(to_sign is not None)
        if queries is not None:
            words = tr("{n} open", n=len(queries)) if queries else ""
            none = tr("No query waits for you.")
            self.queries.show_rows(queries, words, tone="warn", none=none)
        if to_sign is not None:
            words = str(len(to_sign)) if to_sign else ""
            none = tr("Nothing is unsigned for long.")
            self.to_sign.show_rows(to_sign, words, tone="text-2", none=none)
        self.setVisible(queries is not None or to_sign is not None)

    @staticmethod
    def _open_query(view: Any) -> None:
        hub().open_page.emit("monitoring", view.id)

    @staticmethod
    def _open_queries() -> None:
        hub().open_page.emit("monitoring", "q.open")

    @staticmethod
    def _open_to_sign() -> None:
        hub().open_page.emit("monitoring", "f.sign")

    @staticmethod
    def _open_patient(found: Any) -> None:
        from lnmonitor.desktop.pages.patient.place import PatientPlace

        hub().open_page.emit("patient", PatientPlace(found.patient_id, "binder"))
