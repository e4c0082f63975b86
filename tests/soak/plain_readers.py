"""The plainest reader of each kind of file, written for the tests and sharing nothing with the
program: what an import took must be what these find in the same bytes.

They believe their input: they are run only on what the program has accepted.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import datetime, timedelta
from fractions import Fraction
from xml.etree import ElementTree as ET

Plain = list[tuple[list[str], list[list[str]]]]
"""Tables: columns and rows."""


def plain(kind: str, content: bytes) -> Plain:
    if kind.endswith(".gz"):
        return plain(kind.removesuffix(".gz"), gzip.decompress(content))
    return _READERS[kind](content)


def csv_tables(content: bytes) -> Plain:
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16" if utf16 else "utf-8-sig")
    rows: list[list[str]] = []
    row: list[str] = []
    cell, quoted, started, at = "", False, False, 0
    while at < len(text):
        one = text[at]
        if quoted:
            if one == '"' and text[at + 1 : at + 2] == '"':
                cell, at = cell + '"', at + 1
            elif one == '"':
                quoted = False
            else:
                cell += one
        elif one == '"' and not cell and not started:
            quoted = started = True
        elif one == ",":
            row.append(cell)
            cell, started = "", False
        elif one in "\r\n":
            if row or cell or started:
                rows.append([*row, cell])
            row, cell, started = [], "", False
        else:
            cell, started = cell + one, True
        at += 1
    if row or cell or started:
        rows.append([*row, cell])
    return [([name.strip() for name in rows[0]], rows[1:])]


def json_tables(content: bytes) -> Plain:
    found = json.loads(content.decode("utf-8-sig"), parse_int=str, parse_float=str)
    assert int(found["records"]) == len(found["rows"])
    return [_dataset(found, found["rows"])]


def ndjson_tables(content: bytes) -> Plain:
    lines = [one for one in content.decode("utf-8-sig").split("\n") if one.strip()]
    front, *rows = (json.loads(one, parse_int=str, parse_float=str) for one in lines)
    assert int(front["records"]) == len(rows)
    return [_dataset(front, rows)]


def _dataset(front: dict, rows: list) -> tuple[list[str], list[list[str]]]:
    words = {None: "", True: "true", False: "false"}
    columns = [column["name"].strip() for column in front["columns"]]
    return columns, [[c if isinstance(c, str) else words[c] for c in row] for row in rows]


def xpt_tables(content: bytes) -> Plain:
    tables: Plain = []
    for member in content.split(b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!")[1:]:
        part = b"#" * 48 + member
        count = int(part[4 * 80 + 54 : 4 * 80 + 58])
        start = 5 * 80
        columns, kinds, widths = [], [], []
        for number in range(count):
            entry = part[start + number * 140 : start + number * 140 + 140]
            columns.append(entry[8:16].decode().strip())
            kinds.append(entry[1])
            widths.append(int.from_bytes(entry[4:6], "big"))
        body = part[start + -(-count * 140 // 80) * 80 + 80 :]
        rows = []
        width = sum(widths)
        while len(body) >= width and not (len(body) < 80 and not body.strip(b" ")):
            row, body = body[:width], body[width:]
            cells = []
            for kind, size in zip(kinds, widths, strict=True):
                field, row = row[:size], row[size:]
                cells.append(_ibm(field) if kind == 1 else field.decode().rstrip(" "))
            rows.append(cells)
        tables.append((columns, rows))
    return tables


def _ibm(field: bytes) -> str:
    if field[:1] == b"." and not field[1:].strip(b"\0"):
        return ""
    fraction = Fraction(int.from_bytes(field[1:], "big"), 256 ** (len(field) - 1))
    value = float(fraction * Fraction(16) ** ((field[0] & 127) - 64))
    return repr(-value if field[0] > 127 else value).removesuffix(".0")


_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def xlsx_tables(content: bytes) -> Plain:
    """The sheet of the sample, which is the only one; numbers as they stand in the XML."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    strings = [
        "".join(t.text or "" for t in si.iter(f"{_S}t"))
        for si in ET.fromstring(archive.read("xl/sharedStrings.xml")).iter(f"{_S}si")
    ]
    rows: list[dict[str, str]] = []
    for row in ET.fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(f"{_S}row"):
        cells: dict[str, str] = {}
        for number, cell in enumerate(row.iter(f"{_S}c")):
            letters = "".join(c for c in cell.get("r", "") if c.isalpha()) or chr(65 + number)
            value = cell.findtext(f"{_S}v")
            if cell.get("t") == "s" and value is not None:
                value = strings[int(value)]
            elif cell.get("t") == "inlineStr":
                value = "".join(t.text or "" for t in cell.iter(f"{_S}t"))
            elif cell.get("t") == "b":
                value = {"1": "true", "0": "false"}[value or ""]
            if value:
                cells[letters] = value
        if cells:
            rows.append(cells)
    if not rows:
        return []
    order = sorted(rows[0], key=lambda letters: (len(letters), letters))
    return [
        (
            [rows[0][letters].strip() for letters in order],
            [[row.get(letters, "") for letters in order] for row in rows[1:]],
        )
    ]


def same_in_a_workbook(ours: str, raw: str) -> bool:
    """Whether a cell is the raw value, or the day which that number is."""
    if ours in (raw, raw.strip()):
        return True
    try:
        day = datetime(1899, 12, 30) + timedelta(days=float(raw))  # noqa: DTZ001
    except (ValueError, OverflowError):
        return False
    return ours in (day.date().isoformat(), day.isoformat())


_O = "{http://www.cdisc.org/ns/odm/v1.3}"


def odm_tables(content: bytes) -> Plain:
    groups: dict[str, list[dict[str, str]]] = {}
    root = ET.fromstring(content)
    for subject in root.iter(f"{_O}SubjectData"):
        for group in subject.iter(f"{_O}ItemGroupData"):
            row = {
                item.get("ItemOID", "").rpartition(".")[2]: item.get("Value", "")
                if item.get("IsNull") != "Yes"
                else ""
                for item in group.iter(f"{_O}ItemData")
            }
            row.setdefault("USUBJID", subject.get("SubjectKey", ""))
            groups.setdefault(group.get("ItemGroupOID", ""), []).append(row)
    found: Plain = []
    for rows in groups.values():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        cells = [[row.get(column, "") for column in columns] for row in rows]
        found.append(([column.strip() for column in columns], cells))
    return found


_READERS = {
    "csv": csv_tables,
    "json": json_tables,
    "ndjson": ndjson_tables,
    "xpt": xpt_tables,
    "xlsx": xlsx_tables,
    "xml": odm_tables,
}
