"""The signatures over what is shown: who, when, what it says, and what made one fall."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.pages.monitoring.reading import Sheet
from lnmonitor.desktop.pages.monitoring.words import item_title, local_instant
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label
from lnmonitor.desktop.words import role_name
from lnmonitor.services.audit import AuditEntry
from lnmonitor.services.signatures import SignatureView, SignedView

_MOST = 3
_COMPUTED = {"canonical_value", "canonical_unit"}


class SignatureLines(QWidget):
    """The latest signatures; one that fell is struck out, with the changes that made it fall."""

    def __init__(self) -> None:
        super().__init__()
        self._names: Mapping[str, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme().px(0.5))

    def show_signatures(self, sheet: Sheet, names: Mapping[str, str]) -> None:
        """Show the signatures over the records of a sheet; `names`: of its laboratory results."""
        self._names = names
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        ids = {one.id for one in sheet.records}
        for signature in sheet.signatures[:_MOST]:
            covered = [one for one in signature.records if one.record_id in ids]
            self._add(signature, covered)
        if len(sheet.signatures) > _MOST:
            more = tr("{n} more signatures", n=len(sheet.signatures) - _MOST)
            self._column.addWidget(label(more, "small", "text-muted"))
        self.setVisible(bool(sheet.signatures))

    def _add(self, signature: SignatureView, covered: list[SignedView]) -> None:
        fallen = [one for one in covered if not one.valid]
        words = signature_words(signature)
        if not fallen:
            self._column.addWidget(label(words, "small", "ok", wrap=True, selectable=True))
            return
        struck = label(words, "small", "text-muted", wrap=True, selectable=True)
        font = struck.font()
        font.setStrikeOut(True)
        struck.setFont(font)
        struck.setAccessibleName(f"{tr('Signature fell')}: {words}")
        self._column.addWidget(struck)
        self._column.addWidget(label(fall_words(fallen, self._names), "small", "warn", wrap=True))


def signature_words(signature: SignatureView) -> str:
    """Return a signature as printed: name, role, instant with its offset, meaning."""
    return tr(
        "Signed {at} {offset} by {name}, {role}: {meaning}",
        at=local_instant(signature.at, signature.utc_offset),
        offset=signature.utc_offset,
        name=signature.name or signature.account,
        role=role_name(signature.role),
        meaning=text(signature.meaning.title),
    )


def fall_words(fallen: list[SignedView], names: Mapping[str, str]) -> str:
    """Return which changes made a signature fall; what was computed from them is left out."""
    changes = [
        tr(
            "{item} {old} → {new}, {at}",
            item=_item_words(one, names),
            old=one.old or "–",
            new=one.new or "–",
            at=local_instant(one.at, one.utc_offset),
        )
        for signed in fallen
        for one in signed.changes
        if one.item not in _COMPUTED
    ]
    return tr("Signature fell: {changes}", changes="; ".join(dict.fromkeys(changes)) or "–")


def _item_words(change: AuditEntry, names: Mapping[str, str]) -> str:
    item = item_title(change.form, change.item) if change.item else tr(change.action)
    name = names.get(change.record_id, "")
    return f"{name}, {item}" if name else item
