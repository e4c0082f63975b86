"""Sentences for results: why a rule said what it said, in English or Chinese.

The wordings lie in `resources/i18n/reasons.toml`, one entry for each reason code; inputs are named
as the forms and the catalogue of analytes name them. A test collects every code that the clinical
rules and the flags can emit and fails on one without its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from lnmonitor.analysis.model import (
    Flag,
    GfrStage,
    KidneyRisk,
    ProteinReading,
    ProteinStage,
    Refused,
    SledaiBand,
    SledaiLabCheck,
    Undetermined,
)
from lnmonitor.analysis.wording import (
    EQUATION_NAMES,
    number,
    printed_date,
    rule_set_name,
    same,
    span,
    unit_name,
)
from lnmonitor.clinical import flare
from lnmonitor.clinical.bilag import BilagGrade, BilagTotal
from lnmonitor.clinical.bilag_flare import BilagFlare, BsrBand
from lnmonitor.clinical.ctcae import CtcaeGrade
from lnmonitor.clinical.flare import FlareFinding, Undecided
from lnmonitor.clinical.gfr import EgfrResult
from lnmonitor.clinical.infusion import InfusionCheck
from lnmonitor.clinical.low_activity import ActivityState
from lnmonitor.clinical.responder import Responder
from lnmonitor.clinical.response import ResponseResult
from lnmonitor.clinical.response_course import CourseResponse
from lnmonitor.clinical.results import Outcome, Reason, Rule, Scalar, Truth
from lnmonitor.clinical.safety import Reportability
from lnmonitor.clinical.selena_flare import SfiFlare
from lnmonitor.clinical.sledai import SledaiScore
from lnmonitor.clinical.steroids import MG_EQUAL_TO_PREDNISONE_5, SteroidDose
from lnmonitor.clinical.taper import Taper
from lnmonitor.clinical.urine_collection import CollectionCheck
from lnmonitor.language import Language, Text
from lnmonitor.resources import read_toml
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.codelists import decode
from lnmonitor.study.forms import Bilag2004, Sledai2K
from lnmonitor.study.rule_parameters import defaults_of

_FILE = ("i18n", "reasons.toml")
_PARAMETERS = ("i18n", "parameters.toml")
_NAMES = frozenset({"item", "cause", "proposed", "band", "change"})
_LIMITS = frozenset({"operator", "limit"})
_CODED: Mapping[str, Callable[[str], Text]] = {
    "unit": unit_name,
    "equation": lambda value: same(EQUATION_NAMES.get(value, value)),
    "date": printed_date,
    "first": printed_date,
    "last": printed_date,
}
_CLINICAL_GRADES = frozenset({"ctcae.reading", "ctcae.clinical", "ctcae.general"})
"""Criteria of grades that more than a laboratory value decides."""
_ENDINGS = {
    "_previous": "previous_of",
    "_baseline": "baseline_of",
    "_in_remission": "remission_of",
}
_SCORE_NAMES = {
    "renal-sledai": Text("Renal SLEDAI", "肾脏 SLEDAI"),
    "clinical-sledai": Text("Clinical SLEDAI", "临床 SLEDAI"),
    "selena-sledai": same("SELENA-SLEDAI"),
}
_INDEX_NAMES = {"lldas": "LLDAS", "doris-2021": "DORIS 2021", "sri-4": "SRI-4", "bicla": "BICLA"}
_ROUNDING = 4
"""Significant digits of a printed number."""


@dataclass(frozen=True)
class Line:
    """One criterion: what it asks (`text`) and the numbers it was decided on (`detail`)."""

    text: str
    detail: str = ""
    item: str = ""
    """The input it is about, as the rule names it: `analysis.sources` leads from it."""


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
    facts: tuple[Line, ...] = ()
    """Numbers that are neither met nor not: of a cohort's table."""
    parameters: str = ""
    """The rule's parameters in force, as one line; empty where it has none."""

    @property
    def source(self) -> tuple[str, ...]:
        """Return what the result stands on: the rule, its parameters, where it was published."""
        return tuple(filter(None, (self.rule_line, self.parameters, self.citation)))


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
        parameters=parameters_told(result.rule, language),
    )


