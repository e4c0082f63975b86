"""Sentences for results: why a rule said what it said, in English or Chinese.

The wordings lie in `resources/i18n/reasons.toml`, one entry for each reason code.
"""

from __future__ import annotations

from dataclasses import dataclass

from lnmonitor.analysis.model import Flag
from lnmonitor.clinical.results import Outcome, Reason
from lnmonitor.language import Language


@dataclass(frozen=True)
class Line:
    """One criterion: what it asks (`text`) and the numbers it was decided on (`detail`)."""

    text: str
    detail: str = ""
    record_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """An explained result: the explain pane's and the documents' content."""

    title: str
    sentence: str
    met: tuple[Line, ...]
    not_met: tuple[Line, ...]
    missing: tuple[Line, ...]
    rule_line: str
    citation: str


def reason_text(reason: Reason, language: Language) -> str:
    """Return one reason as a sentence with its numbers."""
    raise NotImplementedError


def explain(result: Outcome | Flag, language: Language) -> Explanation:
    """Explain a rule's result or a flag."""
    raise NotImplementedError
