"""Write `docs/validation/edit-checks.md`: every edit check with what it says, its level and source.

    python packaging/edit_checks.py            write the page
    python packaging/edit_checks.py --check    change nothing; exit 1 if the page is not current

Checks across fields come from the catalogue, the others are found in the code of `study/checks`.
Here stands only where the latter come from; one without a source stops the page.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from lnmonitor.study.checks.items import sentence_hard, sentence_soft  # noqa: E402
from lnmonitor.study.cross_checks import CROSS_CHECKS, CrossCheck  # noqa: E402

CODE = ROOT / "src" / "lnmonitor" / "study" / "checks"
PAGE = ROOT / "docs" / "validation" / "edit-checks.md"
LEVELS = {"refuse": "refuse", "ask": "ask", "inform": "info", "deviate": "ask, deviation"}
SENTENCE_AT = {"refuse": 2, "ask": 2, "inform": 2, "deviate": 4}
FUNCTIONS = {"sentence_hard": sentence_hard, "sentence_soft": sentence_soft}
ITEM = "the item's definition in `study/forms`"
ANALYTE = "catalogue of analytes (clinical rules, section 9)"
DOSES = "drugs.toml (clinical rules, section 8): field knowledge"
DEFINITION = "definition"
PARAMETER = "protocol parameter"
PROTOCOL = "the protocol file"
INFUSION = "clinical rule `infusion`: protocol parameter"
ICH = "ICH E2A: serious adverse event; the form's own questions"
SOURCES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("item.reason", "item.value_and_reason", "item.needed", "item.required"),
            *("item.type", "item.code", "item.date", "item.date_partial", "item.hard"),
            *("item.soft",),
        ),
        ITEM,
    ),
    **dict.fromkeys(
        ("lb.code", "lb.allowed", "lb.unit", "lb.hard", "lb.soft"),
        ANALYTE,
    ),
    **dict.fromkeys(
        ("item.future", "lb.empty", "lb.operator", "lb.duplicate", "dm.age", "ae.ongoing"),
        DEFINITION,
    ),
    **dict.fromkeys(
        ("ds.death", "ex.twice", "ex.order", "ex.interrupted", "ex.impossible", "ex.reaction"),
        DEFINITION,
    ),
    **dict.fromkeys(("cmg.overlap", "cmi.which", "ds.cause", "sv.reason"), DEFINITION),
    **dict.fromkeys(
        ("sv.code", "sv.twice", "sv.missed", "sv.late", "sv.early", "ex.dose"), PROTOCOL
    ),
    **dict.fromkeys(
        ("ex.duration", "ex.viability", "ex.passage", "ex.weight_age", "ex.viable"), INFUSION
    ),
    **dict.fromkeys(("ex.concentration", "ex.rate", "ex.dmso", "ex.volume"), INFUSION),
    **dict.fromkeys(("ex.expiry", "ex.sterility"), "release of the product"),
    **dict.fromkeys(("ie.criteria", "ex.eligible"), "criteria of the eligibility form"),
    **dict.fromkeys(("cmi.hard", "cmi.soft"), DOSES),
    **dict.fromkeys(("ae.not_serious", "ae.criterion", "ae.admitted", "ae.serious_needs"), ICH),
    "ae.fatal": "CTCAE v5.0: grade 5 is death; ICH E2A",
    "cmi.mtx_daily": "weekly use (clinical rules, sections 8 and 9)",
    "cmi.hcq_weight": "EULAR 2023 doi 10.1136/ard-2023-224762",
    "sledai.window": "Gladman 2002 (10 days); Touma 2010 (30 days)",
    "sv.consent_unknown": "ICH E6: consent before any procedure of the trial",
}
"""Where each check that is code comes from."""
SAID = {
    "lb.hard": "{item} {value} {unit} is not possible: the lowest (highest) is {limit} {unit}. / "
    "{item} {value} {unit} is not possible. Is the unit {other}? Correct the unit.",
    "ex.dose": "{dose} ×10⁶/kg differs by {percent} % from the planned {planned} ×10⁶/kg ({cells} "
    "×10⁶ cells): a minor (major) deviation. Say why, or correct cells or weight.",
}
"""Sentences that the code puts together."""
HEAD = """# Edit checks

