"""Evaluates the cross-field checks of the catalogue (`study.cross_checks`): one function a kind.

**Data** is what compares values that stand in forms: sums, products, ratios, limits together, a
change since the last value, order of dates and numbers, days apart, answers that cannot stand
together. Such a check, its number and its sentence change without a line of code.

**Code** is what a comparison of values does not say:

- `items`: what each item's own definition asks for (type, code, date, limits, presence) and
  `laboratory` for an analyte (unit, limits, levels): the data are the items and the analytes;
- `visits`: the windows of the schedule, visits of the protocol, once only (`laboratory`, `infusion`
  too); they ask the protocol and the schedule, and some make deviations;
- `infusion`: dose and product arithmetic is a clinical rule with parameters of its own;
- `drugs`: doses a day with their units and frequencies; limits are data in drugs.toml;
- `events`: seriousness and death, several answers against each other with one of them to be named;
- `subject`: age from a partial date of birth, eligibility as a deviation;
- `scores`: the windows that SLEDAI-2K has; the laboratory against its items is `analysis`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property

from lnmonitor.clinical.criteria import above, at_least, at_most, below
from lnmonitor.errors import InputError
from lnmonitor.study.analytes import convert
from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.cross_checks import CrossCheck, Operand, Origin, Type, checks_of
from lnmonitor.study.dates import Order, compare, earliest, exact
from lnmonitor.study.forms import FORMS, LabResult
from lnmonitor.study.items import Form
from lnmonitor.study.schedule import death_date

Value = str | float | None
Found = Mapping[str, object] | None
"""What a finding's sentence shows beside the values; None where there is nothing to say."""
_OWN, _PATIENT, _ANALYTE = Origin.OWN, Origin.PATIENT, Origin.ANALYTE
_DEATH, _VISIT, _DATE = Origin.DEATH, Origin.VISIT, Type.DATE


def compare_values(context: Context[Form], report: Reporter) -> None:
    """Report every check of the catalogue that does not hold for a form.

    A check is left out while an item of the form that it stands on is refused already.
    """
    refused = {found.item for found in report.findings if found.level == "refuse"}
    values = _Values(context)
    for check in checks_of(context.form):
        if not refused or refused.isdisjoint(check.reads):
            _compare(check, values, report)


def _compare(check: CrossCheck, values: _Values, report: Reporter) -> None:
    for operand, wanted in check.when:
        if values.of(operand) != wanted:
            return
    form = values.context.form
    given = [
        getattr(form, operand.item) if operand.origin is _OWN else values.of(operand)
        for operand in check.values
    ]
    if not check.partly and (None in given or "" in given):
        return
    found = _KINDS[check.kind](_Comparison(check, given, values))
    if found is None:
        return
    shown = {
        one.name: _day(value) if one.type is _DATE else value
        for one, value in zip(check.values, given, strict=True)
    }
    label = form.items()[check.item].item.label
    report.tell(check.level, check.item, check.id, check.says, **{"item": label, **shown, **found})


def _day(value: Value) -> str:
    return str(value or "")[: len("2024-07-03")]


class _Values:
    """Finds the values of one form's comparisons; other results are looked up once."""

    def __init__(self, context: Context[Form]) -> None:
        self.context = context

    def of(self, operand: Operand) -> Value:
        """Return a value, None where it is not known."""
        origin = operand.origin
        if origin is _OWN:
            return self.context.form.get(operand.item)
        if origin is _ANALYTE:
            return self._results.get(operand.item)
        if origin is _VISIT:
            visit = self.context.visit
            return visit.form.visit_date if visit else None
        if self.context.data is None:
            return None
        if origin is _DEATH:
            return death_date(self.context.data)
        form = self._other(operand)
        return form.get(operand.item) if form else None

    def _other(self, operand: Operand) -> Form | None:
        form = FORMS[operand.form]
        if operand.origin is _PATIENT:
            record = self.context.data.one(form) if self.context.data else None
            return record.form if record else None
        visit = self.context.visit
        if visit is None:
            return None
        return next((r.form for r in self.context.others(form) if r.visit_id == visit.id), None)

    @cached_property
    def _results(self) -> Mapping[str, float]:
        """Canonical values by analyte: of the same sample for a result, else of the same visit."""
        form, visit = self.context.form, self.context.visit
        sample = form if isinstance(form, LabResult) else None
        own = _canonical(sample) if sample else None
        if own is None if sample else visit is None:
            return {}  # nothing to compare with the others
        visit_id = visit.id if visit else None
        found: dict[str, float] = {}
        for record in self.context.others(LabResult):
            if record.visit_id != visit_id:
                continue
            other = record.form
            together = sample is None or other.collected_on == sample.collected_on
            if together and other.analyte and other.canonical_value is not None:
                found[other.analyte] = other.canonical_value
        if sample and sample.analyte and own is not None:
            found[sample.analyte] = own
        return found

    def before(self, operand: Operand, by: str) -> tuple[date, float] | None:
        """Return day and value of the latest record of this form before this one; no zeros."""
        form = self.context.form
        today = earliest(_text(form.get(by)))
        if today is None:
            return None
        analyte = operand.item if operand.origin is _ANALYTE else None
        name = "canonical_value" if analyte else operand.item
        found: list[tuple[date, str, float]] = []
        for record in self.context.others(type(form)):
            other = record.form
            if analyte and getattr(other, "analyte", None) != analyte:
                continue
            value = getattr(other, name)
            if not value:
                continue
            at = _text(getattr(other, by))
            day = earliest(at)
            if day and day < today:
                found.append((day, at or "", float(value)))
        if not found:
            return None
        day, _, value = max(found)
        return day, value


