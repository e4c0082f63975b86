"""Sentences for results: why a rule said what it said, in English or Chinese.

The wordings lie in `resources/i18n/reasons.toml`, one entry for each reason code; inputs are named
as the forms and the catalogue of analytes name them. A test collects every code that the clinical
rules and the flags can emit and fails on one without its sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lnmonitor.analysis.model import Flag, GfrStage, Refused, SledaiLabCheck
from lnmonitor.analysis.wording import (
    EQUATION_NAMES,
    UNIT_NAMES,
    number,
    printed_date,
    rule_set_name,
    span,
)
from lnmonitor.clinical.bilag import BilagGrade, BilagTotal
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.clinical.flare import FlareFinding
from lnmonitor.clinical.gfr import EgfrResult
from lnmonitor.clinical.infusion import InfusionCheck
from lnmonitor.clinical.response import ResponseResult
from lnmonitor.clinical.results import Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.clinical.steroids import MG_EQUAL_TO_PREDNISONE_5, SteroidDose
from lnmonitor.language import Language, Text
from lnmonitor.resources import read_toml
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import Bilag2004, Sledai2K

_FILE = ("i18n", "reasons.toml")
_DATES = frozenset({"date", "first", "last"})
_NAMES = frozenset({"item", "cause", "proposed"})
_CODED = {"unit": UNIT_NAMES, "equation": EQUATION_NAMES}
_ROUNDING = 4
"""Significant digits of a printed number."""


@dataclass(frozen=True)
class Line:
    """One criterion: what it asks (`text`) and the numbers it was decided on (`detail`)."""

    text: str
    detail: str = ""
    record_ids: tuple[str, ...] = ()
    """Records that this line alone stands on; a flag's evidence is its own `record_ids`."""


@dataclass(frozen=True)
class Explanation:
    """An explained result: the explain pane's and the documents' content."""

    title: str
    sentence: str
    met: tuple[Line, ...]
    not_met: tuple[Line, ...]
    missing: tuple[Line, ...]
    rule_line: str
    citation: str


def explain(result: Outcome | Flag, language: Language) -> Explanation:
    """Explain a rule's result or a flag in a language."""
    if isinstance(result, Flag):
        kind, title = _flag_kind(result.kind), result.title.in_(language)
        sentence = _words("sentence", kind, language)
    else:
        kind, title = _title(result, language)
        sentence = _sentence(result, kind, language)
    missing = () if isinstance(result, Flag) else result.missing
    lines = [(reason.met, reason_line(reason, language)) for reason in result.reasons]
    return Explanation(
        title=title,
        sentence=sentence,
        met=tuple(line for met, line in lines if met is Truth.YES),
        not_met=tuple(line for met, line in lines if met is Truth.NO),
        missing=(
            *(line for met, line in lines if met is Truth.UNKNOWN),
            *_missing(result.reasons, missing, language),
        ),
        rule_line=_rule_line(result.rule, language),
        citation="; ".join(citation.text for citation in result.rule.citations),
    )


def reason_text(reason: Reason, language: Language) -> str:
    """Return one reason as a line with its numbers."""
    line = reason_line(reason, language)
    colon = "：" if language == "zh" else ": "
    return f"{line.text}{colon}{line.detail}" if line.detail else line.text


def reason_line(reason: Reason, language: Language) -> Line:
    """Return a reason's criterion and numbers; a code without a wording names item and value."""
    values = _Values(reason.values, language)
    wording: Mapping[str, str] | None = read_toml(*_FILE)["reason"].get(reason.code)
    if wording is None:
        return Line(item_name(str(reason.values.get("item", reason.code)), language), values.plain)
    detail = wording.get(f"detail_{language}", "")
    return Line(
        _tidy(wording[language].format_map(values)),
        _tidy(detail.format_map(values)) if detail else "",
    )


def item_name(code: str, language: Language) -> str:
    """Return the name of an input of a rule, also of "<input>_previous" and "<input>_baseline"."""
    known: Mapping[str, list[str]] = read_toml(*_FILE)["item"]
    if code in known:
        return _pick(known[code], language)
    for ending, word in (("_previous", "previous_of"), ("_baseline", "baseline_of")):
        if code.endswith(ending):
            item = item_name(code.removesuffix(ending), language)
            return _words("word", word, language).format(item=item)
    for form in (Sledai2K, Bilag2004):
        if code in form.items():
            return form.label(code, language)
    if code in ANALYTES:
        return ANALYTES[code].name.in_(language)
    if code in MG_EQUAL_TO_PREDNISONE_5:
        return decode("GCDRUG", code.upper(), language)
    return code


