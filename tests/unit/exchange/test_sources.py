"""Files from outside are opened only when they are files, and measured while they are read."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.exchange.files import (
    csv_bytes,
    dataset,
    json_bytes,
    odm_bytes,
    row_xml,
    sheet_xml,
    xlsx_bytes,
    xlsx_parts,
    zip_bytes,
)

from lnmonitor.errors import InputError
from lnmonitor.exchange.limits import LIMITS, Limits, shown
from lnmonitor.exchange.readers import Reading, opened_members, read_tables
from lnmonitor.exchange.sources import opened, opened_zip

CSV = csv_bytes(["A", "B"], [["1", "2"]])
SMALL = Limits(ratio_from=1 << 16)


def written(folder: Path, content: bytes, name: str) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def members_of(path: Path, limits: Limits = LIMITS) -> dict[str, list[dict[str, str]]]:
    with opened_members(path, Reading(limits=limits)) as found:
        return {name: [row.cells for t in tables for row in t.rows] for name, tables in found}


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are made otherwise there")
def test_that_links_pipes_devices_and_folders_are_refused(tmp_path: Path) -> None:
    target = written(tmp_path, CSV, "t.csv")
    (tmp_path / "link.csv").symlink_to(target)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    for name in ("link.csv", "pipe.csv", "folder.csv", "device.csv"):
        with pytest.raises(InputError, match="a link, a folder or a device"):
            read_tables(tmp_path / name)
    with (
        pytest.raises(InputError, match="a link, a folder or a device"),
        opened(Path("/dev/zero"), LIMITS),
    ):
        pass


def test_that_a_name_no_system_has_is_a_sentence(tmp_path: Path) -> None:
    for name in ("a\0.csv", "x" * 5_000 + ".csv", "absent.csv"):
        with pytest.raises(InputError) as refused:
            read_tables(tmp_path / name)
        assert len(refused.value.text) < 300
        assert "\0" not in refused.value.text
    assert shown("a\nb\x1b[31m") == "a[U+000A]b[U+001B][31m", "one line, no terminal codes"


def test_that_another_kind_of_file_is_told_with_the_kinds_there_are(tmp_path: Path) -> None:
    for name in ("t.exe", "t.csv.zip.gz", "t", "t.xlsx.gz", "t.xls"):
        with pytest.raises(InputError, match="no kind of file that can be imported"):
            read_tables(written(tmp_path, CSV, name))


def test_that_a_file_is_measured_before_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"A\n" + b"0\n" * (1 << 20), "t.csv")
    with pytest.raises(InputError, match=r"t\.csv is larger than 1 MB"):
        read_tables(path, Reading(limits=Limits(file_bytes=1 << 20)))


def test_that_compressed_text_of_every_kind_is_read(tmp_path: Path) -> None:
    table = read_tables(written(tmp_path, gzip.compress(CSV), "t.csv.gz"))[0]
    assert table.rows[0].cells == {"A": "1", "B": "2"}
    assert table.name == "t"


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(CSV)[:-6],
        gzip.compress(CSV) + b"rest",
        gzip.compress(CSV)[:10] + b"\xff" * 20,
        b"",
        CSV,
    ],
    ids=["cut", "with a tail", "damaged", "empty", "not compressed"],  # the bytes hold the time
)
def test_that_a_gzip_file_that_is_not_whole_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError):
        read_tables(written(tmp_path, content, "t.csv.gz"))


def test_that_a_zip_bomb_is_stopped_by_what_comes_out_not_by_what_it_says(tmp_path: Path) -> None:
    bomb = bytearray(zip_bytes({"t.csv": b"A\n" + (b"0" * 1_000 + b"\n") * 40_000}))
    path = written(tmp_path, bytes(bomb), "t.zip")
    with pytest.raises(InputError, match="unpacks to more than 200 times its size"):
        members_of(path)
    with pytest.raises(InputError, match="is larger than 2 MB"):
        members_of(path, Limits(unpacked_bytes=2 << 20))


def test_that_all_members_together_count(tmp_path: Path) -> None:
    many = {f"t{n}.csv": b"A\n" + os.urandom(300_000).hex().encode() for n in range(4)}
    many = {
        name: content[:80_000] + b"\n" + content[80_000:90_000] for name, content in many.items()
    }
    path = written(tmp_path, zip_bytes(many, zipfile.ZIP_STORED), "t.zip")
    limits = Limits(unpacked_bytes=1 << 18)
    with pytest.raises(InputError, match="larger than"):
        members_of(path, limits)
    assert len(members_of(path)) == 4


def test_that_a_stated_size_that_is_false_is_not_believed(tmp_path: Path) -> None:
    text = b"A\n" + b"12345\n" * 100
    content = zip_bytes({"t.csv": text})
    entry = content.index(b"PK\x01\x02")
    large, cut = bytearray(content), bytearray(content)
    large[entry + 24 : entry + 28] = struct.pack("<L", 1 << 30)
    assert len(members_of(written(tmp_path, bytes(large), "t.zip"))["t.csv"]) == 100
    # A file that says it has eight bytes, with the check sum of those: the rest would be lost.
    cut[entry + 16 : entry + 20] = struct.pack("<L", zlib.crc32(text[:8]))
    cut[entry + 24 : entry + 28] = struct.pack("<L", 8)
    with pytest.raises(InputError, match="not a sound zip"):
        members_of(written(tmp_path, bytes(cut), "t.zip"))


@pytest.mark.parametrize(
    "name", ["/etc/dm.csv", "../dm.csv", "a/../../dm.csv", "..\\dm.csv", "C:\\dm.csv", "c:dm.csv"]
)
def test_that_a_member_that_is_a_path_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a name that leads elsewhere"):
        members_of(written(tmp_path, zip_bytes({name: CSV}), "t.zip"))


def test_that_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({"d": CSV}))
    entry = content.index(b"PK\x01\x02")
    content[entry + 28] = 0  # the length of the name in the directory
    content[entry + 30] = 1  # which is an extra field instead
    with pytest.raises(InputError):
        members_of(written(tmp_path, bytes(content), "t.zip"))


@pytest.mark.parametrize("mark", [b"PK\x01\x02", b"PK\x03\x04"])
def test_that_a_name_that_is_no_text_is_refused(tmp_path: Path, mark: bytes) -> None:
    content = bytearray(zip_bytes({"é.csv": CSV}))
    name = content.index("é".encode(), content.index(mark))
    content[name] = 0x80
    with pytest.raises(InputError, match="not a sound zip"):
        members_of(written(tmp_path, bytes(content), "t.zip"))


def test_that_links_twins_passwords_and_nested_archives_are_refused(tmp_path: Path) -> None:
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        entry = zipfile.ZipInfo("dm.csv")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    twins = zip_bytes({"dm.csv": CSV, "dn.csv": CSV}).replace(b"dn.csv", b"dm.csv")
    locked = bytearray(zip_bytes({"dm.csv": CSV}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    cases = {
        "leads elsewhere": link.getvalue(),
        "twice": twins,
        "protected by a password": bytes(locked),
        "another compressed file": zip_bytes({"dm.csv": zip_bytes({"x": b""})}),
        "another compressed file, lb": zip_bytes({"lb.csv": gzip.compress(CSV)}),
    }
    for says, content in cases.items():
        with pytest.raises(InputError, match=says):
            members_of(written(tmp_path, content, "t.zip"))


def test_that_the_number_of_members_is_limited_before_they_are_listed(tmp_path: Path) -> None:
    many = zip_bytes({f"t{n}.csv": b"A\n" for n in range(30)})
    path = written(tmp_path, many, "t.zip")
    with pytest.raises(InputError, match="more than 20 files"):
        members_of(path, replace(LIMITS, members=20))
    directory = bytearray(zip_bytes({"t.csv": CSV}))
    end = directory.rindex(b"PK\x05\x06")
    directory[end + 12 : end + 16] = struct.pack("<L", 200 << 20)
    with (
        pytest.raises(InputError, match="more than 1000 files"),
        opened_zip(written(tmp_path, bytes(directory), "t.zip"), LIMITS),
    ):
        pass


def test_that_a_compression_nobody_knows_and_a_damaged_end_are_refused(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({"t.csv": CSV}))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(mark) + offset] = 97
    for broken in (bytes(content), zip_bytes({"t.csv": CSV})[:-8], b"PK\x05\x06", b"", b"no zip"):
        with pytest.raises(InputError):
            members_of(written(tmp_path, broken, "t.zip"))


def test_that_a_workbook_is_held_to_the_same_limits(tmp_path: Path) -> None:
    wide = xlsx_bytes(["A"], [["x" * 90_000] for _ in range(80)])
    path = written(tmp_path, wide, "t.xlsx")
    with pytest.raises(InputError, match="unpacks to more than"):
        read_tables(path, Reading(limits=SMALL))
    with pytest.raises(InputError, match="more than 4 rows"):
        read_tables(path, Reading(limits=Limits(rows=4)))


def test_that_all_tables_together_are_limited_also_in_their_empty_cells(tmp_path: Path) -> None:
    wide = [f"C{n}" for n in range(20)]
    sparse = [["x"] + [""] * 19 for _ in range(5)]
    few = Reading(limits=Limits(all_cells=150))
    book = {
        name: sheet_xml("".join(row_xml(n, row) for n, row in enumerate((wide, *sparse), 1)))
        for name in ("A", "B")
    }
    groups = dict.fromkeys(("A", "B"), (wide, sparse))
    for name, content in (
        ("t.xlsx", zip_bytes(xlsx_parts(book))),
        ("t.xml", odm_bytes(groups)),
        ("t.json", json_bytes(dataset("A", wide, sparse * 2))),
    ):
        path = written(tmp_path, content, name)
        assert read_tables(path)
        if name == "t.json":
            few = Reading(limits=Limits(cells=50))
        with pytest.raises(InputError, match="more than"):
            read_tables(path, few)
