"""The queries about what is shown: list, thread, and the field in which one asks or answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea, QWidget

from lnmonitor.desktop.delegates.cells import ChipDelegate
from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.models.rows import Column
from lnmonitor.desktop.pages.monitoring.reading import Thread
from lnmonitor.desktop.pages.monitoring.words import (
    QUERY_STATES,
    QUERY_TONES,
    about,
    form_title,
    local_instant,
    question,
)
from lnmonitor.desktop.session_hub import hub
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import box, column, row
from lnmonitor.desktop.widgets.row_table import RowTable
from lnmonitor.desktop.widgets.text import button, label, rule
from lnmonitor.desktop.words import count, role_name

_MOST_ROWS = 4


class _Words(QPlainTextEdit):
    """A few lines of text; Ctrl+Enter takes them, Esc leaves."""

    taken = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(theme().px(13))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class QueryBox(QWidget):
    """Queries of one sheet. Signals: `asked(text)`, `stepped(step, query id, text)`, `left`."""

    asked = Signal(str)
    stepped = Signal(str, str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._asking = False
        self._about = ""
        self._wanted = ""
        self._threads: tuple[Thread, ...] = ()
        self._key: object = None
        self._names: Mapping[str, str] = {}
        self._kept: dict[object, str] = {}
        self.head = label(tr("Queries"), "section")
        self.new = button(tr("New query (Q)"), self.start, small=True)
        self.table = self._make_table()
        self.thread_area = QScrollArea()
        self.thread_area.setWidgetResizable(True)
        self.thread_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._prompt = label("", "small", "text-2")
        self.words = _Words()
        self.words.setAccessibleName(tr("Text of the query"))
        self.words.taken.connect(self._take_first)
        self.words.left.connect(self._leave)
        self.buttons = {
            "ask": button(tr("Ask"), self._ask, kind="primary", small=True),
            "answer": button(tr("Answer"), self.answer, kind="primary", small=True),
            "resolve": button(tr("Settled"), self.resolve, small=True),
            "close": button(tr("Close query"), self.close_query, small=True),
            "reopen": button(tr("Ask again"), self.reopen, small=True),
            "comment": button(tr("Remark"), self.comment, small=True),
        }
        self._entry = box(
            column(
                self._prompt,
                self.words,
                row(*self.buttons.values(), None, spacing=1.5),
                spacing=1,
            )
        )
        body = column(
            row(self.head, None, self.new),
            rule(),
            self.table,
            self.thread_area,
            self._entry,
            None,
            spacing=1,
        )
        body.setStretch(3, 100)  # without a thread the empty end takes the room
        self.setLayout(body)

    def _make_table(self) -> RowTable:
        def state(thread: Thread) -> tuple[str, str]:
            return tr(QUERY_STATES[thread.view.state]), QUERY_TONES[thread.view.state]

        columns = [
            Column(
                tr("State"),
                lambda t: tr(QUERY_STATES[t.view.state]),
                sample="\n".join(tr(word) for word in QUERY_STATES.values()) + "\n" + "answered mm",
            ),
            Column(tr("About"), self._about_words, tip=self._about_words),
            Column(
                tr("Open for"),
                lambda t: count(t.view.days_open, "1 day", "{n} days"),
                tone="text-2",
                right=True,
                sample=tr("{n} days", n=1000),
            ),
        ]
        table = RowTable(columns, {0: ChipDelegate(self, state)}, row_units=6.5, name=tr("Queries"))
        table.horizontalHeader().hide()
        table.chosen.connect(self._show_thread)
        return table

    # --- content ---------------------------------------------------------------------------

    def show_threads(
        self, key: object, threads: Sequence[Thread], names: Mapping[str, str] | None = None
    ) -> None:
        """Show the queries of what `key` names; what is being typed about it stays with it.

        Args:
            names: record id -> what a person calls it, where an item alone does not say it.
        """
        self._names = names or {}
        if key != self._key:
            self._kept[self._key] = self.words.toPlainText()
            self.words.setPlainText(self._kept.pop(key, ""))
            self._key, self._asking = key, False
        self._threads = tuple(threads)
        number = sum(one.view.state != "closed" for one in threads)
        self.head.setText(tr("Queries, {n} open", n=number) if threads else tr("No query"))
        self.table.setVisible(bool(threads))
        self.table.set_rows(list(threads), "id")
        if self._wanted:
            self._go_to_wanted()
        most = theme().px(6.5) * _MOST_ROWS + 2
        self.table.setFixedHeight(min(self.table.whole_height(), most))
        self.new.setVisible(self._may("RAISE_QUERY"))
        self._show_thread(self.table.current if threads else None)

    @property
    def wanted(self) -> str:
        """The query to stand on once it has been read."""
        return self._wanted

    def _about_words(self, thread: Thread) -> str:
        name = self._names.get(thread.view.record_id, "")
        return f"{form_title(thread.view.form)} · {name}" if name else about(thread.view)

    def choose(self, query_id: str) -> None:
        """Stand on a query, now or when it has been read."""
        self._wanted = query_id
        self._asking = False
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        for number, shown in enumerate(self._threads):
            if shown.id == self._wanted:
                self.table.setCurrentIndex(self.table.rows_model.index(number, 0))
                self._wanted = ""

    def set_about(self, words: str) -> None:
        """Say what a new query would be about."""
        self._about = words
        self._show_prompt()

    def _show_thread(self, thread: Thread | None) -> None:
        content = column(spacing=2)
        for number, step in enumerate(thread.steps if thread is not None else ()):
            who = step.full_name or step.account
            by = f"{who}, {role_name(step.role)}" if step.account else ""
            is_check = thread is not None and thread.view.check_id and not number
            if is_check:
                by = text(thread.view.kind.title)  # type: ignore[union-attr]
            when = local_instant(step.at, step.utc_offset)
            head = " · ".join(part for part in (tr(step.action), by, when) if part)
            said = question(thread.view) if is_check and thread is not None else tr(step.text)
            content.addWidget(label(head, "small", "text-muted", wrap=True))
            content.addWidget(label(said, wrap=True, selectable=True))
        content.addStretch(1)
        self.thread_area.setWidget(box(content))
        self.thread_area.setVisible(thread is not None and not self._asking)
        self._show_buttons(thread)

    # --- what may be done ------------------------------------------------------------------

    @staticmethod
    def _may(action: str) -> bool:
        from lnmonitor.services.permissions import Action

        session = hub().session
        return session is not None and not session.read_only and session.may(Action[action])

    def _steps(self, thread: Thread | None) -> set[str]:
        """Return what may be done now; services refuse the same."""
        if self._asking:
            return {"ask"}
        if thread is None:
            return set()
        view = thread.view
        found: set[str] = set()
        if self._may("ANSWER_QUERY") and view.state in {"new", "answered"}:
            found |= {"answer", "resolve"}
        if self._may("CLOSE_QUERY") and not view.check_id:
            found |= {"close"} if view.state != "closed" else set()
            found |= {"reopen"} if view.state != "new" else set()
        if self._may("RAISE_QUERY") and view.state != "closed":
            found |= {"comment"}
        return found

    def _show_buttons(self, thread: Thread | None) -> None:
        steps = self._steps(thread)
        for key, made in self.buttons.items():
            made.setVisible(key in steps)
        self._entry.setVisible(bool(steps))
        self._show_prompt()

    def _show_prompt(self) -> None:
        words = tr("Query about {what}", what=self._about) if self._asking else tr("Your words")
        self._prompt.setText(f"{words}  ·  Ctrl+Enter")

    # --- acts ------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a new query about the line chosen (Q)."""
        if not self._may("RAISE_QUERY"):
            return
        self._asking = True
        self._show_thread(self.table.current)
        self.words.setFocus()

    def done(self) -> None:
        """Forget what was typed: it is stored."""
        self._asking = False
        self.words.clear()

    def _leave(self) -> None:
        self._asking = False
        self._show_thread(self.table.current)
        self.left.emit()

    def _take_first(self) -> None:
        """Ctrl+Enter presses the first button shown."""
        for made in self.buttons.values():
            if made.isVisible():
                made.click()
                return

    def _ask(self) -> None:
        self.asked.emit(self.words.toPlainText())

    def answer(self) -> None:
        """Answer for the site."""
        self._step("answer")

    def resolve(self) -> None:
        """Say for the site that it is settled."""
        self._step("resolve")

    def close_query(self) -> None:
        """Close it."""
        self._step("close")

    def reopen(self) -> None:
        """Ask again."""
        self._step("reopen")

    def comment(self) -> None:
        """Add a remark."""
        self._step("comment")

    def _step(self, step: str) -> None:
        thread = self.table.current
        if thread is not None:
            self.stepped.emit(step, thread.id, self.words.toPlainText())
