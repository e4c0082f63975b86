"""Announces on the worklist what was typed and not saved before the program ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lnmonitor.desktop.i18n import language, text, tr
from lnmonitor.desktop.widgets.layout import column
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.words import count, instant
from lnmonitor.services.journal import NUMBER, DraftView

_MOST = 3
Actions = tuple[tuple[str, Callable[[], object]], ...]


@dataclass(frozen=True)
class DraftGroup:
    """The drafts that are opened together: those of one visit, or of one form outside visits."""

    drafts: tuple[DraftView, ...]

    @property
    def first(self) -> DraftView:
        """The draft typed last."""
        return max(self.drafts, key=lambda one: one.at)

    @property
    def new_patient(self) -> bool:
        """Whether they are of a patient not made yet."""
        return self.first.new_patient

    @property
    def page(self) -> tuple[str, tuple[str, str, str | None]]:
        """Where those of a patient are gone on with: a page and its argument."""
        place = self.first.place
        if place.visit:
            return "visit", (place.patient_id, place.visit, place.form)
        record = place.record_id if self.first.row_version else None
        return "form", (place.patient_id, place.form, record)

    @property
    def words(self) -> str:
        """Patient, visit, forms with their number of values, and when."""
        numbers: dict[str, int] = {}
        for one in self.drafts:
            if one.count:
                title = text(one.form)
                numbers[title] = numbers.get(title, 0) + one.count
        comma = "，" if language() == "zh" else ", "
        forms = comma.join(
            count(n, "{form} 1 value", "{form} {n} values", form=form)
            for form, n in numbers.items()
        )
        where = " ".join(filter(None, (self.first.subject_id, self.first.visit)))
        if self.new_patient:
            known = (one.notes[NUMBER] for one in self.drafts if NUMBER in one.notes)
            where = " ".join((tr("New patient"), *known))
        return tr(
            "A draft was kept. {where}: {forms}. Typed {time}, not saved.",
            where=where,
            forms=forms or tr("the number"),
            time=instant(self.first.local),
        )


def groups_of(drafts: Sequence[DraftView]) -> list[DraftGroup]:
    """Return drafts with something in them as they are opened together, the latest first."""
    found: dict[tuple[str, ...], list[DraftView]] = {}
    for one in drafts:
        place = one.place
        alone = place.form if place.patient_id and not place.visit else ""
        key = (place.patient_id, place.visit, alone)
        if one.count or NUMBER in one.notes:
            found.setdefault(key, []).append(one)
    groups = [DraftGroup(tuple(members)) for members in found.values()]
    return sorted(groups, key=lambda group: group.first.at, reverse=True)


class DraftBanner(QWidget):
    """A strip for each group, three at most; absent when there is none."""

    wanted = Signal(str, object)
    """What is to be done ("continue", "compare", "discard") with which group."""

    def __init__(self) -> None:
        super().__init__()
        self.strips = [MessageStrip() for _ in range(_MOST)]
        self.setLayout(column(*self.strips, spacing=1))
        self.hide()

    def show_drafts(self, drafts: Sequence[DraftView]) -> None:
        """Announce drafts."""
        groups = groups_of(drafts)
        for strip in self.strips:
            strip.clear()
        for number, (strip, group) in enumerate(zip(self.strips, groups, strict=False)):
            words = group.words
            if number == _MOST - 1 and len(groups) > _MOST:
                words += " " + tr("{n} more after these.", n=len(groups) - _MOST)
            strip.say("draft", words, self._actions(group))
        self.setVisible(bool(groups))

    def _actions(self, group: DraftGroup) -> Actions:
        actions = [("continue", tr("Continue")), ("compare", tr("Compare"))]
        if group.new_patient:  # there is nothing saved to compare with
            actions.pop()
        actions.append(("discard", tr("Discard…")))
        return tuple((words, partial(self.wanted.emit, what, group)) for what, words in actions)
