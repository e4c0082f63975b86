"""The translator, and the state of the Chinese catalogues."""

from __future__ import annotations

import string
from collections import defaultdict
from pathlib import Path
from typing import cast

import pytest

from lnmonitor import i18n
from lnmonitor.i18n import LANGUAGES, Translator, catalogues, translator
from lnmonitor.language import Language


def test_that_english_is_its_own_translation() -> None:
    assert translator("en").text("Visit") == "Visit"


def test_that_chinese_comes_from_the_catalogues() -> None:
    assert translator("zh").text("Chinese") == "中文"


def test_that_a_text_without_translation_is_shown_in_english() -> None:
    zh = translator("zh")
    assert zh.text("No catalogue has this {word}", word="line") == "No catalogue has this line"
    assert not zh.knows("No catalogue has this {word}")


def test_that_parameters_are_filled_in_the_translated_wording() -> None:
    zh = Translator("zh", {"{n} visits due": "{n} 次访视到期"})
    assert zh.text("{n} visits due", n=3) == "3 次访视到期"


def test_that_braces_stay_when_no_parameters_are_given() -> None:
    assert translator("en").text("{}") == "{}"


def test_that_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of en, zh"):
        translator(cast("Language", "de"))


def test_that_a_nested_catalogue_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.toml").write_text('[page]\n"A" = "甲"\n', encoding="utf-8")
    monkeypatch.setattr(i18n, "asset", lambda *_parts: tmp_path)
    with pytest.raises(ValueError, match=r"a\.toml: 'page' is not a text"):
        catalogues("zh")


def test_that_two_files_never_translate_one_text_differently() -> None:
    for language in LANGUAGES:
        if language == "en":
            continue
        wordings: dict[str, dict[str, str]] = defaultdict(dict)
        for name, entries in catalogues(language).items():
            for english, wording in entries.items():
                wordings[english][name] = wording
        disputed = {key: by for key, by in wordings.items() if len(set(by.values())) > 1}
        assert not disputed


def test_that_translations_keep_the_placeholders() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    wrong = [
        f"{name}: {english}"
        for name, entries in catalogues("zh").items()
        for english, wording in entries.items()
        if fields(english) != fields(wording)
    ]
    assert not wrong
