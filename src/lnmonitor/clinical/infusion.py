"""Arithmetic of one MSC infusion: what was planned, what was given, and how far they are apart.

Every number is recomputed from what was recorded and compared with what was written down. The
tolerances are proposals for the protocol team, no published rule: all are parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from lnmonitor.clinical.criteria import (
    at_most,
    compare,
    once,
    require_positive,
    require_range,
    truth,
)
from lnmonitor.clinical.errors import InvalidInput
from lnmonitor.clinical.parameters import Parameter, with_overrides
from lnmonitor.clinical.results import (
    Citation,
    Outcome,
    Reason,
    Rule,
    Truth,
    frozen,
    later,
)

GU_2014 = Citation(
    "Gu F, Wang D, Zhang H, et al.", "Clin Rheumatol 33:1611-9", 2014, "10.1007/s10067-014-2754-4"
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "minor_deviation_percent": 10.0,
        "major_deviation_percent": 20.0,
        "cell_count_tolerance": 0.02,
        "rate_tolerance": 0.10,
        "viability_minimum_percent": 80.0,
        "viability_expected_percent": 90.0,
        "passage_expected": 5.0,
        "passage_maximum": 6.0,
        "weight_age_days": 7.0,
        "elapsed_min_low": 10.0,
        "elapsed_min_high": 120.0,
        "dmso_g_per_kg": 1.0,
        "volume_ml_per_kg": 10.0,
        "concentration_low": 0.5e6,
        "concentration_high": 10e6,
    }
)
RULE_INFUSION = Rule("infusion", "1", (GU_2014,), verified=False)
_WITH_DEFAULTS = replace(RULE_INFUSION, parameters=dict(PARAMETERS))

DMSO_G_PER_ML = 1.1


@frozen
class InfusionFacts:
    """What was recorded; None = not recorded. Cells are numbers of cells, not millions.

    The protocol's dose is `protocol_dose_per_kg` (cells/kg) or, for a protocol with one dose for
    all, `protocol_dose_cells`. The datetimes are all with or all without an offset.
    """

    weight_kg: float | None = None
    protocol_dose_per_kg: float | None = None
    protocol_dose_cells: float | None = None
    viable_cells_given: float | None = None
    total_cells: float | None = None
    viability_percent: float | None = None
    concentration_cells_per_ml: float | None = None
    volume_ml: float | None = None
    rate_ml_per_h: float | None = None
    start: datetime | None = None
    stop: datetime | None = None
    interruption_min: float = 0.0
    product_expiry: datetime | None = None
    thawed_at: datetime | None = None
    stability_limit_min: float | None = None
    dmso_percent: float | None = None
    passage_number: int | None = None
    weight_age_days: int | None = None


@frozen
class InfusionCheck(Outcome):
    """Recomputed numbers; `deviation_class` is "ok", "minor", "major" or None.

    Every check that could be made is a reason: `met` YES when it is fulfilled, NO when it is not.
    """

    planned_cells: float | None = None
    given_dose_per_kg: float | None = None
    deviation_percent: float | None = None
    deviation_class: str | None = None
    elapsed_min: float | None = None
    rate_ml_per_h: float | None = None
    viable_cells: float | None = None
    total_cells_needed: float | None = None
    dmso_g: float | None = None
    dmso_g_per_kg: float | None = None


def _product(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a * b


def _quotient(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a / b


def _minutes(first: datetime | None, last: datetime | None) -> float | None:
    return None if first is None or last is None else (last - first).total_seconds() / 60


def planned_cells(facts: InfusionFacts) -> float | None:
    """Return the viable cells to give: the absolute dose, else dose per kg x weight."""
    if facts.protocol_dose_cells is not None:
        return facts.protocol_dose_cells
    return _product(facts.protocol_dose_per_kg, facts.weight_kg)


def deviation_class(percent: float, parameters: Mapping[str, Parameter] = PARAMETERS) -> str:
    """Return "ok" (within 10 %), "minor" (within 20 %) or "major" for a deviation in percent."""
    size = abs(percent)
    if at_most(size, parameters["minor_deviation_percent"]):
        return "ok"
    return "minor" if at_most(size, parameters["major_deviation_percent"]) else "major"


def _agree(
    code: str,
    item: str,
    recorded: float | None,
    computed: float | None,
    tolerance: float,
    unit: str,
) -> Reason:
    """Whether a recorded number equals the recomputed one within a relative tolerance."""
    apart = None if recorded is None or not computed else abs(recorded / computed - 1)
    return Reason(
        code,
        truth(apart, "<=", tolerance),
        {
            "item": item,
            "value": recorded,
            "limit": computed,
            "unit": unit,
            "percent": None if apart is None else 100 * apart,
        },
    )


def _cell_checks(facts: InfusionFacts, given: Mapping[str, Parameter]) -> list[Reason]:
    viability, total = facts.viability_percent, facts.total_cells
    fraction = None if viability is None else viability / 100
    viable = _product(total, fraction)
    content = _product(facts.concentration_cells_per_ml, facts.volume_ml)
    tolerance = given["cell_count_tolerance"]
    return [
        _agree(
            "infusion.viable_cells",
            "viable_cells_given",
            facts.viable_cells_given,
            viable,
            tolerance,
            "cells",
        ),
        _agree("infusion.total_cells", "total_cells", total, content, tolerance, "cells"),
        compare(
            "infusion.viability_minimum",
            "viability_percent",
            viability,
            ">=",
            given["viability_minimum_percent"],
            "%",
        ),
        compare(
            "infusion.viability_expected",
            "viability_percent",
            viability,
            ">=",
            given["viability_expected_percent"],
            "%",
        ),
        compare(
            "infusion.passage_expected",
            "passage_number",
            facts.passage_number,
            "<=",
            given["passage_expected"],
        ),
        compare(
            "infusion.passage_maximum",
            "passage_number",
            facts.passage_number,
            "<=",
            given["passage_maximum"],
        ),
    ]


def _time_checks(facts: InfusionFacts, given: Mapping[str, Parameter]) -> list[Reason]:
    elapsed = _minutes(facts.start, facts.stop)
    running = None if elapsed is None else elapsed - facts.interruption_min
    hours = running / 60 if running is not None and running > 0 else None
    rate = _quotient(facts.volume_ml, hours)
    spare = _minutes(facts.stop, facts.product_expiry)
    thawed = _minutes(facts.thawed_at, facts.stop)
    return [
        compare("infusion.stop_after_start", "stop", elapsed, ">", 0, "min"),
        compare(
            "infusion.interruption", "interruption_min", facts.interruption_min, "<", elapsed, "min"
        ),
        compare(
            "infusion.elapsed_low", "elapsed_min", elapsed, ">=", given["elapsed_min_low"], "min"
        ),
        compare(
            "infusion.elapsed_high", "elapsed_min", elapsed, "<=", given["elapsed_min_high"], "min"
        ),
        _agree(
            "infusion.rate",
            "rate_ml_per_h",
            facts.rate_ml_per_h,
            rate,
            given["rate_tolerance"],
            "mL/h",
        ),
        compare("infusion.before_expiry", "product_expiry", spare, ">=", 0, "min"),
        compare("infusion.stability", "thawed_at", thawed, "<=", facts.stability_limit_min, "min"),
        compare(
            "infusion.weight_recent",
            "weight_age_days",
            facts.weight_age_days,
            "<=",
            given["weight_age_days"],
            "days",
        ),
    ]


def _load_checks(
    facts: InfusionFacts, dmso_g_per_kg: float | None, given: Mapping[str, Parameter]
) -> list[Reason]:
    per_kg = _quotient(facts.volume_ml, facts.weight_kg)
    concentration = facts.concentration_cells_per_ml
    item = "concentration_cells_per_ml"
    return [
        compare(
            "infusion.dmso", "dmso_g_per_kg", dmso_g_per_kg, "<=", given["dmso_g_per_kg"], "g/kg"
        ),
        compare("infusion.volume", "volume_ml", per_kg, "<=", given["volume_ml_per_kg"], "mL/kg"),
        compare(
            "infusion.concentration_low",
            item,
            concentration,
            ">=",
            given["concentration_low"],
            "cells/mL",
        ),
        compare(
            "infusion.concentration_high",
            item,
            concentration,
            "<=",
            given["concentration_high"],
            "cells/mL",
        ),
    ]


def _reasons(
    facts: InfusionFacts, dmso_g_per_kg: float | None, given: Mapping[str, Parameter]
) -> tuple[Reason, ...]:
    """Return the checks that could be made; `given` are the parameters in force."""
    reasons = (
        *_cell_checks(facts, given),
        *_time_checks(facts, given),
        *_load_checks(facts, dmso_g_per_kg, given),
    )
    return tuple(reason for reason in reasons if reason.met is not Truth.UNKNOWN)


@once
def _check_values(facts: InfusionFacts) -> None:
    for item, unit in (
        ("weight_kg", "kg"),
        ("protocol_dose_per_kg", "cells/kg"),
        ("protocol_dose_cells", "cells"),
        ("volume_ml", "mL"),
        ("rate_ml_per_h", "mL/h"),
    ):
        require_positive(item, getattr(facts, item), unit)
    for item, unit in (
        ("viable_cells_given", "cells"),
        ("total_cells", "cells"),
        ("concentration_cells_per_ml", "cells/mL"),
        ("interruption_min", "min"),
        ("stability_limit_min", "min"),
        ("passage_number", "passages"),
        ("weight_age_days", "days"),
    ):
        require_range(item, getattr(facts, item), unit, 0)
    require_range("viability_percent", facts.viability_percent, "%", 0, 100)
    require_range("dmso_percent", facts.dmso_percent, "%", 0, 100)
    times = [facts.start, facts.stop, facts.product_expiry, facts.thawed_at]
    if len({moment.utcoffset() is None for moment in times if moment is not None}) > 1:
        raise InvalidInput("infusion times", "mixed", None, "all with or all without an offset")


def check(facts: InfusionFacts, parameters: Mapping[str, Parameter] | None = None) -> InfusionCheck:
    """Recompute dose, deviation, rate and load of one infusion and compare with what was recorded.

    Deviation in percent = given / planned - 1; within 10 % ok, within 20 % minor, beyond major.
    `viable_cells` is the count given as recorded, or total x viability where it was not.
    Checks that lack a number are left out and named in `missing` only when the dose hangs on them.
    Raises InvalidInput for impossible values, an unknown parameter, or times that mix offsets.
    """
    given, rule = PARAMETERS, _WITH_DEFAULTS
    if parameters:
        given = with_overrides(RULE_INFUSION.id, PARAMETERS, parameters)
        rule = replace(RULE_INFUSION, parameters=given)
    _check_values(facts)
    planned = planned_cells(facts)
    fraction = None if facts.viability_percent is None else facts.viability_percent / 100
    viable = facts.viable_cells_given
    if viable is None:
        viable = _product(facts.total_cells, fraction)
    ratio = _quotient(viable, planned)
    deviation = None if ratio is None else 100 * (ratio - 1)
    elapsed = _minutes(facts.start, facts.stop)
    running = None if elapsed is None else elapsed - facts.interruption_min
    dmso = _product(facts.volume_ml, _product(facts.dmso_percent, DMSO_G_PER_ML / 100))
    dmso_per_kg = _quotient(dmso, facts.weight_kg)
    needed = {"weight_kg": facts.weight_kg, "viable_cells_given": viable, "protocol_dose": planned}
    return InfusionCheck(
        rule=rule,
        reasons=later(_reasons, facts, dmso_per_kg, given),
        missing=tuple(name for name, value in needed.items() if value is None),
        planned_cells=planned,
        given_dose_per_kg=_quotient(viable, facts.weight_kg),
        deviation_percent=deviation,
        deviation_class=None if deviation is None else deviation_class(deviation, given),
        elapsed_min=elapsed,
        rate_ml_per_h=None
        if running is None or running <= 0
        else _quotient(facts.volume_ml, running / 60),
        viable_cells=viable,
        total_cells_needed=_quotient(planned, fraction or None),
        dmso_g=dmso,
        dmso_g_per_kg=dmso_per_kg,
    )
