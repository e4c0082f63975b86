"""Making an archive: everything about a study in one zip file, for the day the program is gone.

It is composed from the exchange's and the reports' documents and the encrypted backup. They come
into being in a folder beside the target, which is removed whatever happens: on the medium that the
person chose for clear text, and nowhere else (docs/adr/0025).
"""

from __future__ import annotations

import contextlib
import csv
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from lnmonitor import __version__
from lnmonitor.analysis.rules import rules
from lnmonitor.archive.manifest import (
    ABSENT,
    BACKUP,
    FILE_NAME,
    READER,
    Manifest,
    part_of,
)
from lnmonitor.archive.readme import readme_text
from lnmonitor.errors import InputError, StorageError
from lnmonitor.exchange.csv_files import add_csv, safe
from lnmonitor.exchange.excel import record, write_workbook
from lnmonitor.exchange.options import Options
from lnmonitor.exchange.reader import write_reader
from lnmonitor.exchange.snapshot import Snapshot, read
from lnmonitor.exchange.zips import PlainZip, plain_part
from lnmonitor.language import Language
from lnmonitor.outfile import replacing
from lnmonitor.progress import Progress, Turn, at_once, silent
from lnmonitor.reports.service import file_names, report_casebook, report_crf, report_patient
from lnmonitor.resources import asset
from lnmonitor.services import seals
from lnmonitor.services.backup import ARCHIVE, back_up
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession

_DOCUMENTS: tuple[tuple[str, Callable[..., Path]], ...] = (
    ("summaries", report_patient),
    ("casebooks", report_casebook),
)
"""A folder for each kind of document that is made for every patient."""
_RULE_COLUMNS = ("RULE", "VERSION", "VERIFIED", "PARAMETERS", "SOURCE")
_OWNER_ONLY = 0o700


@dataclass(frozen=True)
class ArchiveReport:
    """What an archive holds: number of parts, bytes of the file, patients.

    `meanwhile` counts the changes of data that were saved while it was made.
    """

    path: Path
    parts: int
    size: int
    patients: int
    meanwhile: int


def make_archive(
    session: StudySession,
    out: Path,
    *,
    language: Language = "en",
    recipient: str = "",
    backup: bool = True,
    progress: Progress = silent,
    turn: Turn = at_once,
) -> ArchiveReport:
    """Write the archive of a study.

    Args:
        recipient: for whom it is made. backup: whether the encrypted study is in it; it holds the
            persons' identities, so not for who may not have them.
        turn: runs each portion that needs the study; others may use the study in between.

    Raises:
        PermissionDeniedError: the role may not export or report.
        InputError: the name does not end in .zip, or is inside the study.
        StorageError: the place cannot be written.
    """
    require(session, Action.EXPORT)
    require(session, Action.REPORT)
    require(session, Action.VIEW_AUDIT)
    if out.suffix.lower() != ".zip":
        raise InputError("{path} is not a zip file's name.", "Let it end in .zip.", path=out)
    options = Options(language=language, recipient=recipient)
    snapshot = read(session, options, progress, turn)
    with _workshop(out) as folder:
        _make_documents(snapshot, folder, progress, backup=backup)
        meanwhile = turn(partial(seals.changes_after, session, snapshot.last))
        with replacing(out) as temporary:
            manifest = _pack(
                snapshot, folder, temporary, progress, backup=backup, meanwhile=meanwhile
            )
    record(session, out, "archive" if backup else "archive without the study", options, turn)
    return ArchiveReport(
        out, len(manifest.parts), out.stat().st_size, len(snapshot.people), meanwhile
    )