class _Comparison:
    """One check with its values, and the numbers in force."""

    def __init__(self, check: CrossCheck, values: Sequence[Value], sources: _Values) -> None:
        self.check, self.values, self._sources = check, values, sources

    @property
    def as_numbers(self) -> list[float]:
        """The values, where every one is known."""
        return [float(value) for value in self.values if value is not None]

    @property
    def as_texts(self) -> list[str]:
        """The values, where every one is known."""
        return [str(value) for value in self.values]

    @property
    def before(self) -> tuple[date, float] | None:
        """Day and value of the record before this one."""
        return self._sources.before(self.check.values[0], self.check.by)

    def number(self, name: str) -> float:
        """Return a number of the check, as the protocol has it if it says so."""
        own = self._sources.context.protocol.parameters.get(self.check.id, {})
        return float(own.get(name, self.check.numbers[name]))


def _canonical(form: LabResult) -> float | None:
    if form.analyte is None or form.value is None:
        return None
    try:
        return convert(form.analyte, form.value, form.unit)
    except InputError:
        return None  # refused by the checks of the laboratory


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


# --- the kinds: what the sentence shows, None where the comparison holds -------------------------


def _sum_at_most(one: _Comparison) -> Found:
    *parts, whole = one.values
    if whole is None:
        return None
    total = sum(float(part) for part in parts if part is not None)
    return {"parts": total} if above(total, float(whole) * one.number("factor")) else None


def _product_within(one: _Comparison) -> Found:
    *factors, whole = one.as_numbers
    product = one.number("scale")
    for factor in factors:
        product *= factor
    wrong = above(abs(product - whole), whole * one.number("tolerance"))
    return {"product": round(product, 3)} if wrong else None


def _ratio_within(one: _Comparison) -> Found:
    if not all(one.values):
        return None
    first, second = one.as_numbers
    ratio = first / second
    within = at_least(ratio, one.number("low")) and at_most(ratio, one.number("high"))
    return None if within else {}


def _all_below(one: _Comparison) -> Found:
    limits = [one.number(operand.name) for operand in one.check.values]
    together = all(below(*pair) for pair in zip(one.as_numbers, limits, strict=True))
    return {} if together else None


def _none_reaches(one: _Comparison) -> Found:
    pairs = zip(one.check.values, one.values, strict=True)
    known = [
        (float(value), one.number(operand.name)) for operand, value in pairs if value is not None
    ]
    if not known or not all(below(value, least) for value, least in known):
        return None
    return {"value": known[0][0]}


def _change_beyond(one: _Comparison) -> Found:
    before = one.before
    if before is None:
        return None
    day, previous = before
    changed = above(abs(one.as_numbers[0] / previous - 1), one.number("limit"))
    return {"previous": previous, "day": day} if changed else None


def _days_apart(one: _Comparison) -> Found:
    first, second = (exact(text) for text in one.as_texts)
    if first is None or second is None:
        return None
    days = abs((first - second).days)
    return {"days": days} if days > one.number("limit") else None


def _in_order(one: _Comparison) -> Found:
    if one.check.values[0].type is _DATE:
        return {} if compare(*one.as_texts) is Order.AFTER else None
    first, second = one.as_numbers
    return {} if first > second else None


def _strictly_below(one: _Comparison) -> Found:
    first, second = one.as_numbers
    return {} if first >= second else None


def _ticks_agree(one: _Comparison) -> Found:
    tick, *others = one.values
    alone = tick == "Y" and all(other == "N" for other in others)
    absent = tick == "N" and "Y" in others
    return {} if alone or absent else None


def _never(_: _Comparison) -> Found:
    return {}


_KINDS: Mapping[str, Callable[[_Comparison], Found]] = {
    "sum_at_most": _sum_at_most,
    "product_within": _product_within,
    "ratio_within": _ratio_within,
    "all_below": _all_below,
    "none_reaches": _none_reaches,
    "change_beyond": _change_beyond,
    "days_apart": _days_apart,
    "in_order": _in_order,
    "strictly_below": _strictly_below,
    "ticks_agree": _ticks_agree,
    "never": _never,
}
