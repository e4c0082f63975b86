"""Renal flares by six definitions over courses of samples: two implementations agree."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.independent import flares as second
from tests.independent.exact import AGREED, outcomes, q

from lnmonitor.clinical import flare
from lnmonitor.clinical.flare import FlareObservation
from lnmonitor.clinical.proteinuria import Proteinuria
from lnmonitor.clinical.response import RenalState, Response

GAPS = (1, 6, 7, 8, 28, 55, 56, 57, 90)
PROTEIN = (0.1, 0.1999, 0.2, 0.3, 0.45, 0.5, 0.5001, 0.6, 0.7, 0.7001, 0.9999, 1.0, 1.0001, 1.2)
PROTEIN += (1.9999, 2.0, 2.0001, 2.4, 3.4999, 3.5, 4.0, 5.0, 5.2, 7.0, 8.0)
CREATININE = (70, 87.7, 87.69, 91, 90.99, 100, 158.4, 158.41, 177, 176.9, 212.4, 230.1, 309.6, 310)
GFR = (100, 95, 90, 89.9, 81, 81.01, 80.9, 72, 60)
CELLS = (2, 2, 4.9, 5, 5.1, 10, 11, 12, 14.9, 15, 15.1, 25, 26, 60)


@st.composite
def courses(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw three to six samples: a remission early, then anything."""
    day, samples = 0, []
    for n in range(draw(st.integers(3, 6))):
        day += draw(st.sampled_from(GAPS))
        calm = n < 2 and draw(st.booleans())
        samples.append(
            {
                "day": day,
                "p": draw(st.sampled_from(PROTEIN[:9] if calm else PROTEIN)),
                "cr": draw(st.sampled_from(CREATININE[:6] if calm else CREATININE)),
                "gfr": draw(st.sampled_from(GFR)),
                "rbc": draw(st.sampled_from(CELLS[:3] if calm else CELLS)),
                "wbc": draw(st.sampled_from((2, 2, 5, 6))),
                "casts": draw(st.sampled_from((False, False, True))),
                "acanthocytes": draw(st.sampled_from((0, 1.9, 2))),
                "response": draw(st.sampled_from(("CR", "PR") if calm else ("CR", "PR", "NR"))),
                "escalated": draw(st.sampled_from((False, False, False, True))),
            }
        )
    return samples


def observation(sample: dict[str, Any], unit: str) -> FlareObservation:
    scale = 100 if unit == "mg/mmol" else 1
    value = None if sample["p"] is None else Proteinuria(float(q(sample["p"]) * scale), unit)
    return FlareObservation(
        day=sample["day"],
        date=f"day {sample['day']}",
        state=RenalState(
            **{"proteinuria" if unit == "g/24 h" else "upcr": value},
            creatinine_umol_l=sample["cr"],
            creatinine_uln=90,
            egfr=sample["gfr"],
            urine_rbc_hpf=sample["rbc"],
            urine_wbc_hpf=sample["wbc"],
            casts=sample["casts"],
            acanthocytes_hpf=sample["acanthocytes"],
        ),
        response=Response(sample["response"]),
        treatment_escalated=sample["escalated"],
        collection_id=f"{sample['day']}",
    )


def exact(sample: dict[str, Any]) -> dict[str, Any]:
    return {name: q(value) if isinstance(value, float) else value for name, value in sample.items()}


def compare(definition: str, course: list[dict[str, Any]], unit: str) -> None:
    told = flare.detect([observation(s, unit) for s in course], rule_set_id=definition)
    expected = second.episodes(definition, [exact(sample) for sample in course])
    assert [finding.onset_day for finding in told] == [one["days"][0] for one in expected]
    for finding, one in zip(told, expected, strict=True):
        assert finding.evidence_days == tuple(one["days"])
        assert finding.confirmed_day == one["confirmed"]
        assert finding.status == ("suspected" if one["confirmed"] is None else "confirmed")
        assert finding.resolved_day == one["resolved"]
        kinds = {kind for kind, _ in one["excess"]}
        assert finding.kind == ("nephritic" if "nephritic" in kinds else "proteinuric")
        worst = max((grade for _, grade in one["excess"]), key=second.GRADES.index)
        assert finding.grade == worst


