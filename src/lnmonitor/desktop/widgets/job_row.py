"""One document being made: what, how far, Cancel; then where it lies, or why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QProgressBar, QWidget

from lnmonitor.desktop.i18n import tr
from lnmonitor.desktop.operations import JobOp
from lnmonitor.desktop.problems import report, sentence
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.layout import column, row
from lnmonitor.desktop.widgets.text import button, label, rule, set_tone
from lnmonitor.errors import UserError
from lnmonitor.progress import Cancelled, Progress

_FIRST_ESTIMATE_MS = 1500  # earlier the rate is guesswork


class JobRow(QWidget):
    """Starts its job when made; stays in the list with the outcome."""

    ended = Signal()

    def __init__(self, title: str, work: Callable[[Progress], Path], words: str) -> None:
        super().__init__()
        self._title = label(title, weight=500)
        self._words = label(words, "small", "text-2", wrap=True, selectable=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._bar.setFixedWidth(theme().px(50))
        self._bar.setAccessibleName(title)
        self._cancel = button(tr("Cancel"), self.cancel, small=True)
        self._open = button(tr("Open folder"), self._open_folder, small=True)
        self._open.hide()
        self._folder = Path()
        texts = column(self._title, self._words, spacing=0.5)
        line = row(texts, self._bar, self._cancel, self._open, margins=(2, 2, 2, 2), spacing=3)
        line.setStretch(0, 1)
        self.setLayout(column(line, rule()))
        self._clock = QElapsedTimer()
        self._clock.start()
        self.running = True
        self._job: JobOp[Path] = JobOp(self, work, self._done, self._failed, self._progress)
        self._job.run()

    @property
    def words(self) -> str:
        """The second line: how far, where, or why not."""
        return self._words.text()

    def cancel(self) -> None:
        """Ask the job to stop."""
        self._cancel.setEnabled(False)
        self._words.setText(tr("Stopping…"))
        self._job.cancel()

    def _progress(self, done: int, total: int, what: str) -> None:
        if not self._cancel.isEnabled():
            return
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        self._words.setText(
            tr("{done} of {total}, {what}", done=done, total=total, what=tr(what))
            + self._left(done, total)
        )

    def _left(self, done: int, total: int) -> str:
        passed = self._clock.elapsed()
        if not done or passed < _FIRST_ESTIMATE_MS or done >= total:
            return ""
        seconds = max(1, round(passed / done * (total - done) / 1000))
        return tr(", {n} s left", n=seconds)

    def _done(self, path: Path) -> None:
        self._folder = path if path.is_dir() else path.parent
        self._end(tr("Done: {path}", path=path), "ok")
        self._open.show()

    def _failed(self, problem: Exception) -> None:
        if isinstance(problem, Cancelled):
            self._end(tr("Cancelled. What was complete before stays."), "text-2")
        elif isinstance(problem, UserError):
            self._end(sentence(problem), "serious")
        else:
            reference = report(problem).reference
            self._end(
                tr("The program met a fault of its own. Reference {reference}.").format(
                    reference=reference
                ),
                "serious",
            )

    def _end(self, words: str, tone: str) -> None:
        self.running = False
        self._words.setText(words)
        set_tone(self._words, tone)
        self._bar.hide()
        self._cancel.hide()
        self.ended.emit()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
