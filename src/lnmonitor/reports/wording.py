"""Values, forms and records in words, for every document: decoded, with unit, nothing shortened."""

from __future__ import annotations

from collections.abc import Iterable

from lnmonitor.i18n import translator
from lnmonitor.language import Language
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.codelists import codelist, decode
from lnmonitor.study.forms import FORMS, LabResult, Visit
from lnmonitor.study.items import Form, Kind, Missing
from lnmonitor.study.records import Record

_MISSING = {
    Missing.ND.value: "not done",
    Missing.UNK.value: "unknown",
    Missing.NA.value: "not applicable",
}


def form_title(code: str, language: Language) -> str:
    """Return a form's title, its code where there is no such form."""
    form = FORMS.get(code)
    return form.title.in_(language) if form else code


def item_label(code: str, name: str, language: Language) -> str:
    """Return an item's label, its name where the form has no such item."""
    form = FORMS.get(code)
    return form.label(name, language) if form and name in form.items() else name


def value_words(record: Record[Form], name: str, language: Language) -> str:
    """Return an item's value with its unit, or why there is none; empty where nothing is said."""
    if name in record.missing:
        return missing_words(record.missing[name], language)
    value = record.form.get(name)
    if value is None:
        return ""
    unit = type(record.form).items()[name].item.unit
    words = raw_words(record.form.code, name, value, language)
    if name == "text" and isinstance(record.form, LabResult):
        words = _result_in_words(record.form, language)
    return f"{words} {translator(language).text(unit)}" if unit else words


def _result_in_words(form: LabResult, language: Language) -> str:
    analyte = ANALYTES.get(form.analyte or "")
    codes = analyte.codes if analyte else ""
    return decode(codes, form.text, language) if codes else form.text or ""


def raw_words(code: str, name: str, value: object, language: Language) -> str:
    """Return a stored value, or what the trail tells of one, as words.

    A code is decoded, a number has all of its digits.
    """
    form = FORMS.get(code)
    field = form.items().get(name) if form else None
    if field is None:
        return str(value)
    if field.item.codes:
        known = codelist(field.item.codes).get(_number(value))
        return known.text.in_(language) if known else missing_words(str(value), language)
    if field.kind is Kind.TEXT:
        return str(value)
    if str(value) in _MISSING:  # the trail tells a reason for no value in the value's place
        return missing_words(str(value), language)
    if field.kind in (Kind.NUMBER, Kind.INTEGER):
        return _number(value)
    return str(value).replace("T", " ")


def _number(value: object) -> str:
    """Return a number's digits, `85` for 85.0; another text as it is."""
    try:
        return f"{float(str(value)):.15g}"
    except ValueError:
        return str(value)


def pairs(values: Iterable[tuple[str, str]], language: Language) -> str:
    """Return labels with their words, one after the other, with the language's own signs."""
    colon, stop = ("：", "；") if language == "zh" else (": ", "; ")
    return stop.join(f"{label}{colon}{words}" for label, words in values)


def listed(words: Iterable[str], language: Language) -> str:
    """Return words of a list, with the language's own comma."""
    return ("、" if language == "zh" else ", ").join(words)


def missing_words(code: str, language: Language) -> str:
    """Return why there is no value, code and words."""
    words = _MISSING.get(code)
    return f"{code}, {translator(language).text(words)}" if words else code


def record_name(record: Record[Form], language: Language) -> str:
    """Return what tells a record of a log from the others: what its first answered item says."""
    names = type(record.form).items()
    return next(filter(None, (value_words(record, name, language) for name in names)), "–")


def visit_words(visit: Visit) -> str:
    """Return a visit's code and date."""
    return " ".join(filter(None, (visit.visit_code, visit.visit_date))) or "–"
