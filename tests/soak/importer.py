"""Imports mutated files in a process of its own, with limits on memory and processor time.

    python -m tests.soak.importer FOLDER SEED COUNT

Prints one line of JSON with the figures. A finding is kept in FOLDER with what was wrong with it.
"""

from __future__ import annotations

import collections
import hashlib
import json
import random
import resource
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.soak import mutations, plain_readers
from tests.unit.exchange import files

from lnmonitor.errors import UserError
from lnmonitor.exchange.readers import Reading, opened_members, read_tables
from lnmonitor.exchange.sdtm_import import import_sdtm
from lnmonitor.exchange.table import Table
from lnmonitor.exchange.table_import import import_table
from lnmonitor.services import patients
from lnmonitor.services.accounts import add_account
from lnmonitor.services.session import StudySession
from lnmonitor.services.studies import create_study, open_study
from lnmonitor.storage import keyring
from lnmonitor.study.forms import LabResult, Visit

PASSWORD = "cells per kg 1e6"
MEMORY = 1_500 << 20
"""Bytes that the whole process may take."""
SECONDS = 10.0
"""Processor time that one file may take."""
STORED_EVERY, DRY_EVERY, FRESH_AFTER = 50, 5, 20
"""One in so many is imported into a study, or read for one as a dry run; then a new study."""

COLUMNS = ["id", "on", "crea"]
ROWS = [
    ["1", "2024-01-02", "<1.05"],
    ["1", "2024-02-02", "0.9"],
    ["2", "2024-01-03", "> 8"],
    ["é中", "2024-01-04", "1.1"],
]
DM = (["USUBJID", "SITEID", "AGE", "SEX"], [["T-1", "01", "30", "F"], ["T-2", "01", "41", "M"]])
LB = (
    ["USUBJID", "LBTESTCD", "LBORRES", "LBORRESU", "VISITNUM", "LBDTC"],
    [["T-1", "CREAT", "<1.0", "mg/dL", "1", "2024-01-10T08:30"],
     ["T-2", "ALB", "3.8", "g/dL", "2", "2024-02"]],
)  # fmt: skip
MAPPING = (
    '[subject]\ncolumn = "id"\nprefix = "{prefix}"\n[visit]\ndate = "on"\n'
    '[results.CREAT]\ncolumn = "crea"\nunit = "mg/dL"\n'
)


def samples() -> dict[str, bytes]:
    """A sound file of each kind; those of the last two are sources of SDTM."""
    head, *_ = xml = [files.row_xml(n, row) for n, row in enumerate([COLUMNS, *ROWS], start=1)]
    typed = (
        '<row r="9"><c r="A9" t="s"><v>0</v></c><c r="B9" s="1"><v>45000</v></c>'
        '<c r="C9"><v>1.25</v></c></row>'
    )
    sheet = files.sheet_xml(head + "".join(xml[1:]) + typed)
    numbers: list[list[Any]] = [[*row, float(n)] for n, row in enumerate(ROWS)]
    json_rows = [[*row, n] for n, row in enumerate(ROWS)]
    found = files.dataset("T", [*COLUMNS, "n"], json_rows, ["string"] * 3 + ["integer"])
    table = {
        "csv": files.csv_bytes(COLUMNS, [*ROWS, ["3", "2024-01-05", '1.2 "h", x\ny']]),
        "csv.gz": mutations.gzip.compress(files.csv_bytes(COLUMNS, ROWS), mtime=0),
        "xlsx": files.zip_bytes(files.xlsx_parts({"T": sheet}, strings=["4"])),
        "xpt": files.xpt_bytes("T", [*COLUMNS, "n"], numbers),
        "json": files.json_bytes(found),
        "ndjson": files.ndjson_bytes(found),
        "xml": files.odm_bytes({"T": (COLUMNS, ROWS)}),
    }
    members = {
        "dm.csv": files.csv_bytes(*DM),
        "lb.json": files.json_bytes(files.dataset("LB", *LB)),
    }
    return {
        **table,
        "sdtm.zip": files.zip_bytes(members),
        "sdtm.xml": files.odm_bytes({"DM": DM, "LB": LB}),
    }


