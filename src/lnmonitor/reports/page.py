"""The frame of every printed page: who and what above, seal, time and page number below.

A page is drawn last, when the number of pages is known, and with it the page of every mark: so the
table of contents, links and bookmarks need one run of the layout only.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

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
_PLACE = 9.0
"""Further room of the header where it tells the place."""
TEXT_HEIGHT = HEIGHT - 2 * MARGIN - _HEADER - _PLACE - _FOOTER
"""Of a page whose header tells the place."""
_TOP = HEIGHT - MARGIN - _HEADER - _PLACE
_QR = 42.0
_SEAL = "seal"
_ABOVE = 14.0
"""Points above a mark that are shown by who follows a link to it."""
_AT_TOP = 40.0
"""A place that begins within so many points of the top is the first of its page."""
rl_config.useA85 = 0
"""Streams as they are, not written out in letters: a fifth shorter, and nothing needs letters."""


@dataclass(frozen=True)
class Imprint:
    """What stands on every page of a document.

    `seal` is the audit trail's head as short text, `printed_at` the local instant with offset
    and zone. `subject` and `status` are empty where a document is about no patient. `contents`
    says whose names are in it, empty where none is; `corner` stands at the right of the header in
    place of subject and status.
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
    contents: str = ""
    corner: str = ""


@dataclass(frozen=True)
class Mark:
    """A place that links and bookmarks lead to, by any of its keys.

    Attributes:
        place: what the page's head says from here on, empty to leave it.
    """

    keys: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True)
class Bookmark:
    """A line of the table of contents and of the viewer's tree; `level` 0 is a chapter."""

    level: int
    title: str
    key: str


class PagedCanvas(Canvas):
    """A canvas that draws header, footer and page numbers when all pages are known."""

    def __init__(
        self,
        *args: Any,
        imprint: Imprint,
        outline: Sequence[Bookmark],
        replaced: Callable[[], int],
        **kwargs: Any,
    ) -> None:
        # An embedded font from the start: reportlab would else reference Helvetica on every page.
        kwargs["initialFontName"] = fonts.latin()
        super().__init__(*args, **kwargs)
        self._imprint = imprint
        self._outline = outline
        self._replaced = replaced
        self._pages: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}
        self._marks: list[tuple[Mark, float]] = []
        self._wanted: list[tuple[str, float, float]] = []
        self._places: list[tuple[str, float]] = []

    def mark(self, mark: Mark) -> None:
        """Set a mark where the canvas stands."""
        _, y = self.absolutePosition(0, 0)
        self._marks.append((mark, y))
        self._numbers |= dict.fromkeys(mark.keys, len(self._pages) + 1)
        if mark.place:
            self._places.append((mark.place, y))

    def number_of(self, key: str, right: float, y: float) -> None:
        """Leave room for the page number of a mark, which ends at `right`."""
        self._wanted.append((key, *self.absolutePosition(right, y)))

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Keep the page; it is finished when all are known."""
        self._pages.append(dict(self.__dict__))
        carried = [(words, HEIGHT) for words, _ in self._places[-1:]]
        self._marks, self._wanted, self._places = [], [], carried
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Finish all pages and the document."""
        self.beginForm(_SEAL, 0, 0, _QR, _QR)
        _draw_qr(self, f"lnmonitor:{self._imprint.study}:{self._imprint.seal_full}")
        self.endForm()
        for number, state in enumerate(self._pages, start=1):
            self.__dict__.update(state)
            self._draw_late(number)
            super().showPage()
        for one in self._outline:
            self.addOutlineEntry(one.title, one.key, one.level, closed=one.level > 0)
        super().save()

    def _draw_late(self, number: int) -> None:
        for mark, y in self._marks:
            for key in mark.keys:
                self.bookmarkHorizontalAbsolute(key, y + _ABOVE)
        small = size("small")
        for key, right, y in self._wanted:
            page = str(self._numbers.get(key, ""))
            _write(self, right - fonts.width(page, small), y, page, small)
        _draw_header(self, self._imprint, _place(self._places))
        _draw_footer(self, self._imprint, number, len(self._pages), self._replaced())


def paged(flowable: Flowable) -> PagedCanvas:
    """Return the canvas that a flowable is drawn on."""
    return cast(PagedCanvas, flowable.canv)


class Anchor(Flowable):
    """A mark in the text; it takes no room and stays with what follows."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.keepWithNext = 1
        self._mark = mark

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return no room."""
        return 0, 0

    def draw(self) -> None:
        """Set the mark."""
        paged(self).mark(self._mark)


