"""Coded reasons as the audit trail keeps them: "CODE", or "CODE: words"; several joined by "; ".

The trail keeps the code, so that a reason can be counted and read in every language.
"""

from __future__ import annotations

import re
from functools import cache

from lnmonitor.language import Language, Text
from lnmonitor.study.codelists import codelist, decode

CHANGE_REASONS = "CHANGEREASON"
"""Why a saved value was changed."""
LATE_REASONS = "LATEREASON"
"""Why a record was entered long after its event."""
OTHER = "OTHER"
"""The one code that says nothing without words."""
NO_REASON = Text("no reason given", "未说明原因")


def coded_reason(code: str, note: str = "") -> str:
    """Return a reason as the trail keeps it."""
    return f"{code}: {note}" if note else code


def reason_words(reason: str, language: Language) -> str:
    """Return a kept reason with the texts of its codes; words that a person wrote stay."""
    colon = "：" if language == "zh" else ": "

    def put(found: re.Match[str]) -> str:
        before, code, after = found.groups()
        known = next(one for one in (CHANGE_REASONS, LATE_REASONS) if codelist(one).get(code))
        return f"{before}{decode(known, code, language)}{colon if after == ': ' else after}"

    return _codes().sub(put, reason)


def late_words(reason: str, language: Language) -> str:
    """Return why a record came late, also that nothing was said."""
    return reason_words(reason, language) or NO_REASON.in_(language)


def reason_codes(reason: str) -> str:
    """Return the codes of a kept reason without the words that a person wrote."""
    return "; ".join(found[1] for found in _codes().findall(reason))


@cache
def _codes() -> re.Pattern[str]:
    codes = (*codelist(CHANGE_REASONS).codes, *codelist(LATE_REASONS).codes)
    return re.compile(rf"(^|; )({'|'.join(codes)})(: |(?=; )|$)")
