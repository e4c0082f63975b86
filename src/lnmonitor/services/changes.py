"""What a write changed, so that open views know whether to look again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChangeSet:
    """The kinds of things that changed and the patients concerned.

    Kinds: "patients" (a patient was added), a form's code (its records), "results", "flags",
    "reviews" (verification, signatures, queries, holds), "accounts", "audit" (entries were added).
    """

    kinds: frozenset[str] = frozenset()
    patient_ids: frozenset[str] = frozenset()

    def __or__(self, other: ChangeSet) -> ChangeSet:
        """Return both changes together."""
        return ChangeSet(self.kinds | other.kinds, self.patient_ids | other.patient_ids)

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.kinds)