@contextmanager
def limited() -> Iterator[None]:
    """Stop what takes too much processor time."""

    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError(f"more than {SECONDS} s for one file")

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class Importer:
    """One process, one study that is only read, one that is written to and renewed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        self.samples = samples()
        self.others = list(self.samples.values())
        self.figures: collections.Counter[str] = collections.Counter()
        self.empty = folder / "empty"
        self._make_study()
        self.dry = open_study(self.empty, user="manager", password=PASSWORD)
        self.written: StudySession | None = None
        self.imports = 0

    def run(self, count: int) -> None:
        for number in range(count):
            kind = self.chance.choice(list(self.samples))
            content = self._mutated(kind)
            path = self.folder / f"t.{kind.removeprefix('sdtm.')}"
            path.write_bytes(content)
            try:
                with limited():
                    self._one(number, kind, path, content)
            except Exception:  # noqa: BLE001 - every kind of failure is a finding
                self.figures["crashes"] += 1
                self._keep(number, kind, content, traceback.format_exc())

    def _mutated(self, kind: str) -> bytes:
        way = {"xlsx": mutations.mutated_zip, "sdtm.zip": mutations.mutated_zip,
               "csv.gz": mutations.mutated_gzip}.get(kind, mutations.mutated)  # fmt: skip
        return way(self.chance, self.samples[kind], self.others)

    def _one(self, number: int, kind: str, path: Path, content: bytes) -> None:
        if number % STORED_EVERY == 0:
            self._stored(number, kind, path, content)
        elif number % DRY_EVERY == 0:
            self._accepted(self._import(self.dry, kind, path, number, dry_run=True))
        elif kind != "sdtm.zip":
            found = self._accepted(lambda: read_tables(path))
            if found is not None:
                self._compare(number, kind, found, content)
        else:
            with_members: Callable[[], object] = lambda: _members(path)  # noqa: E731
            self._accepted(with_members)

    def _accepted(self, attempt: Callable[[], Any]) -> Any:
        try:
            found = attempt()
        except UserError as error:
            if not error.text.isprintable():
                raise AssertionError(f"not one line of text: {error.text!r}") from error
            self.figures["refused"] += 1
            return None
        self.figures["accepted"] += 1
        return found

    def _compare(self, number: int, kind: str, found: tuple[Table, ...], content: bytes) -> None:
        """Compare an accepted file with what the plain reader finds in the same bytes."""
        ours = [(list(t.columns), [list(row.values) for row in t.rows]) for t in found]
        kind = kind.removeprefix("sdtm.")
        try:
            theirs = plain_readers.plain(kind, content)
            same = ours == theirs or (kind == "xlsx" and _same_sheets(ours, theirs))
        except Exception:  # noqa: BLE001 - the plain reader cannot read what was accepted
            theirs, same = traceback.format_exc(), False
        self.figures["compared"] += 1
        if not same:
            self.figures["silently wrong"] += 1
            self._keep(number, kind, content, f"ours {ours}\n\ntheirs {theirs}")

    def _import(
        self, session: StudySession, kind: str, path: Path, number: int, *, dry_run: bool
    ) -> Callable[[], Any]:
        if kind.startswith("sdtm."):
            return lambda: import_sdtm(session, path, dry_run=dry_run)
        mapping = self.folder / "mapping.toml"
        mapping.write_text(MAPPING.format(prefix=f"N{number}-"), encoding="utf-8")
        return lambda: import_table(session, path, mapping, dry_run=dry_run)

    def _stored(self, number: int, kind: str, path: Path, content: bytes) -> None:
        """Import into a study: what is stored is what is there, a refusal changes no byte."""
        session = (
            self._fresh() if self.imports % FRESH_AFTER == 0 or kind[0] == "s" else self.written
        )
        assert session is not None
        self.imports += 1
        before = self._fingerprint()
        report = self._accepted(self._import(session, kind, path, number, dry_run=False))
        self.figures["imported"] += 1
        if report is None:
            if self._fingerprint() != before:
                self.figures["changed by a refusal"] += 1
                self._keep(number, kind, content, "the store was changed by a refusal")
            return
        if not all(count.complete for count in report.sources):
            self.figures["silently wrong"] += 1
            self._keep(number, kind, content, "rows unaccounted for")
        if not kind.startswith("sdtm."):
            self._compare_store(number, kind, content, session, report.sources[0].stored)

    def _compare_store(
        self, number: int, kind: str, content: bytes, session: StudySession, stored: int
    ) -> None:
        """Each stored result is that of a row of the file, and as many rows are stored as said."""
        ((columns, rows),) = plain_readers.plain(kind, content)
        cells = [dict(zip(columns, row, strict=True)) for row in rows]
        prefix = f"N{number}-"
        visits = 0
        for one in patients.list_patients(session):
            if not one.subject_id.startswith(prefix):
                continue
            data = patients.patient_data(session, one.patient_id)
            visits += len(data.of(Visit))
            mine = [c for c in cells if f"{prefix}{c['id'].strip()}".strip() == one.subject_id]
            wanted = [_result(c["crea"]) for c in mine if c["crea"].strip() not in ("", "NA")]
            for record in data.of(LabResult):
                form = record.form
                told = (form.operator or "", form.text if form.value is None else form.value)
                if told not in wanted:
                    self.figures["silently wrong"] += 1
                    self._keep(number, kind, content, f"stored {told}, in the file {wanted}")
        if visits != stored:
            self.figures["silently wrong"] += 1
            self._keep(number, kind, content, f"{visits} visits are stored, {stored} were told")

    def _make_study(self) -> None:
        create_study(self.empty, protocol="ln-msc-01", site="01", admin="admin", password=PASSWORD)
        with open_study(self.empty, user="admin", password=PASSWORD) as session:
            add_account(session, "manager", role="datamanager", password=PASSWORD, full_name="M")
        shutil.copytree(self.empty, self.folder / "pristine")

    def _fresh(self) -> StudySession:
        self.close()
        shutil.rmtree(self.folder / "written", ignore_errors=True)
        shutil.copytree(self.folder / "pristine", self.folder / "written")
        self.written = open_study(self.folder / "written", user="manager", password=PASSWORD)
        return self.written

    def close(self) -> None:
        if self.written is not None:
            self.written.close()

    def _fingerprint(self) -> bytes:
        total = hashlib.sha256()
        for path in sorted((self.folder / "written").glob("study.db*")):
            if not path.name.endswith("-shm"):
                total.update(path.name.encode() + path.read_bytes())
        return total.digest()

    def _keep(self, number: int, kind: str, content: bytes, what: str) -> None:
        name = f"finding-{number}"
        (self.folder / f"{name}.{kind}").write_bytes(content)
        (self.folder / f"{name}.txt").write_text(what, encoding="utf-8", errors="replace")


def _members(path: Path) -> None:
    with opened_members(path, Reading()) as found:
        list(found)


def _same_sheets(ours: Any, theirs: Any) -> bool:
    flat = [
        [one for columns, rows in tables for cells in (columns, *rows) for one in (*cells, "\n")]
        for tables in (ours, theirs)
    ]
    return len(flat[0]) == len(flat[1]) and all(
        plain_readers.same_in_a_workbook(one, other) for one, other in zip(*flat, strict=True)
    )


def _result(text: str) -> tuple[str, str | float]:
    """What a cell says, by other means than the program's."""
    bare = text.strip().translate(
        str.maketrans("０１２３４５６７８９．＜＞＝－＋", "0123456789.<>=-+")
    )
    for operator in ("<=", ">=", "<", ">", ""):
        if bare.startswith(operator):
            try:
                return operator, float(bare[len(operator) :])
            except ValueError:
                return "", text
    return "", text


def main() -> None:
    folder, seed, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    keyring.COST = keyring.Argon2Parameters(64, 1, 1)
    importer = Importer(folder, seed)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    importer.run(count)
    importer.close()
    importer.dry.close()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    figures = dict(importer.figures)
    figures |= {"peak MB": usage.ru_maxrss >> 10, "seconds": round(usage.ru_utime + usage.ru_stime)}
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
