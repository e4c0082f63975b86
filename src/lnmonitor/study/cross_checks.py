"""The catalogue of cross-field checks: what two or more values must be to each other, as data.

Read from `resources/codelists/cross_checks.toml`, whose head says what each key means, and refused
as a whole where it names what does not exist. `study.checks.comparisons` evaluates it. It stands
outside that package because the protocol, on which the package rests, overrides its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from string import Formatter
from typing import Any, Literal, get_args

from lnmonitor.errors import InputError
from lnmonitor.resources import read_toml
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.forms import FORMS, LabResult
from lnmonitor.study.items import Form, ItemField, Kind, Scope

Level = Literal["refuse", "ask", "info"]
AT_ITEM, DEATH, VISIT = "@item", "@death", "@visit"
_RESULT_ITEMS = frozenset({"value", "unit"})
_DATES = (Kind.DATE, Kind.PARTIAL_DATE, Kind.DATETIME)
_KEYS = {"at", "kind", "values", "numbers", "when", "by", "level", "says", "source"}
_EACH_VALUE = "each value"


class CrossCheckError(InputError):
    """The catalogue names what does not exist, or leaves out what it needs."""


class Origin(Enum):
    """Where a value comes from."""

    OWN = "own"  # the form that is checked
    PATIENT = "patient"  # another form, once for a patient
    BESIDE = "beside"  # another form of the same visit
    ANALYTE = "analyte"
    DEATH = DEATH
    VISIT = VISIT


class Type(Enum):
    """What can be compared with what."""

    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    TEXT = "text"


@dataclass(frozen=True)
class Operand:
    """One value of a comparison: `name` in the sentence, `item` of `form` or code of an analyte."""

    name: str
    origin: Origin
    type: Type
    form: str = ""
    item: str = ""


@dataclass(frozen=True)
class _Kind:
    """What a kind of comparison takes: numbers, types of its values, how many, names it adds.

    `partly`: it says something while not every value is known.
    """

    numbers: tuple[str, ...] = ()
    types: tuple[Type, ...] = (Type.NUMBER,)
    values: tuple[int, int] = (2, 2)
    adds: tuple[str, ...] = ()
    partly: bool = False


_MANY = 99
KINDS: Mapping[str, _Kind] = {
    # all but the last add up to at most factor x the last; a part that is not known counts as 0
    "sum_at_most": _Kind(("factor",), values=(2, _MANY), adds=("parts",), partly=True),
    # scale x all but the last is the last, within a relative tolerance of it
    "product_within": _Kind(("scale", "tolerance"), values=(3, _MANY), adds=("product",)),
    # low <= first / second <= high; nothing is said of a zero
    "ratio_within": _Kind(("low", "high")),
    # not all values together are below the number of their name
    "all_below": _Kind((_EACH_VALUE,), values=(2, _MANY)),
    # of the values that are known one reaches the number of its name
    "none_reaches": _Kind((_EACH_VALUE,), values=(1, _MANY), adds=("value",), partly=True),
    # the value departs from the one before it by at most limit x that one
    "change_beyond": _Kind(("limit",), values=(1, 1), adds=("previous", "day")),
    # two days are at most limit days apart
    "days_apart": _Kind(("limit",), (Type.DATE,), adds=("days",)),
    # the first is not above, or certainly after, the second
    "in_order": _Kind(types=(Type.NUMBER, Type.DATE)),
    # the first is below the second
    "strictly_below": _Kind(),
    # the first is ticked if and only if one of the others is
    "ticks_agree": _Kind(types=(Type.CODE,), values=(2, _MANY), partly=True),
    # what `when` names does not occur
    "never": _Kind(values=(0, 0)),
}
"""The kinds of comparison and what each asks of the data; a finding says that it does not hold."""


@dataclass(frozen=True)
class CrossCheck:
    """One check as it is told at one item; see the head of the file.

    Attributes:
        form, item: where it is told. reads: items of that form it stands on; while one of them is
            refused the comparison is left out.
        when: operand and the code it must have. by: the date item that orders earlier values.
        partly: it says something while not every value is known. analytes: those it compares.
    """

    id: str
    form: str
    item: str
    kind: str
    values: tuple[Operand, ...]
    numbers: Mapping[str, float]
    when: tuple[tuple[Operand, str], ...]
    by: str
    level: Level
    says: str
    source: str
    reads: frozenset[str]
    partly: bool
    analytes: frozenset[str]


def read_checks(content: Mapping[str, Any]) -> tuple[CrossCheck, ...]:
    """Return the checks of a catalogue, one for each item at which one is told.

    Raises:
        CrossCheckError: an unknown form, item, analyte, kind, level, number or key, or one missing.
    """
    return tuple(check for name, given in content.items() for check in _checks(name, given))


def _checks(name: str, given: Mapping[str, Any]) -> Iterator[CrossCheck]:
    for key in given:
        _known(name, "key", key, _KEYS)
    for key in ("at", "kind", "level", "says", "source"):
        if not given.get(key):
            raise _refusal(name, f"{key} is missing")
    _known(name, "kind", given["kind"], KINDS)
    _known(name, "level", given["level"], get_args(Level))
    for at in given["at"]:
        yield _check(name, given, at)


def _check(name: str, given: Mapping[str, Any], at: str) -> CrossCheck:
    code, _, item = at.partition(".")
    own = _field(name, code, item)
    values = tuple(
        _operand(name, code, own, called, source)
        for called, source in given.get("values", {}).items()
    )
    when = tuple(
        (_operand(name, code, own, "", source), str(wanted))
        for source, wanted in given.get("when", {}).items()
    )
    by = given.get("by", "")
    check = CrossCheck(
        id=name,
        form=code,
        item=item,
        kind=given["kind"],
        values=values,
        numbers={number: float(value) for number, value in given.get("numbers", {}).items()},
        when=when,
        by=by,
        level=given["level"],
        says=given["says"],
        source=given["source"],
        reads=_reads(code, (*values, *(operand for operand, _ in when)), by),
        partly=KINDS[given["kind"]].partly,
        analytes=frozenset(one.item for one in values if one.origin is Origin.ANALYTE),
    )
    _check_shape(check)
    return check


def _field(name: str, code: str, item: str) -> ItemField:
    _known(name, "form", code, FORMS)
    items = FORMS[code].items()
    _known(name, f"item of {code}", item, items)
    return items[item]


def _operand(name: str, code: str, own: ItemField, called: str, source: str) -> Operand:
    """Return where a value of a check on form `code` comes from."""
    if source == AT_ITEM:
        return Operand(called, Origin.OWN, _type(own), code, own.name)
    if source in (DEATH, VISIT):
        return Operand(called, Origin(source), Type.DATE)
    if source.isupper() and "." not in source:
        _known(name, "analyte", source, ANALYTES)
        return Operand(called, Origin.ANALYTE, Type.NUMBER, LabResult.code, source)
    form, _, item = source.rpartition(".")
    form = form or code
    found = _field(name, form, item)
    if form == code:
        return Operand(called, Origin.OWN, _type(found), form, item)
    scope = FORMS[form].scope
    if scope in (Scope.SUBJECT_LOG, Scope.VISIT_LOG):
        raise _refusal(name, f"{source} is of a form with many records, of which none is meant")
    origin = Origin.PATIENT if scope is Scope.SUBJECT else Origin.BESIDE
    return Operand(called, origin, _type(found), form, item)


def _type(field: ItemField) -> Type:
    if field.kind in _DATES:
        return Type.DATE
    if field.kind is Kind.CODE:
        return Type.CODE
    return Type.NUMBER if field.kind in (Kind.NUMBER, Kind.INTEGER) else Type.TEXT


def _reads(code: str, operands: Sequence[Operand], by: str) -> frozenset[str]:
    items = {one.item for one in operands if one.origin is Origin.OWN} | ({by} if by else set())
    if code == LabResult.code and any(one.origin is Origin.ANALYTE for one in operands):
        items |= _RESULT_ITEMS
    return frozenset(items)


def _check_shape(check: CrossCheck) -> None:
    """Refuse what the kind of comparison cannot work with, and a sentence with unknown names."""
    kind, names = KINDS[check.kind], [one.name for one in check.values]
    fewest, most = kind.values
    if not fewest <= len(names) <= most:
        raise _refusal(check.id, f"{check.kind} compares {fewest} to {most} values")
    for one in check.values:
        if one.type not in kind.types or one.type is not check.values[0].type:
            raise _refusal(check.id, f"{check.kind} cannot compare {one.name}, a {one.type.value}")
    wanted = tuple(names) if kind.numbers == (_EACH_VALUE,) else kind.numbers
    for number in check.numbers:
        _known(check.id, "number", number, wanted)
    for number in wanted:
        _known(check.id, "needed number", number, check.numbers, "given")
    if check.kind == "never" and not check.when:
        raise _refusal(check.id, "when is missing")
    if (check.kind == "change_beyond") != bool(check.by):
        raise _refusal(check.id, "change_beyond, and no other kind, needs by")
    if check.by and _type(_field(check.id, check.form, check.by)) is not Type.DATE:
        raise _refusal(check.id, f"by is {check.by}, which is no date")
    for _, placeholder, _, _ in Formatter().parse(check.says):
        if placeholder is not None:
            _known(check.id, "placeholder", placeholder, (*names, *kind.adds, "item"))


def _known(name: str, what: str, one: object, known: Any, word: str = "known") -> None:
    if one not in known:
        listed = ", ".join(sorted(str(code) for code in known)) or "none"
        raise _refusal(name, f"{what} {one} unknown, {word} are {listed}")


def _refusal(name: str, problem: str) -> CrossCheckError:
    return CrossCheckError(
        "The check {name} in the catalogue cannot be used: {problem}.",
        "Mend the file, or install the program again.",
        name=name,
        problem=problem,
    )


CROSS_CHECKS = read_checks(read_toml("codelists", "cross_checks.toml"))
"""All cross-field checks, in the order of the file."""
NUMBERS: Mapping[str, Mapping[str, float]] = {
    check.id: check.numbers for check in CROSS_CHECKS if check.numbers
}
"""The numbers of each check that has some: what a protocol can override."""


def _by_place() -> Mapping[str, tuple[CrossCheck, ...]]:
    found: dict[str, tuple[CrossCheck, ...]] = {}
    for form in FORMS:
        found[form] = tuple(check for check in CROSS_CHECKS if check.form == form)
    results = found[LabResult.code]
    for code in ANALYTES:
        found[_result(code)] = tuple(
            one for one in results if code in one.analytes or not one.analytes
        )
    return found


def _result(analyte: str) -> str:
    return f"{LabResult.code}.{analyte}"


_BY_PLACE = _by_place()


def checks_of(form: Form) -> Sequence[CrossCheck]:
    """Return the checks that are told at an item of a form; of a result, those of its analyte."""
    place = _result(form.analyte or "") if isinstance(form, LabResult) else form.code
    return _BY_PLACE.get(place, ())
