"""The field that fits an item: the one place where a kind of item becomes a widget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtGui import QFontMetrics

from lnmonitor.desktop.entry.answer_strip import AnswerStrip, segments_of
from lnmonitor.desktop.entry.code_edit import CodeEdit
from lnmonitor.desktop.entry.edits import DateEdit, ResultEdit, ValueEdit
from lnmonitor.desktop.entry.item_row import Editor
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.theme import theme
from lnmonitor.study.analytes import Analyte
from lnmonitor.study.codelists import CodeList, codelist
from lnmonitor.study.items import ItemField, Kind

_STRIP_ENTRIES = 5
_STRIP_UNITS = 48
DATES = (Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME)


def make_editor(field: ItemField, today: Callable[[], date]) -> Editor:
    """Return an editor for an item; `today` is what "t" means in a date."""
    if field.kind is Kind.CODE and field.item.codes:
        codes = codelist(field.item.codes)
        integer = field.python_type is int
        if fits_strip(codes):
            return AnswerStrip(segments_of(codes, integer=integer))
        return CodeEdit(codes, integer=integer)
    if field.kind in DATES:
        return DateEdit(field.kind, today)
    return ValueEdit(field)


def make_result_editor(analyte: Analyte) -> Editor:
    """Return an editor for an analyte's result: a number, or a word of its code list."""
    made = CodeEdit(codelist(analyte.codes)) if analyte.codes else ResultEdit()
    made.leaves_blocks = True
    return made


def fits_strip(codes: CodeList) -> bool:
    """Whether a list is short enough to show all its answers side by side."""
    if len(codes.entries) > _STRIP_ENTRIES:
        return False
    if all(code.isdigit() for code in codes.codes):
        return True
    metrics = QFontMetrics(theme().font("small", 600))
    words = sum(metrics.horizontalAdvance(text_of(entry.text)) for entry in codes.entries)
    return words + theme().px(3) * len(codes.entries) <= theme().px(_STRIP_UNITS)