def decisive(explanation: Explanation, most: int = 2) -> tuple[Line, ...]:
    """Return what decided a result: first what is not met or missing, else what is met."""
    return (*explanation.not_met, *explanation.missing)[:most] or explanation.met[:most]


def answer(result: Outcome | None, language: Language) -> str:
    """Return what a response or flare rule says in a word or two; None is a flare not found."""
    if result is None:
        return _words("word", "not_met", language)
    if isinstance(result, ResponseResult):
        return _words("title", result.response.name, language)
    if isinstance(result, FlareFinding):
        return _flare_words(result, language)
    if isinstance(result, Undecided):
        return _words("word", "undecided", language)
    if isinstance(result, BilagFlare):
        return _bilag_flare_words(result, language)
    return _title(result, language)[1]


def stored_word(value: str, language: Language) -> str:
    """Return a stored result as read: words of answers and bands in the language, else itself."""
    found = read_toml(*_FILE)
    for table, key in (("answer", value), ("word", f"band_{value}")):
        if key in found[table]:
            return _pick(found[table][key], language)
    return value


def reason_text(reason: Reason, language: Language) -> str:
    """Return one reason as a line with its numbers."""
    line = reason_line(reason, language)
    colon = "：" if language == "zh" else ": "
    return f"{line.text}{colon}{line.detail}" if line.detail else line.text


def reason_line(reason: Reason, language: Language) -> Line:
    """Return a reason's criterion and numbers; a code without a wording names item and value."""
    values, item = _Values(reason.values, language), str(reason.values.get("item") or "")
    wording: Mapping[str, str] | None = read_toml(*_FILE)["reason"].get(reason.code)
    if wording is None:
        name = item_name(str(reason.values.get("item", reason.code)), language)
        return Line(name, values.plain, item=item)
    detail = wording.get(f"detail_{language}", "")
    return Line(
        _tidy(wording[language].format_map(values)),
        _tidy(detail.format_map(values)) if detail else "",
        item=item,
    )


def item_name(code: str, language: Language) -> str:
    """Return the name of an input of a rule, also of one before, in remission or at baseline."""
    known: Mapping[str, list[str]] = read_toml(*_FILE)["item"]
    if code in known:
        return _pick(known[code], language)
    for ending, word in _ENDINGS.items():
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
    return ctcae_term(code).in_(language)


def ctcae_term(term: str) -> Text:
    """Return a CTCAE term with its Chinese name; as it stands where there is none, or typed."""
    known: Mapping[str, str] = read_toml(*_FILE)["ctcae_term"]
    return Text(term, known.get(term, term))


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
            return _CODED[key](value).in_(self._language)
        if key in _LIMITS:
            return value.replace("<=", "≤").replace(">=", "≥")
        if key not in _NAMES:
            return value
        words: Mapping[str, list[str]] = read_toml(*_FILE)["word"]
        if value in words:
            return _pick(words[value], self._language)
        parts = value.split(", ")
        names = [item_name(part, self._language) for part in parts]
        between = "、" if self._language == "zh" and names != parts else ", "
        return between.join(names)

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
            yield Line(item_name(name, language), _words("word", "not_known", language), item=name)


def _rule_line(rule: Rule, language: Language) -> str:
    head = _words("word", "rule", language).format(rule=rule.id, version=rule.version)
    kind = "parameter" if rule.parameters or not rule.citations else "unverified"
    standing = _words("word", "published" if rule.verified else kind, language)
    return f"{head}，{standing}。" if language == "zh" else f"{head}, {standing}."


