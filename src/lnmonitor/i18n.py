"""Texts in the person's language: the English text is the key, Chinese lies in resource files.

Every `resources/i18n/zh/*.toml` holds lines `"English" = "中文"`; together they are one catalogue.
A text without a translation is shown in English rather than not at all; a test finds such gaps.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import get_args

from lnmonitor.language import Language
from lnmonitor.resources import asset

LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE_NAMES: Mapping[Language, str] = {"en": "English", "zh": "简体中文"}


class Translator:
    """Gives texts in one language. Take it from `translator`, which keeps one for each language."""

    def __init__(self, language: Language, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self._catalogue = catalogue

    def text(self, english: str, **params: object) -> str:
        """Return the text in this language, with `{name}` placeholders filled if any are given.

        A parameter named `why` is a reason in the program's own words, and in this language too.
        """
        wording = self._catalogue.get(english, english)
        why = params.get("why")
        if isinstance(why, str):
            params["why"] = self._catalogue.get(why, why)
        return wording.format(**params) if params else wording

    def knows(self, english: str) -> bool:
        """Return whether the text needs no translation or has one."""
        return self.language == "en" or english in self._catalogue


@cache
def translator(language: Language) -> Translator:
    """Return the translator of a language.

    Raises:
        ValueError: the language is not one of `LANGUAGES`, or a catalogue is not flat text.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    return Translator(language, {} if language == "en" else _merged(language))


def catalogues(language: Language) -> dict[str, dict[str, str]]:
    """Return each catalogue file of a language by its name.

    Raises:
        ValueError: an entry is not a text.
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted(asset("i18n", language).glob("*.toml")):
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
        for english, wording in entries.items():
            if not isinstance(wording, str):
                raise ValueError(f"{path.name}: {english!r} is not a text")
        found[path.name] = entries
    return found


def _merged(language: Language) -> dict[str, str]:
    merged: dict[str, str] = {}
    for entries in catalogues(language).values():
        merged.update(entries)
    return merged