class _Values(dict[str, str]):
    """The printed values of a reason; a key that is absent or None prints as "not known"."""

    def __init__(self, values: Mapping[str, Scalar], language: Language) -> None:
        super().__init__()
        self._language = language
        for key, value in values.items():
            self[key] = self._printed(key, value)

    def __missing__(self, key: str) -> str:
        return _words("word", "not_known", self._language)

    def _printed(self, key: str, value: Scalar) -> str:
        if value is None:
            return "" if key == "unit" else self.__missing__(key)
        if isinstance(value, bool):
            return _words("word", "yes" if value else "no", self._language)
        if isinstance(value, int | float):
            return printed_number(value)
        return self._word(key, value)

    def _word(self, key: str, value: str) -> str:
        if key in _CODED:
            return _CODED[key].get(value, value)
        if key in _DATES:
            return printed_date(value).in_(self._language)
        if key not in _NAMES:
            return value
        words: Mapping[str, list[str]] = read_toml(*_FILE)["word"]
        if value in words:
            return _pick(words[value], self._language)
        return item_name(value, self._language)

    @property
    def plain(self) -> str:
        """Value and unit, for a code without a wording."""
        return _tidy(f"{self['value']} {self.get('unit', '')}") if "value" in self else ""


def printed_number(value: float) -> str:
    """Return a number with up to four significant digits, large ones whole with powers of ten."""
    if abs(value) >= 1e6:
        return f"{printed_number(value / 1e6)} ×10⁶"
    if abs(value) >= 10 ** (_ROUNDING - 1):
        return number(value, 0)
    return f"{value:.{_ROUNDING}g}".replace("-", "−")


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _pick(pair: list[str], language: Language) -> str:
    return Text(*pair).in_(language)


def _words(table: str, key: str, language: Language) -> str:
    return _pick(read_toml(*_FILE)[table][key], language)


def _flag_kind(kind: str) -> str:
    """Return the entry of `sentence` for a kind of flag, by its first part where it has none."""
    sentences = read_toml(*_FILE)["sentence"]
    if kind in sentences:
        return kind
    family = kind.split(".", maxsplit=1)[0]
    return {"ctcae": "ctcae_flag"}.get(family, family)


def _missing(
    reasons: tuple[Reason, ...], names: tuple[str, ...], language: Language
) -> Iterator[Line]:
    """Name the absent inputs that no open reason names already."""
    told = {reason.values.get("item") for reason in reasons if reason.met is Truth.UNKNOWN}
    for name in names:
        if name not in told:
            yield Line(item_name(name, language), _words("word", "not_known", language))


def _rule_line(rule: Rule, language: Language) -> str:
    head = _words("word", "rule", language).format(rule=rule.id, version=rule.version)
    standing = _words("word", "published" if rule.verified else "parameter", language)
    return f"{head}，{standing}。" if language == "zh" else f"{head}, {standing}."


def _sentence(result: Outcome, kind: str, language: Language) -> str:
    parts = [_words("sentence", kind, language)]
    if isinstance(result, SledaiScore):
        count = len(result.missing)
        word = "missing_count" if count else "complete"
        parts.append(_words("word", word, language).format(count=count))
    if isinstance(result, BilagGrade) and result.provisional:
        parts.append(_words("word", "provisional", language))
    return ("" if language == "zh" else " ").join(part for part in parts if part)


def _title(result: Outcome, language: Language) -> tuple[str, str]:
    """Return the kind of a result and its title."""
    kind, values = _described(result, language)
    return kind, _words("title", kind, language).format(**values)


def _described(  # noqa: PLR0911 - one answer for each kind of result
    result: Outcome, language: Language
) -> tuple[str, dict[str, Any]]:
    unknown = _words("word", "not_known", language)
    if isinstance(result, SledaiScore):
        exact = result.score is not None
        shown = f"{result.score}" if exact else span(result.low, result.high)
        names = {"renal-sledai": "Renal SLEDAI", "clinical-sledai": "Clinical SLEDAI"}
        return "sledai", {"name": names.get(result.rule.id, "SLEDAI-2K"), "score": shown}
    if isinstance(result, BilagGrade):
        letter = result.grade.value if result.grade else unknown
        return "bilag", {"system": item_name(result.system, language), "grade": letter}
    if isinstance(result, BilagTotal):
        return "bilag_total", {"score": unknown if result.total is None else result.total}
    if isinstance(result, EgfrResult):
        value = unknown if result.value is None else number(result.value, 0)
        name = EQUATION_NAMES.get(result.equation_id, result.equation_id)
        return "egfr", {"equation": name, "value": value, "unit": result.unit}
    if isinstance(result, GfrStage):
        return "stage", {"stage": result.stage or unknown}
    if isinstance(result, ResponseResult):
        word = _words("title", result.response.name, language)
        rule = rule_set_name(result.rule.id.removeprefix("response-")).in_(language)
        return "response", {"response": word, "rule": rule}
    if isinstance(result, FlareFinding):
        return "flare", {"status": _words("title", result.status, language)}
    if isinstance(result, CtcaeGrade):
        grade = span(result.low, result.high) if result.grade is None else f"{result.grade}"
        return "ctcae", {"term": result.term, "grade": grade}
    if isinstance(result, InfusionCheck):
        dose, percent = result.given_dose_per_kg, result.deviation_percent
        return "infusion", {
            "dose": unknown if dose is None else number(dose / 1e6, 3),
            "percent": unknown if percent is None else number(percent, 1),
        }
    if isinstance(result, SteroidDose):
        return "steroids", {"dose": printed_number(result.mg_per_day)}
    kinds = {Refused: "refused", SledaiLabCheck: "sledai_check"}
    return kinds.get(type(result), "other"), {"rule": result.rule.id}
