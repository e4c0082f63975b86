"""Every reason a clinical rule can give has its sentence in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lnmonitor.clinical.ctcae_terms import Basis
from lnmonitor.resources import read_toml

FAMILIES = (
    "sledai bilag bilag_flare gfr response course flare ctcae infusion steroids safety state sfi "
    "index urine"
).split()
CODE = re.compile(rf"^({'|'.join(FAMILIES)})\.[a-z0-9_]+$")


def written(checkout: Path) -> Iterator[str]:
    for path in (checkout / "src" / "lnmonitor" / "clinical").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_that_every_reason_has_a_sentence_in_both_languages(checkout: Path) -> None:
    sentences = read_toml("i18n", "reasons.toml")["reason"]
    codes = {text for text in written(checkout) if CODE.match(text)}
    codes |= {f"ctcae.{basis.value}" for basis in Basis}
    assert len(codes) > 120
    assert sorted(codes - set(sentences)) == []
    assert all({"en", "zh"} <= set(sentences[code]) for code in codes)