def parameters_told(rule: Rule, language: Language) -> str:
    """Return the parameters in force as one line, empty for a rule without any.

    Where the protocol has its own, the default stands beside it.
    """
    if not rule.parameters:
        return ""
    known: Mapping[str, list[str]] = read_toml(*_PARAMETERS)["parameter"]
    defaults, told = defaults_of(rule.id), []
    for name, value in rule.parameters.items():
        told.append(_pick(known[name], language).format(value=_option(value, language)))
        if defaults.get(name, value) != value:
            default = _option(defaults[name], language)
            told[-1] += _words("word", "default", language).format(value=default)
    between, stop = ("；", "。") if language == "zh" else ("; ", ".")
    head = _words("word", "parameters", language)
    return f"{head}{between.join(told)}{stop}"


def _option(value: Scalar, language: Language) -> str:
    words: Mapping[str, list[str]] = read_toml(*_PARAMETERS)["option"]
    if isinstance(value, str) and value in words:
        return _pick(words[value], language)
    return _Values({"limit": value}, language)["limit"]


def _sentence(result: Outcome, kind: str, language: Language) -> str:
    parts = [_words("sentence", kind, language)]
    if isinstance(result, SledaiScore):
        count = len(result.missing)
        word = "missing_count" if count else "complete"
        parts.append(_words("word", word, language).format(count=count))
    if isinstance(result, BilagGrade) and result.provisional:
        parts.append(_words("word", "provisional", language))
    if isinstance(result, FlareFinding):
        parts += _about_flare(result, language)
    return ("" if language == "zh" else " ").join(part for part in parts if part)


def _about_flare(result: FlareFinding, language: Language) -> Iterator[str]:
    """Say what the definition asks for besides, and of whom its flare rate is a share."""
    confirms = "confirm_min_days" in result.rule.parameters
    yield _words("word", "second_sample" if confirms else "one_sample", language)
    rule_sets = {one.rule.id: one for one in flare.RULE_SETS.values()}
    if result.rule.id in rule_sets:
        yield _words("word", f"share_of_{rule_sets[result.rule.id].denominator}", language)


def _title(result: Outcome, language: Language) -> tuple[str, str]:
    """Return the kind of a result and its title."""
    kind, values = _described(result, language)
    return kind, _words("title", kind, language).format(**values)


Described = tuple[str, dict[str, Any]]
"""Entry of `title` and `sentence`, and the values of the title's placeholders."""


@singledispatch
def _described(result: Outcome, _language: Language) -> Described:
    kinds = {
        Refused: "refused",
        SledaiLabCheck: "sledai_check",
        Undecided: "flare_undecided",
        Undetermined: "undetermined",
    }
    return kinds.get(type(result), "other"), {"rule": result.rule.id}


def _unknown(language: Language) -> str:
    return _words("word", "not_known", language)


@_described.register
def _(result: SledaiScore, language: Language) -> Described:
    shown = f"{result.score}" if result.score is not None else span(result.low, result.high)
    name = _SCORE_NAMES.get(result.rule.id, same("SLEDAI-2K")).in_(language)
    return "sledai", {"name": name, "score": shown}


@_described.register
def _(result: SledaiBand, language: Language) -> Described:
    words = (result.band, result.change)
    said = [_words("word", f"band_{word}", language) for word in words if word is not None]
    comma = "，" if language == "zh" else ", "
    return "sledai_band", {"band": comma.join(said) or _unknown(language)}


@_described.register
def _(result: SfiFlare, language: Language) -> Described:
    return "sfi", {"severity": _words("word", f"flare_{result.severity or 'open'}", language)}


def _bilag_flare_words(result: BilagFlare, language: Language) -> str:
    """Return the level of a BILAG flare, or that only the level is open."""
    level = result.severity or ("certain" if result.flare is Truth.YES else "open")
    return _words("word", f"flare_{level}", language)


@_described.register
def _(result: BilagFlare, language: Language) -> Described:
    name = rule_set_name(result.rule.id.removeprefix("bilag-flare-")).in_(language)
    return "bilag_flare", {"rule": name, "severity": _bilag_flare_words(result, language)}


@_described.register
def _(result: BsrBand, language: Language) -> Described:
    return "bilag_band", {"band": _words("word", f"band_{result.band or 'open'}", language)}


