"""Documents that can be proven unaltered: each one's SHA-256 stands in the audit trail.

A document carries the trail's head of its moment on its pages; that it is unaltered is shown by its
bytes, which the study remembers, and the trail itself is chained.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lnmonitor.errors import InputError
from lnmonitor.services import audit
from lnmonitor.services.permissions import Action, require
from lnmonitor.services.session import StudySession
from lnmonitor.storage import audit_reading

DOCUMENT_ACTIONS = ("export", "report")
_DATA_CHANGES = ("create", "amend", "void")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class MadeDocument:
    """A copy that left: what the trail remembers of it.

    Attributes:
        sequence: of the entry. at: UTC instant, with the workstation's offset and zone.
        item: what it is about, such as a patient's number. recipient, options: as they were given,
            empty when nobody said. later_changes: changes of data since.
    """

    sequence: int
    at: str
    utc_offset: str
    zone: str
    account: str
    full_name: str
    role: str
    action: str
    item: str
    patient_id: str
    name: str
    sha256: str
    recipient: str = ""
    options: str = ""
    later_changes: int = 0


@dataclass(frozen=True)
class DocumentReport:
    """Whether a document is one this study made, byte for byte.

    `later_changes` counts the changes of data since.
    """

    intact: bool
    text: str
    later_changes: int = 0


def record_document(
    session: StudySession,
    action: str,
    path: Path,
    *,
    item: str = "",
    patient_id: str = "",
    recipient: str = "",
    options: str = "",
) -> None:
    """Write a finished document's fingerprint into the trail.

    Args:
        action: export or report. item: what it is about. recipient: for whom it was made.
        options: what was left out or chosen, as a person reads it.

    Raises:
        PermissionDeniedError: the role may not take documents away.
    """
    require(session, Action.REPORT if action == "report" else Action.EXPORT)
    said = {"recipient": " ".join(recipient.split()), "options": options.strip()}
    audit.note(
        session,
        action,
        item=item,
        patient_id=patient_id,
        name=path.name,
        sha256=_sha256(path),
        **{name: value for name, value in said.items() if value},
    )


def made_documents(session: StudySession, *, limit: int = 100) -> tuple[MadeDocument, ...]:
    """Return the copies that left, the latest first.

    Raises:
        PermissionDeniedError: the role may not see the trail.
    """
    entries = [
        entry
        for action in DOCUMENT_ACTIONS
        for entry in audit.entries(session, action=action, limit=limit)
        if _facts(entry)
    ]
    made: list[MadeDocument] = []
    until, later = None, 0
    for entry in sorted(entries, key=lambda one: -one.sequence)[:limit]:
        later += _changes(session, entry.sequence, until)
        until = entry.sequence
        made.append(_document(entry, later))
    return tuple(made)


def verify_document(session: StudySession, path: Path) -> DocumentReport:
    """Compare a document with what this study made.

    Raises:
        PermissionDeniedError: the role may not see the trail.
        InputError: the file cannot be read.
    """
    require(session, Action.VERIFY)
    fingerprint = _sha256(path)
    for action in DOCUMENT_ACTIONS:
        for entry in audit.entries(session, action=action, limit=None):
            if fingerprint == _facts(entry).get("sha256"):
                return _found(session, path, entry)
    return DocumentReport(
        intact=False,
        text=f"{path.name}: altered, or not made by this study. No document with its content"
        " stands in the audit trail.",
    )


def _found(session: StudySession, path: Path, entry: audit.AuditEntry) -> DocumentReport:
    facts = _facts(entry)
    later = _changes(session, entry.sequence)
    recipient, options = facts.get("recipient"), facts.get("options")
    whom = f", for {recipient}" if recipient else ""
    chosen = f" Options: {options}." if options else ""
    state = f"{later} changes of data since" if later else "the data have not changed since"
    who = f"{entry.account} ({entry.role})"
    text = (
        f"{path.name}: unaltered. Made {entry.at} by {who}{whom}, entry {entry.sequence};"
        f" {state}.{chosen}"
    )
    return DocumentReport(intact=True, text=text, later_changes=later)


def _document(entry: audit.AuditEntry, later_changes: int) -> MadeDocument:
    facts = _facts(entry)
    return MadeDocument(
        **{name: getattr(entry, name) for name in _OF_ENTRY},
        **{name: facts.get(name, "") for name in ("name", "sha256", "recipient", "options")},
        later_changes=later_changes,
    )


_OF_ENTRY = (
    "sequence", "at", "utc_offset", "zone", "account", "full_name", "role", "action", "item",
    "patient_id",
)  # fmt: skip


def _facts(entry: audit.AuditEntry) -> dict[str, Any]:
    """Return what an entry tells of its document; nothing when its content is hidden."""
    return {} if entry.hidden or not entry.new else dict(json.loads(entry.new))


def _changes(session: StudySession, after: int, until: int | None = None) -> int:
    with session.store.read() as connection:
        return audit_reading.count_between(connection, after, until, _DATA_CHANGES)


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
