"""Every text that the program asks a translation for has one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lnmonitor.i18n import translator

TRANSLATING_CALLS = {"_t", "text", "tr"}


def asked_in_source(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and literal of each call that translates."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        literal = node.args[0]
        if name not in TRANSLATING_CALLS or not isinstance(literal, ast.Constant):
            continue
        if isinstance(literal.value, str) and any(c.isalpha() for c in literal.value):
            yield node.lineno, literal.value


def asked_in_form(path: Path) -> Iterator[str]:
    """Yield each translatable string of a Designer form."""
    for string in ET.parse(path).getroot().iter("string"):
        if string.text and string.get("notr") != "true" and any(c.isalpha() for c in string.text):
            yield string.text


def test_that_the_scan_finds_translating_calls() -> None:
    source = 'tr("Due now", n=1)\nself.translator.text("Overdue")\nlabel.text()\ntr(name)\n'
    assert list(asked_in_source(source)) == [(1, "Due now"), (2, "Overdue")]


def test_that_every_text_in_the_source_has_chinese(checkout: Path) -> None:
    zh = translator("zh")
    untranslated = [
        f"{path.relative_to(checkout)}:{line}: {english}"
        for path in sorted((checkout / "src").rglob("*.py"))
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
