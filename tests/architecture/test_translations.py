"""Every text that the program asks a translation for has one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lnmonitor.errors import RefusedError, UserError
from lnmonitor.i18n import translator

TRANSLATING_CALLS = {"_t", "text", "tr"}
# A person's mistake is shown in the person's language: sentence and remedy.
ERRORS = {
    error.__name__
    for error in (UserError, *UserError.__subclasses__(), *RefusedError.__subclasses__())
}


def asked_in_source(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and literal of each call that translates, and of each error's two sentences."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        count = 1 if name in TRANSLATING_CALLS else 2 if name in ERRORS else 0
        for literal in node.args[:count]:
            text = literal.value if isinstance(literal, ast.Constant) else None
            if isinstance(text, str) and any(c.isalpha() for c in text):
                yield node.lineno, text


def asked_in_form(path: Path) -> Iterator[str]:
    """Yield each translatable string of a Designer form."""
    for string in ET.parse(path).getroot().iter("string"):
        if string.text and string.get("notr") != "true" and any(c.isalpha() for c in string.text):
            yield string.text


def test_that_the_scan_finds_translating_calls() -> None:
    source = 'tr("Due now", n=1)\nself.translator.text("Overdue")\nlabel.text()\ntr(name)\n'
    source += 'raise InputError("No such file.", "Choose another.", "x")\n'
    assert list(asked_in_source(source)) == [
        (1, "Due now"),
        (2, "Overdue"),
        (5, "No such file."),
        (5, "Choose another."),
    ]


def test_that_every_text_in_the_source_has_chinese(checkout: Path) -> None:
    zh = translator("zh")
    untranslated = [
        f"{path.relative_to(checkout)}:{line}: {english}"
        for path in sorted((checkout / "src").rglob("*.py"))
        if "cli" not in path.parts  # the command line speaks English
        for line, english in asked_in_source(path.read_text(encoding="utf-8"))
        if not zh.knows(english)
    ]
    assert not untranslated


def test_that_every_text_in_the_forms_has_chinese(checkout: Path) -> None:
    forms = sorted((checkout / "ui").glob("*.ui"))
    if not forms:
        pytest.skip("no Designer forms")
    zh = translator("zh")
    untranslated = [
        f"{path.name}: {english}"
        for path in forms
        for english in asked_in_form(path)
        if not zh.knows(english)
    ]
    assert not untranslated
