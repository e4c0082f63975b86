"""Zip files whose bytes depend on their content alone: the same parts make the same file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format knows; it stands for no date."""
_FILE_OF_OWNER = 0o600 << 16
_UNIX = 3
_CHUNK = 1 << 20


class PlainZip(ZipFile):
    """A zip file to write; no part carries the time or the system of its writing."""

    def __init__(self, file: Any, mode: Literal["w", "a"] = "w") -> None:
        super().__init__(file, mode, ZIP_DEFLATED, allowZip64=True)

    def writestr(
        self,
        zinfo_or_arcname: ZipInfo | str,
        data: Any,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        """Add a part with its content."""
        name = zinfo_or_arcname
        part = plain_part(name) if isinstance(name, str) else name
        super().writestr(part, data, compress_type, compresslevel)

    def __del__(self) -> None:
        """Finish nothing: what was given up half way is thrown away by who made it."""

    def add_file(self, name: str, path: Path) -> None:
        """Add a part with the content of a file that is compressed or encrypted already."""
        with (
            path.open("rb") as source,
            self.open(plain_part(name, ZIP_STORED), "w", force_zip64=True) as part,
        ):
            shutil.copyfileobj(source, part, _CHUNK)


def plain_part(name: str, compression: int = ZIP_DEFLATED) -> ZipInfo:
    """Return the head of a part, to open it for writing."""
    part = ZipInfo(name, _DATE)
    part.compress_type = compression
    part.external_attr = _FILE_OF_OWNER
    part.create_system = _UNIX
    return part
