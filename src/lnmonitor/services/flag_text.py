"""Flags to JSON text and back, so that lists of flags need no evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lnmonitor.analysis.course import Flag
from lnmonitor.clinical.results import Citation, Reason, Rule, Truth
from lnmonitor.language import Text
from lnmonitor.storage.audit import canonical


def flag_text(flag: Flag) -> str:
    """Return a flag as canonical JSON."""
    rule = flag.rule
    return canonical(
        {
            "identity": flag.identity,
            "kind": flag.kind,
            "title": list(flag.title),
            "rule": {
                "id": rule.id,
                "version": rule.version,
                "citations": [vars(citation) for citation in rule.citations],
                "verified": rule.verified,
                "parameters": dict(rule.parameters),
            },
            "reasons": [
                {"code": one.code, "met": one.met.value, "values": dict(one.values)}
                for one in flag.reasons
            ],
            "severity": flag.severity,
            "date": flag.date,
            "day": flag.day,
            "visit_id": flag.visit_id,
            "record_ids": list(flag.record_ids),
        }
    )


def flag_from_text(text: str) -> Flag:
    """Return the flag of a stored text."""
    content: Mapping[str, Any] = json.loads(text)
    rule = content["rule"]
    return Flag(
        identity=content["identity"],
        kind=content["kind"],
        title=Text(*content["title"]),
        rule=Rule(
            rule["id"],
            rule["version"],
            tuple(Citation(**citation) for citation in rule["citations"]),
            rule["verified"],
            rule["parameters"],
        ),
        reasons=tuple(
            Reason(one["code"], Truth(one["met"]), one["values"]) for one in content["reasons"]
        ),
        severity=content["severity"],
        date=content["date"],
        day=content["day"],
        visit_id=content["visit_id"],
        record_ids=tuple(content["record_ids"]),
    )
