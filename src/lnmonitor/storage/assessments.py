"""Which patients have stored results of which rule versions: read once, when rules changed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from lnmonitor.storage.tables import AssessmentRow, table_of

_ASSESSMENT = table_of(AssessmentRow)


def patients_behind(connection: Connection, current: Mapping[str, str]) -> set[str]:
    """Return the patients with a stored result of another version of a rule than `current`.

    A rule that `current` does not name counts as another version.
    """
    columns = (_ASSESSMENT.c.patient_id, _ASSESSMENT.c.rule, _ASSESSMENT.c.rule_version)
    return {
        patient_id
        for patient_id, rule, version in connection.execute(select(*columns).distinct())
        if current.get(rule) != version
    }


def rules_stored(connection: Connection) -> set[str]:
    """Return the ids of all rules that have a stored result."""
    return set(connection.scalars(select(_ASSESSMENT.c.rule).distinct()))