@contextlib.contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """Give a folder beside the target, which is gone afterwards."""
    folder = out.with_name(f".{out.name}.parts")
    try:
        shutil.rmtree(folder, ignore_errors=True)  # of an attempt that was killed
        folder.mkdir(mode=_OWNER_ONLY, parents=True)
        yield folder
    except OSError as error:
        raise StorageError(
            "{path} cannot be written: {why}.",
            "Choose another place; the study is not affected.",
            path=out,
            why=error.strerror or error,
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_documents(snapshot: Snapshot, folder: Path, progress: Progress, *, backup: bool) -> None:
    """Make the parts that are files: PDFs, workbook, backup."""
    session, options, turn = snapshot.session, snapshot.options, snapshot.turn
    names = file_names(one.subject_id for one in snapshot.people)
    for kind, write in _DOCUMENTS:
        for number, (one, name) in enumerate(zip(snapshot.people, names, strict=True)):
            progress(number, len(snapshot.people), kind)
            write(
                session, one.patient_id, folder / kind / name, language=options.language,
                recipient=options.recipient, turn=turn,
            )  # fmt: skip
    crf = folder / "definitions" / "acrf.pdf"
    report_crf(
        session, crf, language=options.language, annotated=True, recipient=options.recipient,
        turn=turn,
    )  # fmt: skip
    book = folder / "workbook" / "study.xlsx"
    write_workbook(snapshot, book, progress)
    record(session, book, "workbook in an archive", options, turn)
    if backup:
        place = folder / BACKUP.rstrip("/")
        turn(partial(back_up, session, place, kind=ARCHIVE, progress=progress))


def _pack(
    snapshot: Snapshot,
    folder: Path,
    target: Path,
    progress: Progress,
    *,
    backup: bool,
    meanwhile: int,
) -> Manifest:
    with PlainZip(target) as archive:
        archive.writestr("README.txt", readme_text(snapshot, backup=backup, meanwhile=meanwhile))
        counts = add_csv(archive, "csv/", snapshot, progress)
        with archive.open(plain_part(READER), "w", force_zip64=True) as part:
            text = io.TextIOWrapper(part, encoding="utf-8", newline="\n", write_through=True)
            write_reader(snapshot, text, counts, progress)
            text.detach()
        _add_definitions(archive, snapshot)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.add_file(path.relative_to(folder).as_posix(), path)
    # Read again from the medium: what is told of a part is what lies there.
    with ZipFile(target) as written:
        parts = [part_of(written, name) for name in sorted(written.namelist())]
    manifest = replace(_manifest(snapshot, backup=backup), counts=counts, parts=parts)
    with PlainZip(target, "a") as archive:
        archive.writestr(FILE_NAME, manifest.as_json())
    return manifest


def _manifest(snapshot: Snapshot, *, backup: bool) -> Manifest:
    session, now = snapshot.session, snapshot.now
    study, protocol = session.study, session.protocol
    absent = dict(ABSENT)
    if not backup:
        absent["the encrypted study"] = "left out on purpose"
    return Manifest(
        study={
            "id": study.id,
            "name": study.name,
            "site": study.site,
            "protocol": f"{protocol.id} {protocol.version}",
            "synthetic": study.synthetic,
            "schema": session.schema,
            "patients": len(snapshot.people),
        },
        made={
            "at": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "local": now.isoformat(timespec="seconds"),
            "zone": snapshot.zone,
            "by": f"{session.actor.full_name} ({session.actor.account}, {session.actor.role})",
            "program": __version__,
        },
        recipient=snapshot.options.recipient,
        options=snapshot.options.described(),
        snapshot={"entry": snapshot.last, "head": snapshot.seal},
        counts={},
        parts=(),
        absent=absent,
    )


def _add_definitions(archive: PlainZip, snapshot: Snapshot) -> None:
    protocol = f"{snapshot.session.study.protocol_id.lower()}.toml"
    archive.writestr(f"definitions/{protocol}", asset("protocols", protocol).read_bytes())
    for path in sorted(asset("codelists").glob("*.toml")):
        archive.writestr(f"definitions/{path.name}", path.read_bytes())
    archive.writestr("definitions/rules.csv", _rule_table())


def _rule_table() -> str:
    """Return the rules that results can name, with their sources."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(_RULE_COLUMNS)
    for rule in sorted(rules(), key=lambda one: one.id):
        parameters = "; ".join(f"{name}={value}" for name, value in rule.parameters.items())
        sources = "; ".join(one.text for one in rule.citations)
        verified = "Y" if rule.verified else "N"
        row = (rule.id, rule.version, verified, parameters, sources)
        writer.writerow([safe(cell) for cell in row])
    return text.getvalue()
