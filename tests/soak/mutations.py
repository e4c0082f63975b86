"""Ways in which a file goes wrong, chosen by a seeded generator."""

from __future__ import annotations

import gzip
import io
import random
import zipfile

TOKENS = [
    b"=1+1", b"NA", b"nan", b"1e999", b"-0", b"<5", b"\xef\xbc\x9c5", b"1,05", b"1_0", b"44927",
    b"2023-02-30", b"0000-00-00", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b"'", b"\r",
    b"\n", b"\r\n", b"\n\n", b",", b";", b"\t", b" ", b"\xc3\xa9", b"\xed\xa0\x80", b"\\ud800",
    b"\\u0000", b"\xf0\x9f\x98\x80", b"null", b"true", b"NaN", b"Infinity", b"[", b"]", b"{", b"}",
    b"[" * 50, b'"records":9', b'"name":"X"', b"<a>", b"</a>", b"<!DOCTYPE a>", b"<!--x-->",
    b"<!ENTITY a 'b'>", b"&amp;", b"&#0;", b"&x;", b"<![CDATA[x]]>", b"<?x?>", b"../", b"/etc/x",
    b"99999999999999999999", b"-1", b"1048577", b"x" * 500, b"A" * 120_000, b"HEADER RECORD*******",
    b"\xe4\xb8\xad", b"\xd6\xd0", b"PK\x03\x04", b"\x1f\x8b", b'r="A1"', b't="s"', b"_x0000_",
]  # fmt: skip


def mutated(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    """Return the content with one to four things wrong."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        chance.choice(_WAYS)(chance, changed, others)
    return bytes(changed)


def _place(chance: random.Random, content: bytearray) -> int:
    return chance.randrange(len(content) + 1)


def _flip(chance: random.Random, content: bytearray, _others: list[bytes]) -> None:
    if content:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _byte(chance: random.Random, content: bytearray, _others: list[bytes]) -> None:
    if content:
        content[chance.randrange(len(content))] = chance.randrange(256)


def _cut(chance: random.Random, content: bytearray, _others: list[bytes]) -> None:
    del content[_place(chance, content) :]


def _drop(chance: random.Random, content: bytearray, _others: list[bytes]) -> None:
    at = _place(chance, content)
    del content[at : at + chance.choice((1, 2, 5, 20, 80))]


def _repeat(chance: random.Random, content: bytearray, _others: list[bytes]) -> None:
    at = _place(chance, content)
    content[at:at] = content[at : at + chance.choice((1, 10, 80, 140, 400))]


def _token(chance: random.Random, content: bytearray, _others: list[bytes]) -> None:
    at = _place(chance, content)
    content[at : at + chance.choice((0, 0, 1, 3, 5))] = chance.choice(TOKENS)


def _value(chance: random.Random, content: bytearray, _others: list[bytes]) -> None:
    """Put a hostile text where a value stood: between two marks that hold values."""
    marks = [at for at, byte in enumerate(content) if byte in b',"\n<>']
    if len(marks) > 1:
        number = chance.randrange(len(marks) - 1)
        content[marks[number] + 1 : marks[number + 1]] = chance.choice(TOKENS)


def _splice(chance: random.Random, content: bytearray, others: list[bytes]) -> None:
    other = chance.choice(others)
    at, start = _place(chance, content), chance.randrange(len(other) + 1)
    content[at : at + chance.choice((0, 50, 1_000_000))] = other[start : start + 300]


def _swap(chance: random.Random, content: bytearray, _others: list[bytes]) -> None:
    """Exchange two pieces between commas: a header shuffled, cells in another order."""
    parts = bytes(content).split(b",")
    if len(parts) > 2:
        one, two = chance.randrange(len(parts)), chance.randrange(len(parts))
        parts[one], parts[two] = parts[two], parts[one]
        content[:] = b",".join(parts)


_WAYS = (_flip, _byte, _cut, _drop, _repeat, _token, _token, _value, _value, _value, _splice, _swap)


def mutated_zip(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    """Return an archive wrong inside a member (mostly), in its list of members, or as bytes."""
    if chance.random() < 0.25:
        return mutated(chance, content, others)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    number = chance.randrange(len(members))
    name, inside = members[number]
    if chance.random() < 0.85:
        members[number] = (name, mutated(chance, inside, others))
    else:
        wrong = [("../x.csv", inside), (name + ".zip", content), ("/x.csv", inside), ("", inside)]
        members[number] = chance.choice(wrong)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", chance.choice((zipfile.ZIP_STORED, 8))) as archive:
        for name, inside in members:
            archive.writestr(zipfile.ZipInfo(name or "x"), inside)
    return packed.getvalue()


def mutated_gzip(chance: random.Random, content: bytes, others: list[bytes]) -> bytes:
    if chance.random() < 0.3:
        return mutated(chance, content, others)
    return gzip.compress(mutated(chance, gzip.decompress(content), others), 1, mtime=0)