Made by `python packaging/edit_checks.py`; not edited by hand. A test fails when it is not current.

**refuse** is not stored; **ask** is stored with a justification; **info** is shown only. What says
"deviation" is recorded as one when stored. In braces stand values.

"""
DATA = """## Across fields: data

`resources/codelists/cross_checks.toml`, evaluated by `study/checks/comparisons.py`
([ADR 0026](../adr/0026-cross-field-checks-as-data.md)). A protocol may override the numbers:
`[parameters."id"]`. A check is left out while a value that it stands on is unknown or refused.

| id | told at | kind | numbers | level | what it says | source |
|---|---|---|---|---|---|---|
"""
REST = """
## Code

Why each stays code stands in the head of `study/checks/comparisons.py`.

| id | module | level | what it says | source |
|---|---|---|---|---|
"""
ELSEWHERE = """
## Elsewhere

What clinical rules, section 9, ask for and no edit check does:

- ranges by laboratory, sex, age and date: `study/analytes.py`, from the catalogue of analytes;
- a SLEDAI-2K item against the laboratory: `clinical/sledai.py` (`contradictions`), shown beside the
  score and as a flag;
- an entered eGFR against the recomputed one: there is none, an eGFR is computed and never typed.
"""


@dataclass(frozen=True)
class Coded:
    """A check found in the code."""

    id: str
    module: str
    level: str
    says: str


def main(arguments: list[str]) -> int:
    """Write the page, or check that it is current."""
    wanted = page()
    current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted
    if "--check" in arguments:
        if not current:
            print(f"stale: {PAGE.name}\nRun: python packaging/edit_checks.py")
        return 0 if current else 1
    PAGE.write_text(wanted, encoding="utf-8", newline="\n")
    return 0


def page() -> str:
    """Return the whole page."""
    data = groupby(CROSS_CHECKS, key=lambda check: check.id)
    rows = [_data_row(list(checks)) for _, checks in data]
    return HEAD + DATA + "".join(rows) + REST + "".join(_code_rows()) + ELSEWHERE


def _data_row(checks: list[CrossCheck]) -> str:
    one = checks[0]
    places = ", ".join(f"{check.form}.{check.item}" for check in checks)
    numbers = ", ".join(f"{name} {value:.5g}" for name, value in one.numbers.items())
    return _row(f"`{one.id}`", places, one.kind, numbers, one.level, one.says, one.source)


def _code_rows() -> Iterator[str]:
    found = sorted(coded(), key=lambda one: one.id)
    lacking = sorted({one.id for one in found} ^ set(SOURCES))
    if lacking:
        sys.exit(f"No source, or no check, for: {', '.join(lacking)}. Mend SOURCES here.")
    for name, group in groupby(found, key=lambda one: one.id):
        same = list(group)
        levels = " or ".join(dict.fromkeys(one.level for one in same))
        says = " / ".join(dict.fromkeys(SAID.get(name, one.says) for one in same))
        yield _row(f"`{name}`", same[0].module, levels, says, SOURCES[name])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def coded() -> Iterator[Coded]:
    """Find every check that the code reports, in the order of modules and lines."""
    for path in sorted(CODE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            if isinstance(function, ast.Attribute) and function.attr in LEVELS:
                if len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                    level, says = LEVELS[function.attr], node.args[SENTENCE_AT[function.attr]]
                    yield Coded(str(node.args[1].value), path.stem, level, _sentence(says))
            elif isinstance(function, ast.Name) and function.id == "_Words":
                _, name, level_node, says, *_ = (ast.literal_eval(arg) for arg in node.args)
                level = level_node if level_node in ("refuse", "ask") else LEVELS["deviate"]
                yield Coded(name, path.stem, level, says)


def _sentence(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        function = FUNCTIONS[node.func.id]
        given = [one.value for one in node.keywords if isinstance(one.value, ast.Constant)]
        sides = [bool(one.value) for one in given] or [True, False]
        return " / ".join(function(below) for below in sides)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
