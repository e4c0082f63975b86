"""Documents that can be proven unaltered: each one's SHA-256 stands in the audit trail.

A document carries the trail's head of its moment on its pages; that it is unaltered is shown by its
bytes, which the study remembers, and the trail itself is chained.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from lnmonitor.errors import InputError
from lnmonitor.services import audit
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession

DOCUMENT_ACTIONS = ("export", "report")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class DocumentReport:
    """Whether a document is one this study made, byte for byte.

    `later_changes` counts the changes of data since.
    """

    intact: bool
    text: str
    later_changes: int = 0


def record_document(
    session: StudySession, action: str, path: Path, *, item: str = "", patient_id: str = ""
) -> None:
    """Write a finished document's fingerprint into the trail; `action` is export or report.

    Raises:
        PermissionDeniedError: the role may not take documents away.
    """
    require(session, Action.REPORT if action == "report" else Action.EXPORT)
    audit.note(
        session, action, item=item, patient_id=patient_id, name=path.name, sha256=_sha256(path)
    )


def verify_document(session: StudySession, path: Path) -> DocumentReport:
    """Compare a PDF or workbook with what this study made.

    Raises:
        PermissionDeniedError: the role may not see the trail.
        InputError: the file cannot be read.
    """
    require(session, Action.VERIFY)
    fingerprint = _sha256(path)
    for action in DOCUMENT_ACTIONS:
        for entry in audit.entries(session, action=action, limit=None):
            if fingerprint in entry.new:
                return _found(session, path, entry)
    return DocumentReport(
        intact=False,
        text=f"{path.name}: altered, or not made by this study. No document with its content"
        " stands in the audit trail.",
    )


def _found(session: StudySession, path: Path, entry: audit.AuditEntry) -> DocumentReport:
    changes = ("create", "amend", "void")
    later = sum(
        1
        for action in changes
        for one in audit.entries(session, action=action, since=entry.at, limit=None)
        if one.sequence > entry.sequence
    )
    state = f"{later} changes of data since" if later else "the data have not changed since"
    who = f"{entry.account} ({entry.role})"
    text = f"{path.name}: unaltered. Made {entry.at} by {who}, entry {entry.sequence}; {state}."
    return DocumentReport(intact=True, text=text, later_changes=later)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {why}.", "Check the path.", path=path, why=error.strerror
        ) from error
    return digest.hexdigest()
