"""What is still open in a binder, in the order of the forms: for the column, and before a save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmonitor.desktop.entry.model import FormEntry, ResultEntry
from lnmonitor.desktop.i18n import language, tr
from lnmonitor.desktop.i18n import text as text_of
from lnmonitor.desktop.pages.visit.binder import LOGS, NEEDED, Binder
from lnmonitor.desktop.pages.visit.score_column import OpenCheck
from lnmonitor.study.analytes import analyte
from lnmonitor.study.forms import Sledai2K

if TYPE_CHECKING:
    from lnmonitor.analysis.model import SledaiLabCheck


def open_checks(binder: Binder) -> list[OpenCheck]:
    """Return what a save would stumble over: unreadable, refused, to confirm, without reason."""
    found: list[OpenCheck] = []
    for key in binder.form_keys:
        for entry in binder.entries(key):
            if entry.unsaved or entry is binder.visit:
                found += _of_entry(binder, key, entry)
    return found


def contradictions(binder: Binder, checked: SledaiLabCheck | None) -> list[OpenCheck]:
    """Return answers that the laboratory contradicts: remarks, they stop no save."""
    sledai = binder.entries(Sledai2K.code) if Sledai2K.code in binder.form_keys else []
    if checked is None or not sledai:
        return []
    words = "{item}: the laboratory says otherwise"
    return [
        OpenCheck(
            "remark", tr(words, item=item_name(sledai[0], name)), Sledai2K.code, sledai[0], name
        )
        for name in checked.contradictions
    ]


def _of_entry(binder: Binder, key: str, entry: FormEntry) -> list[OpenCheck]:
    found = [
        OpenCheck(
            "refuse", tr("{item} cannot be read", item=item_name(entry, name)), key, entry, name
        )
        for name in entry.unreadable
    ]
    for finding in binder.check(entry):
        justified = (finding.item or "") in entry.justified
        if finding.level == "info" or (finding.level == "ask" and justified):
            continue
        name = item_name(entry, finding.item)
        words = "{item} is refused" if finding.level == "refuse" else "{item} to confirm"
        words = "{item} is empty" if finding.check_id in NEEDED else words
        found.append(OpenCheck(finding.level, tr(words, item=name), key, entry, finding.item))
    found += [
        OpenCheck(
            "reason", tr("{item} needs a reason", item=item_name(entry, name)), key, entry, name
        )
        for name in entry.needs_reason
    ]
    return found


def item_name(entry: FormEntry, name: str | None) -> str:
    """Return what an item is called in a sentence: the analyte's name for a result."""
    if isinstance(entry, ResultEntry):
        return text_of(analyte(str(entry.value("analyte"))).name)
    if name is None or name not in entry.form_type.items():
        return text_of(entry.form_type.title)
    return entry.form_type.label(name, language())


def empty_items(binder: Binder) -> int:
    """Return how many asked items of the visit have neither a value nor a reason."""
    counts = [binder.progress(key) for key in binder.form_keys if key not in LOGS]
    return sum(total - done for done, total in counts)