@_described.register
def _(result: Reportability, language: Language) -> Described:
    values = {"answer": _words("answer", result.susar.value, language)}
    if result.report_due is None:
        return "susar", values
    values["due"] = printed_date(result.report_due.isoformat()).in_(language)
    return "susar_due", values


@_described.register
def _(result: BilagGrade, language: Language) -> Described:
    letter = result.grade.value if result.grade else _unknown(language)
    return "bilag", {"system": item_name(result.system, language), "grade": letter}


@_described.register
def _(result: BilagTotal, language: Language) -> Described:
    return "bilag_total", {"score": _unknown(language) if result.total is None else result.total}


@_described.register
def _(result: EgfrResult, language: Language) -> Described:
    value = _unknown(language) if result.value is None else number(result.value, 0)
    name = EQUATION_NAMES.get(result.equation_id, result.equation_id)
    return "egfr", {"equation": name, "value": value, "unit": result.unit}


@_described.register
def _(result: GfrStage, language: Language) -> Described:
    return "stage", {"stage": result.stage or _unknown(language)}


@_described.register
def _(result: ProteinStage, language: Language) -> Described:
    return "protein_stage", {"stage": result.stage or _unknown(language)}


@_described.register
def _(result: KidneyRisk, language: Language) -> Described:
    word = f"risk_{result.risk or 'unknown'}".replace(" ", "_")
    return "risk", {"risk": _words("word", word, language)}


@_described.register
def _(result: ProteinReading, language: Language) -> Described:
    value = _unknown(language) if result.value is None else printed_number(result.value)
    return "protein", {"value": value, "unit": result.unit}


@_described.register
def _(result: CollectionCheck, language: Language) -> Described:
    return "collection", {"answer": _words("answer", result.complete.value, language)}


@_described.register
def _(result: ResponseResult, language: Language) -> Described:
    word = _words("title", result.response.name, language)
    rule = rule_set_name(result.rule.id.removeprefix("response-")).in_(language)
    return "response", {"response": word, "rule": rule}


def _flare_words(result: FlareFinding, language: Language) -> str:
    """Return status and, by the one definition that grades, the grade."""
    words = [_words("title", result.status, language)]
    words += [_words("title", result.grade, language)] if result.grade else []
    return ("，" if language == "zh" else ", ").join(words)


@_described.register
def _(result: FlareFinding, language: Language) -> Described:
    return "flare", {"status": _flare_words(result, language)}


@_described.register
def _(result: ActivityState, language: Language) -> Described:
    name = _INDEX_NAMES.get(result.rule.id, result.rule.id)
    return "state", {"name": name, "answer": _words("answer", result.met.value, language)}


@_described.register
def _(result: Responder, language: Language) -> Described:
    name = _INDEX_NAMES.get(result.rule.id, result.rule.id)
    return "index", {"name": name, "answer": _words("answer", result.met.value, language)}


@_described.register
def _(result: CourseResponse, language: Language) -> Described:
    return "year", {"answer": _words("answer", result.response.name, language)}


@_described.register
def _(result: CtcaeGrade, language: Language) -> Described:
    grade = span(result.low, result.high) if result.grade is None else f"{result.grade}"
    proposed = any(reason.code in _CLINICAL_GRADES for reason in result.reasons)
    return "ctcae_proposed" if proposed else "ctcae", {
        "term": ctcae_term(result.term).in_(language),
        "grade": grade,
    }


@_described.register
def _(result: InfusionCheck, language: Language) -> Described:
    dose, percent = result.given_dose_per_kg, result.deviation_percent
    return "infusion", {
        "dose": _unknown(language) if dose is None else number(dose / 1e6, 3),
        "percent": _unknown(language) if percent is None else number(percent, 1),
    }


@_described.register
def _(result: SteroidDose, _language: Language) -> Described:
    return "steroids", {"dose": printed_number(result.mg_per_day)}


@_described.register
def _(result: Taper, _language: Language) -> Described:
    start, now = printed_number(result.dose_day_0), printed_number(result.dose)
    return "taper", {"dose": now, "before": start}
