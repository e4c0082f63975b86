"""The protocol of a trial, read from `resources/protocols`: visits, windows, dose, rules chosen."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from lnmonitor.clinical import (
    bilag,
    bilag_flare,
    flare,
    gfr,
    response,
    sledai,
)
from lnmonitor.clinical.bilag_renal import RULE_BILAG_2004_RENAL
from lnmonitor.clinical.bilag_renal_classic import RULE_BILAG_CLASSIC_RENAL
from lnmonitor.errors import InputError
from lnmonitor.language import Text
from lnmonitor.resources import asset
from lnmonitor.study import rule_parameters
from lnmonitor.study.analytes import ANALYTES
from lnmonitor.study.forms import FORMS

BILAG_RENAL_RULES = (RULE_BILAG_2004_RENAL.id, RULE_BILAG_CLASSIC_RENAL.id)
"""Ids of the two ways to a renal letter; the eight other systems have one each."""
BILAG_FLARE_RULES = {
    rule.id.removeprefix("bilag-flare-"): rule
    for rule in (
        bilag_flare.RULE_TRIAL,
        bilag_flare.RULE_GORDON_2003,
        bilag_flare.RULE_ISENBERG_2011,
    )
}
"""The flares by BILAG letters under the names that a protocol uses."""
SELENA_OFF, SELENA_CLASSIC, SELENA_MODIFIED = "off", "classic", "modified"
_SELENA = (SELENA_OFF, SELENA_CLASSIC, SELENA_MODIFIED)

LATE_ENTRY_DAYS = 7
"""Where the protocol does not say; a proposal of this program, no published limit."""


class ProtocolError(InputError):
    """The protocol file is missing or contradicts itself."""


@dataclass(frozen=True)
class PlannedVisit:
    """A visit of the schedule.

    Attributes:
        day: target in days from the first infusion (day 0), None for an unscheduled visit.
        before, after: days of the window each side of the target, both ends included.
        forms: codes of the forms expected. analytes: codes of the results expected.
        optional: not done is no deviation.
    """

    code: str
    name: Text
    day: int | None
    before: int
    after: int
    forms: tuple[str, ...]
    analytes: tuple[str, ...]
    optional: bool = False

    @property
    def scheduled(self) -> bool:
        """Whether the visit has a target day."""
        return self.day is not None

    def holds(self, day: int) -> bool:
        """Whether a day lies in the window."""
        return self.day is not None and self.day - self.before <= day <= self.day + self.after


@dataclass(frozen=True)
class Timepoint:
    """A set of vital signs during an infusion; `minutes` from its start, or from its end."""

    code: str
    name: Text
    minutes: int
    after_end: bool = False


@dataclass(frozen=True)
class Protocol:
    """One trial protocol.

    `dose_per_kg` and tolerances: 10^6 viable cells per kg; per cent of the planned dose.
    `response_rule` and `flare_rule` decide; the other ones are evaluated beside them on the same
    data, in this order. Every name is one of the registries in `lnmonitor.clinical`.
    `bilag_flare_rules`: BILAG flares, the first named first. `selena_flare`: how the SELENA flare
    index is computed, "off" for not at all; `selena_flags`: whether its flares raise flags.
    `parameters` override those of the clinical rules, and the numbers of cross-field checks, by the
    names in `rule_parameters`.
    `late_entry_days`: a record entered more days than this after its event is told as late.
    `analysis_visit`: cohort tables take a patient in when this visit's window has closed.
    """

    id: str
    name: Text
    version: str
    visits: tuple[PlannedVisit, ...]
    dose_per_kg: float
    dose_minor_percent: float
    dose_major_percent: float
    weight_max_age_days: int
    viability_limit_percent: float
    passage_limit: int
    timepoints: tuple[Timepoint, ...]
    response_rule: str
    other_response_rules: tuple[str, ...]
    flare_rule: str
    other_flare_rules: tuple[str, ...]
    egfr_equation: str
    bilag_scale: str
    bilag_renal_rule: str
    sledai_window_days: int
    day0_visit: str
    analysis_visit: str
    opening_days: int
    late_entry_days: int
    bilag_flare_rules: tuple[str, ...] = ()
    selena_flare: str = SELENA_OFF
    selena_flags: bool = False
    parameters: rule_parameters.Given = field(default_factory=dict)

    def visit(self, code: str | None) -> PlannedVisit | None:
        """Return the planned visit of a code, None if the protocol has none."""
        return next((visit for visit in self.visits if visit.code == code), None)

    @property
    def uses_selena(self) -> bool:
        """Whether SELENA-SLEDAI and its flare index are computed."""
        return self.selena_flare != SELENA_OFF

    @property
    def scheduled(self) -> tuple[PlannedVisit, ...]:
        """The visits with a target day, in order of day."""
        return tuple(visit for visit in self.visits if visit.scheduled)

    @property
    def analysis_days(self) -> int:
        """Days after the first infusion when the window of `analysis_visit` has closed."""
        planned = next(visit for visit in self.scheduled if visit.code == self.analysis_visit)
        return (planned.day or 0) + planned.after

    def nearest(self, day: int) -> PlannedVisit | None:
        """Return the planned visit whose window holds `day`, the nearest target first."""
        fitting = [visit for visit in self.scheduled if visit.holds(day)]
        return min(fitting, key=lambda visit: abs(day - (visit.day or 0)), default=None)


def protocol_names() -> tuple[str, ...]:
    """Return the names under which protocols can be loaded."""
    return tuple(
        path.stem
        for path in sorted(asset("protocols").glob("*.toml"))
        if "visits" in tomllib.loads(path.read_text(encoding="utf-8"))
    )


@cache
def load_protocol(name: str) -> Protocol:
    """Return a protocol by the name of its file or its id, in any case ("LN-MSC-01").

    Raises:
        ProtocolError: there is none, or its file contradicts itself.
    """
    stem = name.strip().lower()
    if stem not in protocol_names():
        raise ProtocolError(
            "There is no protocol {name}.",
            "Choose one of: {known}.",
            name=name,
            known=", ".join(protocol_names()),
        )
    path = asset("protocols", f"{stem}.toml")
    try:
        protocol = _protocol(tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise ProtocolError(
            "The protocol file {name} cannot be read: {problem}.",
            "Mend the file, or install the program again.",
            name=path.name,
            problem=str(error),
        ) from error
    _check(protocol)
    return protocol


def _protocol(given: Mapping[str, Any]) -> Protocol:
    infusion = given["infusion"]
    return Protocol(
        id=given["id"],
        name=Text(*given["name"]),
        version=given["version"],
        visits=tuple(_visit(visit, given["analyte_sets"]) for visit in given["visits"]),
        dose_per_kg=infusion["dose_per_kg"],
        dose_minor_percent=infusion["minor_percent"],
        dose_major_percent=infusion["major_percent"],
        weight_max_age_days=infusion["weight_max_age_days"],
        viability_limit_percent=infusion["viability_limit"],
        passage_limit=infusion["passage_limit"],
        timepoints=tuple(
            Timepoint(
                point["code"], Text(*point["name"]), point["minutes"], point.get("after_end", False)
            )
            for point in infusion["timepoints"]
        ),
        response_rule=given["response_rule"],
        other_response_rules=tuple(given["other_response_rules"]),
        flare_rule=given["flare_rule"],
        other_flare_rules=tuple(given["other_flare_rules"]),
        egfr_equation=given["egfr_equation"],
        bilag_scale=given["bilag_scale"],
        bilag_renal_rule=given["bilag_renal_rule"],
        sledai_window_days=given["sledai_window_days"],
        day0_visit=given["day0_visit"],
        analysis_visit=given["analysis_visit"],
        opening_days=given["opening_days"],
        late_entry_days=given.get("late_entry_days", LATE_ENTRY_DAYS),
        bilag_flare_rules=tuple(given.get("bilag_flare_rules", ())),
        selena_flare=given.get("selena_flare", SELENA_OFF),
        selena_flags=given.get("selena_flags", False),
        parameters=given.get("parameters", {}),
    )


def _visit(given: Mapping[str, Any], sets: Mapping[str, list[str]]) -> PlannedVisit:
    unscheduled = given.get("unscheduled", False)
    return PlannedVisit(
        code=given["code"],
        name=Text(*given["name"]),
        day=None if unscheduled else given["day"],
        before=given.get("before", 0),
        after=given.get("after", 0),
        forms=tuple(given["forms"]),
        analytes=tuple(sets[given["analytes"]]),
        optional=given.get("optional", False),
    )


def _check(protocol: Protocol) -> None:
    """Refuse what would make two answers possible later."""
    codes = [visit.code for visit in protocol.visits]
    problems = [f"visit {code} twice" for code in set(codes) if codes.count(code) > 1]
    for visit in protocol.visits:
        problems += [f"form {form} unknown" for form in visit.forms if form not in FORMS]
        problems += [f"analyte {one} unknown" for one in visit.analytes if one not in ANALYTES]
    scheduled = protocol.scheduled
    for earlier, later in pairwise(scheduled):
        if (earlier.day or 0) + earlier.after >= (later.day or 0) - later.before:
            problems.append(f"windows of {earlier.code} and {later.code} overlap")
    for code in (protocol.day0_visit, protocol.analysis_visit):
        if code not in {visit.code for visit in scheduled}:
            problems.append(f"visit {code} is not scheduled")
    if protocol.late_entry_days < 0:
        problems.append("late_entry_days below 0")
    if protocol.selena_flags and not protocol.uses_selena:
        problems.append("selena_flags without selena_flare")
    problems += [*_unknown_rules(protocol), *rule_parameters.problems(protocol.parameters)]
    if problems:
        raise ProtocolError(
            "The protocol {name} contradicts itself: {problem}.",
            "Mend the file, or install the program again.",
            name=protocol.id,
            problem="; ".join(sorted(set(problems))),
        )


def _unknown_rules(protocol: Protocol) -> Iterator[str]:
    """Name every rule that the program does not have, with those it has."""
    responses = (protocol.response_rule, *protocol.other_response_rules)
    flares = (protocol.flare_rule, *protocol.other_flare_rules)
    chosen: tuple[tuple[str, Sequence[str | int], Collection[str | int]], ...] = (
        ("response rule", responses, tuple(response.RULE_SETS)),
        ("flare rule", flares, tuple(flare.RULE_SETS)),
        ("eGFR equation", (protocol.egfr_equation,), tuple(gfr.EQUATIONS)),
        ("BILAG scale", (protocol.bilag_scale,), tuple(bilag.SCALES)),
        ("renal BILAG rule", (protocol.bilag_renal_rule,), BILAG_RENAL_RULES),
        ("SLEDAI window", (protocol.sledai_window_days,), sledai.WINDOWS_DAYS),
        ("BILAG flare rule", protocol.bilag_flare_rules, tuple(BILAG_FLARE_RULES)),
        ("SELENA flare index", (protocol.selena_flare,), _SELENA),
    )
    for kind, names, known in chosen:
        listed = ", ".join(str(one) for one in known)
        yield from (
            f"{kind} {name} unknown, known are {listed}" for name in names if name not in known
        )
        yield from (f"{kind} {name} twice" for name in set(names) if names.count(name) > 1)
