"""The sheets of a copy of the data, in their order; workbook and CSV files are both made of them.

DICTIONARY and CODELISTS explain the rest. README tells what the copy is, and comes last, since it
counts the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from lnmonitor.exchange.column_labels import column_label
from lnmonitor.exchange.form_rows import FLAG_COLUMNS, SCORE_COLUMNS, Row, form_columns
from lnmonitor.exchange.review_rows import (
    LATE_COLUMNS,
    QUERY_COLUMNS,
    REVIEW_COLUMNS,
    SIGNATURE_COLUMNS,
)
from lnmonitor.exchange.snapshot import AUDIT_COLUMNS, Snapshot
from lnmonitor.study.codelists import codelist, codelist_ids
from lnmonitor.study.forms import FORMS, Identity
from lnmonitor.study.items import Form

_FROZEN = 3
_OF_PATIENTS = {
    "SCORES": SCORE_COLUMNS,
    "FLAGS": FLAG_COLUMNS,
    "QUERIES": QUERY_COLUMNS,
    "REVIEW": REVIEW_COLUMNS,
    "SIGNATURES": SIGNATURE_COLUMNS,
    "LATE": LATE_COLUMNS,
}
"""Sheets beside those of the forms, with a patient's number in each row."""
CODELIST_COLUMNS = ("LIST", "CODE", "DECODE_EN", "DECODE_ZH", "ORDER")
DICTIONARY_COLUMNS = (
    "SHEET", "VARIABLE", "LABEL_EN", "LABEL_ZH", "TYPE", "UNIT", "DECIMALS", "CODELIST",
    "MANDATORY", "HARD_MIN", "HARD_MAX", "SOFT_MIN", "SOFT_MAX", "CDASH", "SDTM", "FORM_VERSION",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """One sheet; `rows` gives its rows, each time anew."""

    name: str
    columns: Sequence[str]
    rows: Callable[[], Iterable[Row]]
    frozen_columns: int = _FROZEN


def exported_forms() -> Iterator[type[Form]]:
    """Give the forms that copies hold: all but the identity."""
    return (form for form in FORMS.values() if form is not Identity)


def sheets(snapshot: Snapshot) -> tuple[Sheet, ...]:
    """Return all sheets but README."""
    found = [
        Sheet(form.code, form_columns(form), partial(snapshot.rows, form.code))
        for form in exported_forms()
    ]
    found += [
        Sheet(name, columns, partial(snapshot.rows, name)) for name, columns in _OF_PATIENTS.items()
    ]
    found.append(Sheet("AUDIT", AUDIT_COLUMNS, snapshot.trail_rows, 1))
    found.append(Sheet("DICTIONARY", DICTIONARY_COLUMNS, _dictionary, 0))
    found.append(Sheet("CODELISTS", CODELIST_COLUMNS, _codelists, 0))
    return tuple(found)


def _dictionary() -> Iterator[Row]:
    for form in exported_forms():
        yield from _items(form)
    for name, columns in _computed():
        for column in columns:
            yield _column(name, column)


def _computed() -> Iterator[tuple[str, Sequence[str]]]:
    yield from _OF_PATIENTS.items()
    yield "AUDIT", AUDIT_COLUMNS


def _items(form: type[Form]) -> Iterator[Row]:
    """Give a row for each column of a form's sheet, in its order."""
    items = {name.upper(): field for name, field in form.items().items()}
    for column in form_columns(form):
        if column not in items:
            yield _column(form.code, column)
            continue
        field = items[column]
        item = field.item
        hard, soft = item.hard or (None, None), item.soft or (None, None)
        yield [
            form.code, column, item.en, item.zh, field.kind.value, item.unit, item.decimals,
            item.codes, "Y" if item.required else "N", *hard, *soft, item.cdash, item.sdtm,
            form.version,
        ]  # fmt: skip


def _column(sheet: str, column: str) -> Row:
    label = column_label(column)
    words = (label.en, label.zh) if label is not None else ("", "")
    return [sheet, column, *words, *[None] * (len(DICTIONARY_COLUMNS) - 4)]


def _codelists() -> Iterator[Row]:
    for list_id in codelist_ids():
        for entry in codelist(list_id).entries:
            yield list_id, entry.code, entry.text.en, entry.text.zh, entry.order
