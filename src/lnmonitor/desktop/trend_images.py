"""Pictures of a patient's story: always light, with patient, date and SYNTHETIC DATA on them."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication

from lnmonitor.analysis.story import Story
from lnmonitor.desktop.theme import Theme, make_theme
from lnmonitor.errors import StorageError
from lnmonitor.i18n import translator
from lnmonitor.language import Language

SIZE = (1440, 900)


def save_trend_png(
    story: Story, path: Path, language: Language = "en", size: tuple[int, int] = SIZE
) -> Path:
    """Write a story as PNG, `size` in pixels, and return the path. Needs no window system.

    Raises:
        StorageError: the file cannot be written.
    """
    if QGuiApplication.instance() is None:
        if "DISPLAY" not in os.environ and "WAYLAND_DISPLAY" not in os.environ:
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _kept.append(QApplication([]))
    if not trend_image(story, language, size).save(str(path), "PNG"):  # type: ignore[call-overload]
        raise StorageError(
            "The picture {name} cannot be written.",
            "Choose another folder, or make room on the disk.",
            name=str(path),
        )
    return path


_kept: list[QApplication] = []


def trend_image(story: Story, language: Language = "en", size: tuple[int, int] = SIZE) -> QImage:
    """Return a story as a light picture with a line above it that says whose it is."""
    from lnmonitor.desktop.plots.canvas import StoryCanvas

    theme = make_theme("light", language)
    head = theme.px(12)
    canvas = StoryCanvas(theme, language)
    try:
        canvas.resize(size[0], size[1] - head)
        canvas.set_story(story)
        canvas.hide_cursor()
        image = QImage(size[0], size[1], QImage.Format.Format_RGB32)
        image.fill(theme.color("bg-panel"))
        painter = QPainter(image)
        _draw_head(painter, story, theme, QRect(0, 0, size[0], head), language)
        painter.drawPixmap(QPoint(0, head), canvas.grab())
        painter.end()
    finally:
        canvas.close()
        canvas.deleteLater()
    return image


def _draw_head(
    painter: QPainter, story: Story, theme: Theme, area: QRect, language: Language
) -> None:
    from lnmonitor.desktop.plots.scale import date_of

    say = translator(language).text
    inner = area.adjusted(theme.px(4), 0, -theme.px(4), 0)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(theme.font("page"))
    painter.setPen(theme.color("text"))
    painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | middle, story.subject_id)
    width = QFontMetrics(theme.font("page")).horizontalAdvance(story.subject_id)
    words = [story.status.in_(language), date_of(story, story.today)]
    painter.setFont(theme.font("body"))
    painter.setPen(theme.color("text-2"))
    painter.drawText(
        inner.adjusted(width + theme.px(4), 0, 0, 0),
        Qt.AlignmentFlag.AlignLeft | middle,
        " · ".join(word for word in words if word),
    )
    if story.synthetic:
        painter.setFont(theme.font("body", 600))
        painter.setPen(theme.color("warn"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | middle, say("SYNTHETIC DATA"))
