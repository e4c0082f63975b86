"""Documents that leave the study can be proven unaltered: their hash stands in the audit trail.

A document carries its seal in words: number, who, when, and the end of the audit chain at that moment.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from lnmonitor.errors import InputError
from lnmonitor.services.changes import ChangeSet
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit as trail
from lnmonitor.storage import repositories as repo
from lnmonitor.storage.audit import canonical

_ACTIONS = ("report", "export")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Seal:
    """What is printed on a document; `made_at` local with offset, `hash` of the chain's last entry."""

    document_id: str
    study: str
    site: str
    synthetic: bool
    made_at: str
    made_by: str
    sequence: int
    hash: str

    @property
    def text(self) -> str:
        """One line for a footer."""
        return f"{self.document_id} · audit {self.sequence} · {self.hash[:12]}"


@dataclass(frozen=True)
class DocumentReport:
    """Whether a file is one that this study made, as it made it."""

    intact: bool
    text: str


def new_seal(session: StudySession) -> Seal:
    """Return a seal for a document that is about to be made."""
    with session.store.read() as connection:
        head = trail.head(connection)
    now = session.clock.now()
    return Seal(
        document_id=session.new_id(),
        study=session.study.name,
        site=session.study.site,
        synthetic=session.study.synthetic,
        made_at=now.isoformat(sep=" ", timespec="seconds"),
        made_by=session.actor.full_name,
        sequence=head.sequence,
        hash=head.hash,
    )


def record_document(
    session: StudySession,
    seal: Seal,
    file: Path | bytes,
    *,
    action: str,
    patient_id: str = "",
    **options: str,
) -> ChangeSet:
    """Enter a finished document in the audit trail, so that it can be verified later.

    Args:
        file: where it was written, or its bytes. action: "report" or "export". options: how it was
            made, such as kind and language; no value of a patient.
    """
    require(session, Action.REPORT if action == "report" else Action.EXPORT)
    facts = {
        **options,
        "document": seal.document_id,
        "sha256": _sha256(file),
        "chain": f"{seal.sequence} {seal.hash}",
    }
    if isinstance(file, Path):
        facts["file"] = file.name
    with session.work() as work:
        work.note(action, item=seal.document_id, patient_id=patient_id, new=canonical(facts))
    return ChangeSet(frozenset({"audit"}))


def verify_document(session: StudySession, path: Path) -> DocumentReport:
    """Look for a file's hash in the audit trail.

    Raises:
        InputError: the file cannot be read.
    """
    require(session, Action.VERIFY)
    try:
        wanted = _sha256(path)
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {reason}.",
            "Check the path.",
            path=path,
            reason=error.strerror or error,
        ) from error
    with session.store.read() as connection:
        for action in _ACTIONS:
            for row in repo.audit_rows(connection, where={"action": action}):
                if json.loads(row["new"] or "{}").get("sha256") == wanted:
                    return DocumentReport(
                        True,
                        f"{path.name} is unaltered: made {row['at']} by {row['full_name']}, "
                        f"entry {row['sequence']} of the audit trail.",
                    )
    return DocumentReport(
        False,
        f"{path.name} is NOT a document of this study, or it was altered after it was made.",
    )


def _sha256(file: Path | bytes) -> str:
    if isinstance(file, bytes):
        return hashlib.sha256(file).hexdigest()
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