CALM = {
    **{"p": 0.3, "cr": 70, "gfr": 100, "rbc": 2, "wbc": 2, "casts": False, "acanthocytes": 0},
    **{"response": "CR", "escalated": False},
}
BEFORE = {
    "p": (0.1, 0.1999, 0.2, 0.4999, 0.5, 0.6, 0.7, 1.0, 1.0001, 1.2, 2.4, 3.4999, 3.5, 4.0),
    "cr": (70, 176.9, 177),
    "gfr": (100, 90, 89.9, 80),
    "rbc": (2, 4.9, 5, 6),
    "casts": (False, True),
}
NOW = {
    "p": (*PROTEIN, 5.4999, 5.5, 6.9999),
    "cr": (*CREATININE, 194.6, 194.7, 229.9, 230.1),
    "gfr": (*GFR, 80.91, 71.9),
    "rbc": CELLS,
    "casts": (False, True),
}
BESIDE: tuple[dict[str, Any], ...] = (
    {},
    {"rbc": 20, "acanthocytes": 2},
    {"rbc": 20, "cr": 140},
    {"rbc": 20, "gfr": 60},
)


@pytest.mark.parametrize("definition", second.DEFINITIONS)
def test_that_every_limit_alone_gives_the_same_flare(definition: str) -> None:
    unit = "g/24 h" if definition != "aurora-2" else "g/g"
    for name, response, beside in product(BEFORE, ("CR", "PR"), BESIDE):
        for was, value in product(BEFORE[name], NOW[name]):
            start = {**CALM, "response": response, name: was}
            course = [start, start, {**start, **beside, name: value}]
            days = (0, 20, 40)
            compare(
                definition,
                [{**s, "day": day} for s, day in zip(course, days, strict=True)],
                unit,
            )
    for gap, escalated in product(range(1, 60), (False, True)):
        high = {**CALM, "p": 9.0, "rbc": 60, "cr": 200}
        course = [
            {**CALM, "day": 0},
            {**CALM, "day": 20},
            {**high, "day": 40},
            {**high, "day": 40 + gap, "escalated": escalated},
        ]
        compare(definition, course, unit)


@pytest.mark.parametrize("definition", second.DEFINITIONS)
@AGREED
@given(courses(), st.sampled_from(("g/24 h", "g/g", "mg/mmol")))
def test_that_flares_agree(definition: str, course: list[dict[str, Any]], unit: str) -> None:
    unit = {"aurora-2": "g/g", "moroni": "g/24 h"}.get(definition, unit)
    compare(definition, course, unit)


GRID = {
    "p": (Fraction(1, 100), Fraction(4, 10), Fraction(6, 10), Fraction(3, 2), 3, 5, 99),
    "cr": (10, 100, 140, 200, 900),
    "gfr": (150, 92, 88, 70, 2),
    "rbc": (0, 4, 8, 20, 40, 900),
    "wbc": (0, 99),
    "casts": (False, True),
    "acanthocytes": (0, 9),
}


@pytest.mark.parametrize("definition", sorted(set(second.DEFINITIONS) - {"aurora-2"}))
@AGREED
@given(courses(), st.sets(st.sampled_from(list(GRID)), min_size=1, max_size=3))
def test_that_an_unknown_value_raises_a_flare_only_if_every_value_would(
    definition: str, course: list[dict[str, Any]], hidden: set[str]
) -> None:
    calm = {"p": 0.3, "cr": 80, "gfr": 95, "rbc": 3, "wbc": 2, "casts": False, "response": "CR"}
    course = [{**course[0], **calm}, {**course[1], **dict.fromkeys(hidden)}]
    told = flare.detect([observation(s, "g/24 h") for s in course], rule_set_id=definition)
    test, before = second.DEFINITIONS[definition][0], exact(course[0])
    # A flare is reported with its kind, so one kind must stand whatever the unknown values are.
    seen = outcomes(
        lambda case: frozenset(kind for kind, _ in test([before], case)), exact(course[1]), GRID
    )
    sure = frozenset.intersection(*seen)
    assert {finding.kind for finding in told} == (sure & {"nephritic"} or sure)
