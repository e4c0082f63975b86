"""The frame of every printed page: who and what above, seal, time and page number below."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from lnmonitor.i18n import translator
from lnmonitor.language import Language
from lnmonitor.reports import fonts
from lnmonitor.reports.fonts import Weight
from lnmonitor.reports.palette import colour, size

WIDTH, HEIGHT = A4
MARGIN = 42.5
TEXT_WIDTH = WIDTH - 2 * MARGIN
_HEADER, _FOOTER = 34.0, 62.0
_QR = 42.0
_SEAL = "seal"
rl_config.useA85 = 0
"""Streams as they are, not written out in letters: a fifth shorter, and nothing needs letters."""


@dataclass(frozen=True)
class Imprint:
    """What stands on every page of a document.

    `seal` is the audit trail's head as short text, `printed_at` the local instant with offset
    and zone.
    """

    title: str
    study: str
    protocol: str
    site: str
    synthetic: bool
    subject: str
    status: str
    seal: str
    seal_full: str
    printed_at: str
    printed_by: str
    program: str
    rules: str
    language: Language


class _PagedCanvas(Canvas):
    """A canvas that draws header and footer last, when the number of pages is known."""

    def __init__(self, *args: Any, imprint: Imprint, **kwargs: Any) -> None:
        # An embedded font from the start: reportlab would else reference Helvetica on every page.
        kwargs["initialFontName"] = fonts.latin()
        super().__init__(*args, **kwargs)
        self._imprint = imprint
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        self.beginForm(_SEAL, 0, 0, _QR, _QR)
        _draw_qr(self, f"lnmonitor:{self._imprint.study}:{self._imprint.seal_full}")
        self.endForm()
        for number, state in enumerate(self._pages, start=1):
            self.__dict__.update(state)
            _draw_frame(self, self._imprint, number, len(self._pages))
            super().showPage()
        super().save()


def build(story: Sequence[Flowable], imprint: Imprint) -> bytes:
    """Lay out flowables into a finished PDF and return its bytes."""
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN + _HEADER,
        bottomMargin=MARGIN + _FOOTER,
        title=f"{imprint.study} {imprint.subject} {imprint.title}",
        author=imprint.printed_by,
        subject=f"{imprint.study}, {imprint.subject}",
        creator=imprint.program,
        keywords=[f"seal {imprint.seal_full}"],
        lang="zh-CN" if imprint.language == "zh" else "en",
    )
    frame = Frame(
        MARGIN, MARGIN + _FOOTER, TEXT_WIDTH, HEIGHT - 2 * MARGIN - _HEADER - _FOOTER,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    document.addPageTemplates([PageTemplate(frames=[frame])])
    document.build(
        list(story),
        canvasmaker=lambda *args, **kwargs: _PagedCanvas(*args, imprint=imprint, **kwargs),
    )
    return out.getvalue()


def _draw_frame(canvas: Canvas, imprint: Imprint, number: int, total: int) -> None:
    _draw_header(canvas, imprint)
    _draw_footer(canvas, imprint, number, total)


def _draw_header(canvas: Canvas, imprint: Imprint) -> None:
    y = HEIGHT - MARGIN - 9
    body = size("body")
    x = _write(canvas, MARGIN, y, imprint.study, body, weight=Weight.SEMIBOLD)
    tr = translator(imprint.language)
    where = tr.text(
        "protocol {protocol} · Site {site}", protocol=imprint.protocol, site=imprint.site
    )
    _write(canvas, x + 6, y, where, body, tone="text-2")
    if imprint.synthetic:
        text = tr.text("SYNTHETIC DATA")
        left = (WIDTH - fonts.width(text, body, Weight.SEMIBOLD)) / 2
        _write(canvas, left, y, text, body, weight=Weight.SEMIBOLD, tone="warn")
    right = f"{imprint.subject} · {imprint.status}"
    _write(canvas, WIDTH - MARGIN - fonts.width(right, body, Weight.SEMIBOLD), y, right, body,
           weight=Weight.SEMIBOLD)  # fmt: skip
    _rule(canvas, HEIGHT - MARGIN - 18)


def _draw_footer(canvas: Canvas, imprint: Imprint, number: int, total: int) -> None:
    tr = translator(imprint.language)
    top = MARGIN + _FOOTER - 14
    small = size("small")
    _rule(canvas, top)
    canvas.saveState()
    canvas.translate(MARGIN, top - 8 - _QR)
    canvas.doForm(_SEAL)
    canvas.restoreState()
    x, y = MARGIN + _QR + 9, top - 15
    page = tr.text("Page {number} of {total}", number=number, total=total)
    _write(canvas, WIDTH - MARGIN - fonts.width(page, small, Weight.SEMIBOLD), y, page, small,
           weight=Weight.SEMIBOLD)  # fmt: skip
    left = _write(canvas, x, y, tr.text("Seal"), small, weight=Weight.SEMIBOLD)
    _write(canvas, left + 4, y, imprint.seal, small, tone="text-2")
    lines = (
        tr.text("Printed {when} by {who}", when=imprint.printed_at, who=imprint.printed_by),
        f"{imprint.program} · {imprint.rules}",
        tr.text("Confidential. Contains no name, telephone or hospital number.")
        if not imprint.synthetic
        else tr.text("Synthetic data: no real person. Contains no name or number of anybody."),
    )
    for index, line in enumerate(lines, start=1):
        _write(canvas, x, y - 11 * index, line, small, tone="text-2")


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setStrokeColor(colour("rule"))
    canvas.setLineWidth(size("rule"))
    canvas.line(MARGIN, y, WIDTH - MARGIN, y)


def _write(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    points: float,
    *,
    weight: Weight = Weight.REGULAR,
    tone: str = "text",
) -> float:
    """Write one line; return where it ends."""
    canvas.setFillColor(colour(tone))
    for run in fonts.runs(text, weight):
        canvas.setFont(run.font, points)
        canvas.drawString(x, y, run.text)
        x += fonts.width(run.text, points, weight)
    return x


def _draw_qr(canvas: Canvas, content: str) -> None:
    """Draw the seal as a QR code of vector squares, once for all pages."""
    rows = list(segno.make(content, error="m", micro=False).matrix)
    module = _QR / len(rows)
    canvas.setFillColor(colour("text"))
    for row, cells in enumerate(rows):
        for column, dark in enumerate(cells):
            if dark:
                top = _QR - (row + 1) * module
                # A hair wider than the module, so that viewers show no seams between squares.
                canvas.rect(column * module, top, module * 1.02, module * 1.02, stroke=0, fill=1)
