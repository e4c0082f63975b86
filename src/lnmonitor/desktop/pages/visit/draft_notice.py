"""What the entry page says about drafts: what came back, what could not be kept, discarding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lnmonitor.desktop.dialogs.drafts import CompareDialog, DiscardDialog, draft_lines
from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.pages.visit.journal import journal_of
from lnmonitor.desktop.pages.visit.recovery import Recovery, drafts_here
from lnmonitor.desktop.problems import sentence
from lnmonitor.desktop.widgets.message_strip import MessageStrip
from lnmonitor.desktop.words import count, instant

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

Actions = tuple[tuple[str, Callable[[], object]], ...]


def say_recovered(
    strip: MessageStrip, binder: Binder, found: Recovery, discard: Callable[[], object]
) -> None:
    """Announce what came back, with Compare and Discard."""
    said = []
    if found.count:
        said.append(
            count(
                found.count,
                "1 value typed {time} was not saved: it is back, with an amber edge.",
                "{n} values typed {time} were not saved: they are back, with an amber edge.",
                time=instant(found.at),
            )
        )
    if found.overtaken:
        said.append(tr("A record was changed since then: compare before you save."))
    if found.aside:
        items = "; ".join(found.aside)
        said.append(tr("Not in the form any more, copy what counts: {items}.", items=items))
    if found.homeless:
        said.append(tr("Of {n} drafts the record is gone: compare.", n=len(found.homeless)))

    def compare() -> None:
        open_compare(strip.window(), binder)

    actions: Actions = ((tr("Compare"), compare), (tr("Discard…"), discard))
    strip.say("ask", " ".join(said), actions)


def open_compare(parent: QWidget, binder: Binder) -> None:
    """Show what was typed beside what is saved."""
    lines = draft_lines(binder.data, drafts_here(binder, binder.loaded.drafts))
    title = tr("{subject}: typed and saved", subject=binder.data.subject_id)
    CompareDialog(parent, title, lines).open()


def open_discard(parent: QWidget, binder: Binder, done: Callable[[], object]) -> None:
    """Ask for the reason and discard what is not saved of a binder."""
    words = count(
        binder.unsaved_values,
        "1 value of {subject} is discarded for good.",
        "{n} values of {subject} are discarded for good.",
        subject=binder.data.subject_id,
    )
    journal = journal_of(binder)
    journal.flush()
    DiscardDialog(parent, words, journal.places, done).open()


def say_not_kept(strip: MessageStrip, problem: Exception, again: Callable[[], object]) -> None:
    """Say that what is typed is only in memory."""
    words = tr("What is typed is not kept on the disk yet, only in memory.")
    strip.say("refuse", f"{words} {sentence(problem)}", ((tr("Try again"), again),))


def status_words(binders: Sequence[Binder]) -> str:
    """Return what the status bar says about values not saved, "" when there are none."""
    number = sum(binder.unsaved_values for binder in binders)
    if not number:
        return ""
    subjects = ", ".join(dict.fromkeys(binder.data.subject_id for binder in binders))
    words = count(
        number,
        "1 value not yet saved: {subjects}",
        "{n} values not yet saved: {subjects}",
        subjects=subjects,
    )
    kept = [at for binder in binders if (at := journal_of(binder).at) is not None]
    if any(journal_of(binder).behind for binder in binders):
        return tr("In memory only, {rest}", rest=words)
    if not kept:
        return words
    return tr("Draft kept {time}, {rest}", time=f"{max(kept):%H:%M:%S}", rest=words)
