"""What an archive holds: its parts with their hashes, counts, and what is not in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from lnmonitor.errors import InputError

FILE_NAME = "MANIFEST.json"
BACKUP = "backup/"
READER = "index.html"
_FORMAT = 1
_CHUNK = 1 << 20
ABSENT = {
    "ODM": "not made by this version of the program",
    "Dataset-JSON": "not made by this version of the program",
    "SAS XPT": "not made by this version of the program",
}
"""Data sets of the standards that a later archive holds under `standard/`."""
_WHAT = {
    "README.txt": "what this is and how to read it",
    READER: "the whole study for a browser, without the program",
    "workbook/": "the workbook",
    "csv/": "a sheet of the workbook as CSV",
    "definitions/": "protocol, rules, lists",
    "summaries/": "a patient's summary",
    "casebooks/": "a patient's casebook",
    BACKUP: "the encrypted study, to be restored",
}


@dataclass(frozen=True)
class Part:
    """One file of an archive."""

    path: str
    what: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says about itself.

    Attributes:
        study: name, id, protocol, site, whether synthetic. made: instants, zone, person, program.
        snapshot: last entry of the audit trail and its short hash. counts: rows by sheet.
    """

    study: Mapping[str, Any]
    made: Mapping[str, str]
    recipient: str
    options: str
    snapshot: Mapping[str, Any]
    counts: Mapping[str, int]
    parts: Sequence[Part]
    absent: Mapping[str, str] = field(default_factory=lambda: dict(ABSENT))

    def as_json(self) -> str:
        """Return the text of the file."""
        facts = {"format": _FORMAT, **asdict(self)}
        return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def read_manifest(archive: ZipFile) -> Manifest:
    """Return what an archive says about itself.

    Raises:
        InputError: it is no archive of this program, or of a newer one.
    """
    try:
        facts = json.loads(archive.read(FILE_NAME))
        if facts.pop("format") > _FORMAT:
            raise no_archive()
        return Manifest(**{**facts, "parts": [Part(**one) for one in facts["parts"]]})
    except (KeyError, ValueError, TypeError, AttributeError, BadZipFile) as error:
        raise no_archive() from error


def no_archive() -> InputError:
    """Return the error that a file is none of our archives."""
    return InputError(
        "This is no archive of a study.", "Name the zip file that the export of an archive made."
    )


def part_of(archive: ZipFile, name: str) -> Part:
    """Return the description of a part, read from the archive."""
    with archive.open(name) as opened:
        size, digest = measured(opened)
    return Part(name, _what(name), size, digest)


def measured(opened: IO[bytes]) -> tuple[int, str]:
    """Return length and SHA-256 of what can be read."""
    digest, size = hashlib.sha256(), 0
    while chunk := opened.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _what(name: str) -> str:
    folder = f"{PurePosixPath(name).parts[0]}/"
    return _WHAT.get(name) or _WHAT.get(folder, "")
