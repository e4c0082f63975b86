"""A fuzzer that looks into the readers and steers by what it reaches (atheris, libFuzzer).

atheris is no dependency of the project: it has no wheel for every system and Python that the
program runs on. With it installed beside the program's own libraries:

    pip install atheris
    PYTHONPATH=src:. python tests/fuzz/fuzz_readers.py KIND CORPUS -max_total_time=300

KIND is csv, xlsx, xpt, json, ndjson, xml, zip or mapping; CORPUS a folder, which is filled with
valid files first and kept for the next run. Whatever is neither read nor refused with a
`UserError` is a finding, and the fuzzer stops with the file that shows it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import atheris

with atheris.instrument_imports(include=["lnmonitor.exchange"]):
    from lnmonitor.errors import UserError
    from lnmonitor.exchange.limits import Limits
    from lnmonitor.exchange.readers import Reading, opened_members, read_tables
    from lnmonitor.exchange.table_mapping import read_mapping

from tests.unit.exchange import files

SMALL = Limits(
    file_bytes=1 << 22, unpacked_bytes=1 << 22, document_bytes=1 << 22, rows=5_000, cells=50_000
)
COLUMNS = ["USUBJID", "LBDTC", "LBORRES"]
ROWS = [["T-1", "2024-01-02", "<5"], ["T-2", "2024-01", 'é "x"']]
MAPPING = b'[subject]\ncolumn = "id"\n[visit]\ndate = "on"\n[results.CREAT]\ncolumn = "c"\n'


def seeds() -> dict[str, bytes]:
    found = files.dataset("LB", COLUMNS, ROWS)
    return {
        "csv": files.csv_bytes(COLUMNS, ROWS),
        "xlsx": files.xlsx_bytes(COLUMNS, ROWS),
        "xpt": files.xpt_bytes("LB", COLUMNS, ROWS),
        "json": files.json_bytes(found),
        "ndjson": files.ndjson_bytes(found),
        "xml": files.odm_bytes({"LB": (COLUMNS, ROWS)}),
        "zip": files.zip_bytes({"lb.csv": files.csv_bytes(COLUMNS, ROWS)}),
        "mapping": MAPPING,
    }


def reader(kind: str) -> Callable[[Path], Any]:
    reading = Reading(limits=SMALL)
    if kind == "zip":

        def members(path: Path) -> None:
            with opened_members(path, reading) as found:
                list(found)

        return members
    return read_mapping if kind == "mapping" else lambda path: read_tables(path, reading)


def main() -> None:
    kind, corpus = sys.argv[1], Path(sys.argv[2])
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "seed").write_bytes(seeds()[kind])
    path = Path(mkdtemp()) / f"t.{kind}"
    read = reader(kind)

    def one(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read(path)
        except UserError:
            return

    atheris.Setup([sys.argv[0], str(corpus), *sys.argv[3:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
