"""Files of every kind that can be imported, made byte by byte, so that tests can make wrong ones.

The writers are the tests' own: no reader of the program is checked against its own kin.
"""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

Rows = Sequence[Sequence[str]]


def csv_bytes(columns: Sequence[str], rows: Rows, encoding: str = "utf-8") -> bytes:
    lines = [",".join(map(_quoted, row)) for row in (columns, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text


# --- SAS transport, version 5 (TS-140) ---


def ibm(value: float) -> bytes:
    """Encode by the definition: sign, exponent of 16 with bias 64, fraction of 56 bits."""
    if value == 0:
        return bytes(8)
    fraction, exponent = math.frexp(abs(value))
    sixteens = -(-exponent // 4)
    scaled = int(math.ldexp(fraction, exponent - 4 * sixteens + 56))
    return struct.pack(">Q", (value < 0) << 63 | (sixteens + 64) << 56 | scaled)


def xpt_bytes(
    name: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    formats: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> bytes:
    """A data set: columns of numbers where all cells are numbers or None, else of texts."""
    return (
        _header("LIBRARY ", "0" * 30)
        + _real()
        + _stamp()
        + xpt_member(name, columns, rows, formats, encoding)
    )


def xpt_member(
    name: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    formats: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> bytes:
    cells = [list(column) for column in zip(*rows, strict=True)] or [[""] for _ in columns]
    numeric = [not any(isinstance(cell, str) for cell in column) for column in cells]
    encoded = [
        [_field(cell, encoding) for cell in column] for column in cells
    ]  # numbers are 8 bytes, texts as long as the longest
    widths = [
        8 if is_number else max(1, *(len(cell) for cell in column))
        for is_number, column in zip(numeric, encoded, strict=True)
    ]
    names = b""
    at = 0
    for number, column in enumerate(columns):
        form = (formats or {}).get(column, "")
        names += struct.pack(
            ">hhhh8s40s8shhh2s8shhl52s",
            1 if numeric[number] else 2, 0, widths[number], number + 1,
            column.encode().ljust(8), column.encode().ljust(40), form.encode().ljust(8),
            0, 0, 0, b"", b"".ljust(8), 0, 0, at, b"",
        )  # fmt: skip
        at += widths[number]
    body = b"".join(
        encoded[place][row].ljust(widths[place])
        for row in range(len(rows))
        for place in range(len(columns))
    )
    return (
        _header("MEMBER  ", "000000000000000001600000000140")
        + _header("DSCRPTR ", "0" * 30)
        + (b"SAS     " + name.encode().ljust(8) + b"SASDATA 9.4     Linux   ").ljust(64)
        + b"28NOV26:03:00:00"
        + _stamp()
        + _header("NAMESTR ", f"000000{len(columns):04d}" + "0" * 20)
        + _padded(names)
        + _header("OBS     ", "0" * 30)
        + _padded(body)
    )


def _field(cell: str | float | None, encoding: str) -> bytes:
    if cell is None:
        return b"." + bytes(7)
    return cell.encode(encoding) if isinstance(cell, str) else ibm(float(cell))


def _header(kind: str, digits: str) -> bytes:
    return f"HEADER RECORD*******{kind}HEADER RECORD!!!!!!!{digits}".encode().ljust(80)


def _real() -> bytes:
    return b"SAS     SAS     SASLIB  9.4     Linux   ".ljust(64) + b"28NOV26:03:00:00"


def _stamp() -> bytes:
    return b"28NOV26:03:00:00".ljust(80)


def _padded(content: bytes) -> bytes:
    return content.ljust(-(-len(content) // 80) * 80)


# --- Dataset-JSON 1.1 ---


def dataset(
    name: str, columns: Sequence[str], rows: Sequence[Sequence[object]], types: Sequence[str] = ()
) -> dict[str, object]:
    return {
        "datasetJSONCreationDateTime": "2026-11-28T03:00:00",
        "datasetJSONVersion": "1.1.0",
        "itemGroupOID": f"IG.{name}",
        "records": len(rows),
        "name": name,
        "label": name,
        "columns": [
            {"itemOID": f"IT.{name}.{c}", "name": c, "label": c, "dataType": t}
            for c, t in zip(columns, types or ["string"] * len(columns), strict=True)
        ],
        "rows": [list(row) for row in rows],
    }


def json_bytes(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def ndjson_bytes(content: dict[str, object]) -> bytes:
    rows = content["rows"]
    assert isinstance(rows, list)
    front = {key: value for key, value in content.items() if key != "rows"}
    return b"\n".join(map(json_bytes, [front, *rows])) + b"\n"


# --- ODM 1.3.2 ---


def odm_bytes(groups: Mapping[str, tuple[Sequence[str], Rows]]) -> bytes:
    """Each row of each group as one ItemGroupData of the subject named in its column USUBJID."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"'
        ' ODMVersion="1.3.2" FileType="Snapshot" FileOID="F"'
        ' CreationDateTime="2026-11-28T03:00:00">'
        '<ClinicalData StudyOID="S" MetaDataVersionOID="M">'
    ]
    for name, (columns, rows) in groups.items():
        for row in rows:
            cells = dict(zip(columns, row, strict=True))
            subject = quoteattr(cells.get("USUBJID", ""))
            parts.append(
                f'<SubjectData SubjectKey={subject}><StudyEventData StudyEventOID="E">'
                f'<FormData FormOID="F"><ItemGroupData ItemGroupOID="IG.{name}">'
            )
            parts += [
                f'<ItemData ItemOID="IT.{name}.{column}" Value={_attribute(value)}/>'
                for column, value in cells.items()
            ]
            parts.append("</ItemGroupData></FormData></StudyEventData></SubjectData>\n")
    parts.append("</ClinicalData></ODM>")
    return "".join(parts).encode()


def _attribute(text: str) -> str:
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


# --- XLSX and zip ---

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="165"/>'
    '<xf numFmtId="20"/></cellXfs></styleSheet>'
)
"""Style 1 and 2 are days, 3 an instant, 4 a duration, 5 a time of day."""


def sheet_xml(cells: str, dimension: str = "A1") -> str:
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )


def row_xml(number: int, texts: Sequence[str]) -> str:
    cells = "".join(
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(text)}</t></is></c>"
        for place, text in enumerate(texts)
        if text
    )
    return f'<row r="{number}">{cells}</row>'


def xlsx_parts(
    sheets: Mapping[str, str],
    *,
    strings: Sequence[str] = (),
    hidden: Sequence[str] = (),
    from_1904: bool = False,
) -> dict[str, bytes]:
    """The members of a workbook: name of each sheet -> its XML."""
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"'
        + (' state="hidden"' if name in hidden else "")
        + "/>"
        for n, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rId90" Type="{_LINKS}/styles" Target="styles.xml"/>'
    links += f'<Relationship Id="rId91" Type="{_LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{office}.worksheet+xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{office}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{office}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{office}.sharedStrings+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1"'
        f' Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        f'<workbookPr date1904="{int(from_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}'
        "</Relationships>",
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{shared}</sst>',
        **{f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), start=1)},
    }
    return {name: text.encode() for name, text in texts.items()}


def zip_bytes(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return packed.getvalue()


def xlsx_bytes(columns: Sequence[str], rows: Rows, name: str = "Sheet1") -> bytes:
    xml = "".join(row_xml(n, row) for n, row in enumerate((columns, *rows), start=1))
    return zip_bytes(xlsx_parts({name: sheet_xml(xml)}))
