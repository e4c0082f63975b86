"""The desktop's language: one switch for the texts of code, compiled forms and painted cells."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QTranslator

from lnmonitor.i18n import Translator, translator
from lnmonitor.language import Language, Text


class CatalogueTranslator(QTranslator):
    """Gives Qt's own `tr` of compiled forms the same catalogue, whatever the context."""

    def __init__(self, catalogue: Translator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue

    def isEmpty(self) -> bool:
        return False

    def translate(
        self,
        _context: str,
        source: str,
        _disambiguation: str | None = None,
        _n: int = -1,
    ) -> str | None:
        # None lets Qt ask the next translator and at last take the source itself.
        return self._catalogue.text(source) if self._catalogue.knows(source) else None


class _State:
    language: Language = "en"
    installed: QTranslator | None = None


def tr(english: str, **params: object) -> str:
    """Return a text in the person's language, with `{name}` placeholders filled."""
    return translator(_State.language).text(english, **params)


def text(pair: Text) -> str:
    """Return a text of a definition in the person's language."""
    return pair.in_(_State.language)


def language() -> Language:
    """Return the language in force."""
    return _State.language


def set_language(wanted: Language) -> None:
    """Take a language, at once, everywhere; the hub tells open views."""
    from lnmonitor.desktop.session_hub import hub
    from lnmonitor.desktop.theme import theme_manager

    if wanted == _State.language:
        return
    _State.language = wanted
    if _State.installed is not None:
        QCoreApplication.removeTranslator(_State.installed)
        _State.installed = None
    if wanted != "en":
        _State.installed = CatalogueTranslator(translator(wanted), QCoreApplication.instance())
        QCoreApplication.installTranslator(_State.installed)
    theme_manager().set_language(wanted)
    hub().language_changed.emit(wanted)
