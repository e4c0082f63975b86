"""The signatures over what is shown: who, when, what it says, and what made one fall."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from lnmonitor.desktop.i18n import text, tr
from lnmonitor.desktop.pages.monitoring.reading import Sheet
from lnmonitor.desktop.pages.monitoring.words import item_title, local_instant
from lnmonitor.desktop.theme import theme
from lnmonitor.desktop.widgets.text import label
from lnmonitor.desktop.words import role_name
from lnmonitor.services.signatures import SignatureView, SignedView

_MOST = 3


class SignatureLines(QWidget):
    """The latest signatures; one that fell is struck out, with the changes that made it fall."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme().px(0.5))

    def show_signatures(self, sheet: Sheet) -> None:
        """Show the signatures over the records of a sheet."""
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
        self._column.addWidget(label(fall_words(fallen), "small", "warn", wrap=True))


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


def fall_words(fallen: list[SignedView]) -> str:
    """Return which changes made a signature fall."""
    changes = [
        tr(
            "{item} {old} → {new}, {at}",
            item=item_title(one.form, one.item) if one.item else tr(one.action),
            old=one.old or "–",
            new=one.new or "–",
            at=local_instant(one.at, one.utc_offset),
        )
        for signed in fallen
        for one in signed.changes
    ]
    return tr("Signature fell: {changes}", changes="; ".join(dict.fromkeys(changes)) or "–")