def build(
    story: Callable[[], Sequence[Flowable]],
    imprint: Imprint,
    outline: Sequence[Bookmark] = (),
    progress: Callable[[int], None] = lambda _page: None,
) -> bytes:
    """Lay out a document and return the bytes of its PDF.

    Args:
        story: makes the flowables; what it prints as codes is counted and told on every page.
        outline: bookmarks; `story` may fill it.
        progress: called with the number of each page that begins.
    """
    with fonts.counted() as replaced:
        parts = list(story())
    header = _HEADER + (_PLACE if outline else 0)
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN + header,
        bottomMargin=MARGIN + _FOOTER,
        title=" ".join(filter(None, (imprint.study, imprint.subject, imprint.title))),
        author=imprint.printed_by,
        subject=", ".join(filter(None, (imprint.study, imprint.subject))),
        creator=imprint.program,
        keywords=[f"seal {imprint.seal_full}"],
        lang="zh-CN" if imprint.language == "zh" else "en",
    )
    frame = Frame(
        MARGIN, MARGIN + _FOOTER, TEXT_WIDTH, HEIGHT - 2 * MARGIN - header - _FOOTER,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    template = PageTemplate(
        frames=[frame], onPage=lambda canvas, _document: progress(canvas.getPageNumber())
    )
    document.addPageTemplates([template])
    document.build(
        parts,
        canvasmaker=lambda *args, **kwargs: PagedCanvas(
            *args, imprint=imprint, outline=outline, replaced=replaced.total, **kwargs
        ),
    )
    return out.getvalue()


def _place(places: Sequence[tuple[str, float]]) -> str:
    """Return the first and the last place of a page; one carried over counts if it has room."""
    if len(places) > 1 and places[0][1] == HEIGHT and places[1][1] > _TOP - _AT_TOP:
        places = places[1:]
    if not places:
        return ""
    first, last = places[0][0], places[-1][0]
    return first if first == last else f"{first}  –  {last}"


def _draw_header(canvas: Canvas, imprint: Imprint, place: str) -> None:
    y = HEIGHT - MARGIN - 9
    body = size("body")
    tr = translator(imprint.language)
    middle = tr.text("SYNTHETIC DATA") if imprint.synthetic else ""
    room = fonts.width(middle, body, Weight.SEMIBOLD)
    side = (TEXT_WIDTH - room) / 2 - 10
    study = fonts.fitted(imprint.study, body, side * 0.6, Weight.SEMIBOLD)
    x = _write(canvas, MARGIN, y, study, body, weight=Weight.SEMIBOLD)
    where = tr.text(
        "protocol {protocol} · Site {site}", protocol=imprint.protocol, site=imprint.site
    )
    where = fonts.fitted(where, body, MARGIN + side - x - 6)
    _write(canvas, x + 6, y, where, body, tone="text-2")
    if middle:
        _write(canvas, (WIDTH - room) / 2, y, middle, body, weight=Weight.SEMIBOLD, tone="warn")
    about = " · ".join(filter(None, (imprint.subject, imprint.status)))
    right = imprint.corner or about or imprint.title
    right = fonts.fitted(right, body, side, Weight.SEMIBOLD)
    _write(canvas, WIDTH - MARGIN - fonts.width(right, body, Weight.SEMIBOLD), y, right, body,
           weight=Weight.SEMIBOLD)  # fmt: skip
    _rule(canvas, HEIGHT - MARGIN - 18)
    if place:
        small = size("small")
        words = fonts.fitted(place, small, TEXT_WIDTH)
        _write(canvas, MARGIN, HEIGHT - MARGIN - 28, words, small, tone="text-2")


def _draw_footer(canvas: Canvas, imprint: Imprint, number: int, total: int, replaced: int) -> None:
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
    program = [imprint.program, imprint.rules]
    if replaced:
        program.append(tr.text("characters printed as their code, [U+…]: {n}", n=replaced))
    contents = (
        tr.text("Synthetic data: no real person. Contains no name or number of anybody.")
        if imprint.synthetic
        else tr.text("Confidential. Contains no name, telephone or hospital number.")
    )
    lines = (
        tr.text("Printed {when} by {who}", when=imprint.printed_at, who=imprint.printed_by),
        " · ".join(filter(None, program)),
        imprint.contents or contents,
    )
    for index, line in enumerate(lines, start=1):
        words = fonts.fitted(line, small, WIDTH - MARGIN - x)
        _write(canvas, x, y - 11 * index, words, small, tone="text-2")


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
