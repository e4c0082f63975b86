"""The archive's reader: one static page of plain HTML that any browser opens, without the program.

No script and nothing from a network. By patient: forms with their states, values, queries,
signatures, results, audit trail; each folded until it is opened. What a person typed is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TextIO

from lnmonitor.exchange.column_labels import column_label
from lnmonitor.exchange.form_rows import (
    FLAG_COLUMNS,
    SCORE_COLUMNS,
    SUBJECT_KEYS,
    Row,
    form_columns,
)
from lnmonitor.exchange.listing import exported_forms
from lnmonitor.exchange.options import stamp
from lnmonitor.exchange.readme import readme
from lnmonitor.exchange.review_rows import (
    LATE_COLUMNS,
    QUERY_COLUMNS,
    REVIEW_COLUMNS,
    SIGNATURE_COLUMNS,
)
from lnmonitor.exchange.sheets import Cell
from lnmonitor.exchange.snapshot import PatientRows, Snapshot
from lnmonitor.i18n import translator
from lnmonitor.language import Text
from lnmonitor.progress import Progress, silent
from lnmonitor.services.audit import AuditEntry
from lnmonitor.study.forms import FORMS
from lnmonitor.study.items import Form
from lnmonitor.study.reasons import reason_words

_SECTIONS: tuple[tuple[str, Text, Sequence[str]], ...] = (
    ("REVIEW", Text("Forms and their states", "表格及状态"), REVIEW_COLUMNS),
    ("VALUES", Text("Values", "数据"), ()),
    ("QUERIES", Text("Queries", "质疑"), QUERY_COLUMNS),
    ("SIGNATURES", Text("Signatures", "签名"), SIGNATURE_COLUMNS),
    ("LATE", Text("Late entries", "延迟录入"), LATE_COLUMNS),
    ("SCORES", Text("Results that the program computed", "程序计算的结果"), SCORE_COLUMNS),
    ("FLAGS", Text("Flags", "提示"), FLAG_COLUMNS),
)
_NOT_SHOWN = (*SUBJECT_KEYS, "VISITNUM", "FORMVER", "RECID")
"""Key columns that workbook and CSV files have."""
_TRAIL = Text("Audit trail", "稽查轨迹")
_STUDY_TRAIL = Text("Audit trail of the study as a whole", "研究整体的稽查轨迹")
_ABOUT = Text("About this archive", "关于本归档")
_PATIENTS = Text("Patients", "受试者")
_NONE = Text("none", "无")
_VALUE_HEADS = (
    Text("Visit", "访视"), Text("Date", "日期"), Text("Form", "表格"), Text("Item", "条目"),
    Text("Value", "值"), Text("In words", "文字"), Text("Unit", "单位"), Text("Note", "备注"),
)  # fmt: skip
_TRAIL_HEADS = (
    Text("No.", "序号"), Text("When", "时间"), Text("Zone", "时区"), Text("Who", "人员"),
    Text("What", "操作"), Text("Form", "表格"), Text("Item", "条目"), Text("Before", "原值"),
    Text("After", "新值"), Text("Why", "原因"), Text("Source", "来源"),
)  # fmt: skip
_STYLE = """
:root{color-scheme:light dark;--line:#d4d9e0;--soft:#f2f4f7;--text:#1b2430;--muted:#5b6675;
--back:#fff;--link:#0b5fa5}
@media(prefers-color-scheme:dark){:root{--line:#39424e;--soft:#232a33;--text:#e6eaf0;
--muted:#9aa6b4;--back:#171c22;--link:#7db8ee}}
body{margin:2rem;font:14px/1.45 "Noto Sans","Noto Sans CJK SC","Microsoft YaHei",system-ui,
sans-serif;color:var(--text);background:var(--back)}
h1{font-size:22px;margin:0 0 .2rem}h2{font-size:18px;margin:2rem 0 .5rem;border-top:1px solid
var(--line);padding-top:1rem}p{margin:.3rem 0;color:var(--muted)}a{color:var(--link)}
nav{columns:12rem;margin:.5rem 0}nav a{display:block}summary{cursor:pointer;padding:.25rem 0;
font-weight:600}summary span{color:var(--muted);font-weight:400}
.wide{overflow:auto;max-height:80vh;border:1px solid var(--line);margin:.2rem 0 1rem}
table{border-collapse:collapse}th,td{border-bottom:1px solid var(--line);padding:.2rem .6rem;
text-align:left;vertical-align:top;white-space:pre-wrap;max-width:36rem;overflow-wrap:break-word}
th{background:var(--soft);position:sticky;top:0;max-width:11rem;white-space:normal;
font-weight:600}th,td{min-width:3.5rem}
.mark{display:inline-block;border:1px solid #b8862b;color:#b8862b;padding:0 .5rem;
border-radius:3px}
@media print{.wide{max-height:none;overflow:visible;border:0}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_reader(
    snapshot: Snapshot, out: TextIO, counts: Mapping[str, int], progress: Progress = silent
) -> None:
    """Write the page; `counts` are the rows by sheet."""
    for part in _Page(snapshot, counts, progress).parts():
        out.write(part)


class _Page:
    def __init__(self, snapshot: Snapshot, counts: Mapping[str, int], progress: Progress) -> None:
        self.snapshot, self.counts, self.progress = snapshot, counts, progress
        self.language = snapshot.options.language
        self.say = translator(self.language).text
        self.subjects = {one.patient_id: one.subject_id for one in snapshot.people}

    def parts(self) -> Iterator[str]:
        study = self.snapshot.session.study
        title = escape(f"{study.name} · {self.snapshot.seal}")
        yield f'<!DOCTYPE html>\n<html lang="{self.language}"><head><meta charset="utf-8">'
        yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        yield '<meta name="viewport" content="width=device-width">'
        yield f"<title>{title}</title><style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n"
        if study.synthetic:
            yield '<p><span class="mark">SYNTHETIC · 合成数据</span></p>\n'
        yield from self._about()
        yield f"<h2>{self._text(_PATIENTS)} ({len(self.subjects)})</h2><nav>\n"
        for number, one in enumerate(self.snapshot.people):
            yield f'<a href="#p{number}">{escape(one.subject_id)}</a>\n'
        yield "</nav>\n"
        for number, one in enumerate(self.snapshot.people):
            self.progress(number, len(self.subjects), "HTML")
            yield from self._patient(number, one)
        heads = [self._text(one) for one in _TRAIL_HEADS]
        yield f"<h2>{self._text(_STUDY_TRAIL)}</h2>\n"
        yield from self._table(_STUDY_TRAIL, heads, self._trail(""))
        yield "</body></html>\n"

    def _about(self) -> Iterator[str]:
        lines = readme(self.snapshot, self.counts)
        zh = self.language == "zh"
        rows = [(line[2] if zh and line[2] != "行数" else line[0], line[1]) for line in lines]
        yield from self._table(_ABOUT, ["", ""], rows, opened=True)

    def _patient(self, number: int, one: PatientRows) -> Iterator[str]:
        yield f'<h2 id="p{number}">{escape(one.subject_id)}</h2>\n'
        for name, title, columns in _SECTIONS:
            if name == "VALUES":
                heads = [self._text(head) for head in _VALUE_HEADS]
                yield from self._table(title, heads, list(self._values(one)))
                continue
            kept = [n for n, column in enumerate(columns) if column not in _NOT_SHOWN]
            labels = [self._label(columns[n]) for n in kept]
            rows = [
                [self._shown(columns[n], row[n]) for n in kept] for row in one.rows.get(name, ())
            ]
            yield from self._table(title, labels, rows)
        heads = [self._text(head) for head in _TRAIL_HEADS]
        yield from self._table(_TRAIL, heads, self._trail(one.patient_id))

    def _table(
        self, title: Text, heads: Sequence[str], rows: Sequence[Row], *, opened: bool = False
    ) -> Iterator[str]:
        count = len(rows) or self._text(_NONE)
        yield f"<details{' open' if opened else ''}><summary>{self._text(title)}"
        yield f" <span>({count})</span></summary>\n"
        if rows:
            yield '<div class="wide"><table>\n'
            if any(heads):
                yield f"<tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>\n"
            for row in rows:
                yield f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>\n"
            yield "</table></div>"
        yield "</details>\n"

    # --- values and trail ----------------------------------------------------------------

    def _values(self, one: PatientRows) -> Iterator[Row]:
        """Give a line for each item of each record that holds something.

        Visit, date and form stand in a record's first line only.
        """
        for form in exported_forms():
            columns = form_columns(form)
            for row in one.rows.get(form.code, ()):
                yield from self._items(form, dict(zip(columns, row, strict=True)))

    def _items(self, form: type[Form], cells: Mapping[str, Cell]) -> Iterator[Row]:
        names = [name.upper() for name in form.items()]
        missing = _listed(cells["MISSING"], names)
        justified = _listed(cells["JUSTIFIED"], names)
        place: list[Cell] = [cells["VISIT"], cells["VISITDTC"], form.title.in_(self.language)]
        for name, field in form.items().items():
            column = name.upper()
            value = cells[column]
            if value is None and column not in missing:
                continue
            label = field.item.label.in_(self.language)
            yield [
                *place, label,
                missing.get(column) if value is None else value, cells.get(f"{column}_DEC"),
                field.item.unit, justified.get(column),
            ]  # fmt: skip
            place = [None, None, None]

    def _trail(self, patient_id: str) -> list[Row]:
        return [self._entry(one) for one in self.snapshot.trail(patient_id)]

    def _entry(self, one: AuditEntry) -> Row:
        form = FORMS.get(one.form)
        new = one.new
        if one.values:
            new = "\n".join(f"{name}: {value}" for name, value in one.values.items())
        if one.justified:
            new = f"{new}\n({one.justified})"
        return [
            one.sequence, stamp(one.at, one.utc_offset), one.zone,
            f"{one.full_name} ({one.account}, {one.role})", one.action,
            form.title.in_(self.language) if form else one.form,
            form.label(one.item, self.language) if form and one.item in form.items() else one.item,
            one.old, new, reason_words(one.reason, self.language), one.source,
        ]  # fmt: skip

    # --- words ---------------------------------------------------------------------------

    def _text(self, text: Text) -> str:
        return escape(text.in_(self.language))

    def _shown(self, column: str, value: Cell) -> Cell:
        """Return a form's title for its code, any other cell as it is."""
        form = FORMS.get(str(value)) if column == "FORM" else None
        return value if form is None else form.title.in_(self.language)

    def _label(self, column: str) -> str:
        label = column_label(column)
        return column if label is None else label.in_(self.language)


def _listed(cell: Cell, names: Sequence[str]) -> dict[str, str]:
    """Return the reasons of a cell such as `WEIGHT_KG=ND; PULSE=UNK`, by column."""
    begins = re.compile(rf"(?:^|; )({'|'.join(names)})=")
    _, *parts = begins.split(str(cell or ""))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return escape(str(value))
