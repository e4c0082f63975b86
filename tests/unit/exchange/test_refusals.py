"""Every refusal of a file, and the reason in it, is told in Chinese too."""

from __future__ import annotations

import ast
from pathlib import Path

from lnmonitor.exchange.table import not_a
from lnmonitor.i18n import translator

REFUSING = frozenset({"not_a", "_refused", "_unsound", "broken"})


def test_that_a_reason_in_a_refusal_is_translated_with_it() -> None:
    error = not_a(Path("t.xpt"), "SAS transport", "it breaks off within a row")
    assert translator("en").text(error.message, **error.params) == (
        "t.xpt is not a sound SAS transport file: it breaks off within a row."
    )
    assert translator("zh").text(error.message, **error.params) == (
        "t.xpt 不是完好的 SAS transport 文件：在某一行中间中断。"
    )


def test_that_every_reason_has_chinese(checkout: Path) -> None:
    zh = translator("zh")
    reasons = [
        node.args[-1].value
        for path in (checkout / "src" / "lnmonitor" / "exchange").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in REFUSING
        and node.args
        and isinstance(node.args[-1], ast.Constant)
    ]
    assert len(reasons) > 30
    assert [reason for reason in reasons if not zh.knows(reason)] == []
