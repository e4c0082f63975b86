"""LLDAS, DORIS, SRI-4 and BICLA: two implementations agree."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.independent import low_activity as second_state
from tests.independent import responder as second
from tests.independent.exact import AGREED, UNKNOWN, near, or_none, outcomes, q, settle
from tests.independent.sledai import WEIGHT

from lnmonitor.clinical import bicla, bilag, low_activity, sledai, sri4
from lnmonitor.clinical.bilag import BilagGrade, Grade
from lnmonitor.clinical.bilag_items import SYSTEMS
from lnmonitor.clinical.low_activity import ActivityFacts
from lnmonitor.clinical.responder import IndexVisit

ABSENT = dict.fromkeys(WEIGHT, False)
PROBABLE = st.sampled_from((True, True, False, None))


@st.composite
def answers(draw: st.DrawFn) -> dict[str, bool | None]:
    """Draw 24 answers: a few present, at most two not assessed."""
    present = draw(st.sets(st.sampled_from(list(WEIGHT)), max_size=3))
    open_items = draw(st.sets(st.sampled_from(list(WEIGHT)), max_size=2))
    return {**ABSENT, **dict.fromkeys(present, True), **dict.fromkeys(open_items)}


FACTS = st.fixed_dictionaries(
    {
        "pga": or_none(near(0.5, 1.0, high=3.0)),
        "prednisone_mg_day": or_none(near(5.0, 7.5)),
        "other_major_activity": st.sampled_from((False, False, True, None)),
        "standard_treatment": PROBABLE,
    }
)
GRID = {
    "pga": (0.1, 0.9, 3.0),
    "prednisone_mg_day": (1.0, 6.0, 60.0),
    "other_major_activity": (False, True),
    "standard_treatment": (False, True),
}


@AGREED
@given(answers(), answers(), st.booleans(), FACTS)
def test_that_low_activity_agrees(
    now: dict[str, bool | None],
    before: dict[str, bool | None],
    unchanged: bool,
    facts: dict[str, Any],
) -> None:
    before = now if unchanged else before
    given_facts = ActivityFacts(items=now, previous_items=before, **facts)
    # One name for each answer; unchanged answers, where unknown, are still two unknowns.
    flat = {
        **{f"now {code}": answer for code, answer in now.items()},
        **{f"before {code}": answer for code, answer in before.items()},
        **facts,
    }
    grid = {**dict.fromkeys(flat, (False, True)), **GRID}

    def split(case: dict[str, Any]) -> tuple[dict[str, bool], dict[str, bool]]:
        return (
            {code: case[f"now {code}"] for code in WEIGHT},
            {code: case[f"before {code}"] for code in WEIGHT},
        )

    lldas = settle(lambda case: second_state.lldas(*split(case), case), flat, grid)
    doris = settle(lambda case: second_state.doris(split(case)[0], case), flat, grid)
    names = {True: "yes", False: "no", UNKNOWN: UNKNOWN}
    assert low_activity.lldas(given_facts).met.value == names[lldas]
    assert low_activity.doris_2021(given_facts).met.value == names[doris]


GOOD = {
    "pga": 0.2,
    "prednisone_mg_day": 4.0,
    "other_major_activity": False,
    "standard_treatment": True,
}
ENDS = {
    "pga": (0.4999, 0.5, 0.5001, 0.9999, 1.0, 1.0001),
    "prednisone_mg_day": (4.999, 5.0, 5.001, 7.499, 7.5, 7.501),
    "other_major_activity": (False, True),
    "standard_treatment": (False, True),
}


def test_that_every_fact_and_item_alone_gives_the_same_state() -> None:
    cases = [(ABSENT, ABSENT, {**GOOD, name: value}) for name in ENDS for value in ENDS[name]]
    for code in WEIGHT:
        present = {**ABSENT, code: True}
        cases += [(present, present, GOOD), (present, ABSENT, GOOD)]
    cases += [
        ({**ABSENT, "rash": True, other: True}, {**ABSENT, "rash": True, other: True}, GOOD)
        for other in ("alopecia", "arthritis", "thrombocytopenia", "dsdna")
    ]
    for now, before, facts in cases:
        given_facts = ActivityFacts(items=now, previous_items=before, **facts)
        lldas = low_activity.lldas(given_facts).met.value
        assert lldas == ("yes" if second_state.lldas(now, before, facts) else "no"), facts
        doris = low_activity.doris_2021(given_facts).met.value
        assert doris == ("yes" if second_state.doris(now, facts) else "no"), facts


# -- Responders ------------------------------------------------------------------------------------

ANSWERS = {
    frozenset({True}): "yes",
    frozenset({False}): "no",
    frozenset({True, False}): "unknown",
}
LETTER = st.sampled_from((*"CDE" * 3, "B", "B", "A"))
LETTERS = st.lists(LETTER, min_size=9, max_size=9)


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[str | None], list[str | None]]:
    """Draw letters at baseline and now: mostly improved, sometimes unknown."""
    before: list[str | None] = list(draw(LETTERS))
    now: list[str | None] = [draw(st.sampled_from(("C", "D", letter, letter))) for letter in before]
    for place in draw(st.sets(st.integers(0, 8), max_size=2)):
        now[place] = draw(LETTER)
    for letters in (before, now):
        for place in draw(st.sets(st.integers(0, 8), max_size=1)):
            letters[place] = None
    return before, now


@st.composite
def scores(draw: st.DrawFn) -> tuple[dict[str, bool | None], dict[str, bool | None]]:
    """Draw answers at two visits, some not assessed, the second often 4 points lower."""
    before = dict(draw(answers()))
    now = dict(before)
    for code in draw(st.sets(st.sampled_from(list(WEIGHT)), max_size=3)):
        before[code] = draw(st.sampled_from((True, True, False)))
        now[code] = draw(st.sampled_from((False, False, True, None)))
    return before, now


def visit(
    items: dict[str, bool | None], letters: list[str | None], pga: float | None
) -> IndexVisit:
    return IndexVisit(
        sledai=sledai.score(items),
        bilag={
            system: BilagGrade(bilag.RULE_BILAG_2004, system=system, grade=letter and Grade(letter))
            for system, letter in zip(SYSTEMS, letters, strict=True)
        },
        pga=pga,
    )


def span(items: dict[str, bool | None]) -> tuple[int, ...]:
    """Return the least and the greatest score, which are all that an index sees of a visit."""
    seen = sledai.score(items)
    return (seen.low,) if seen.low == seen.high else (seen.low, seen.high)


@AGREED
@given(
    scores(),
    courses(),
    st.tuples(or_none(st.sampled_from((0.0, 0.5, 1.2))), or_none(st.just(0.0))),
    st.sampled_from((0.0, 0.2999, 0.3, 0.3001, -0.5, 1.0)),
    st.sampled_from((False, False, False, True, None)),
)
def test_that_responders_agree(
    items: Any, letters: Any, pga: Any, rise: float, failed: bool | None
) -> None:
    before_pga = pga[0]
    now_pga = None if pga[1] is None else max(0.0, round((pga[0] or 0.5) + rise, 6))
    visits = [
        visit(answered, lettered, judged)
        for answered, lettered, judged in zip(items, letters, (before_pga, now_pga), strict=True)
    ]
    flat = {
        "score before": None,
        "score now": None,
        "pga before": q(before_pga),
        "pga now": q(now_pga),
        "failed": failed,
        **{f"before {n}": letter for n, letter in enumerate(letters[0])},
        **{f"now {n}": letter for n, letter in enumerate(letters[1])},
    }
    grid = {
        **dict.fromkeys(flat, "ABCDE"),
        "score before": span(items[0]),
        "score now": span(items[1]),
        "pga before": (-9.0, 9.0),
        "pga now": (-9.0, 9.0),
        "failed": (False, True),
    }
    for program, rule in ((sri4, second.sri_4), (bicla, second.bicla)):

        def decide(case: dict[str, Any], rule: Any = rule) -> bool | None:
            return rule(
                (case["score before"], case["score now"]),
                [case[f"before {n}"] for n in range(9)],
                [case[f"now {n}"] for n in range(9)],
                (case["pga before"], case["pga now"]),
                case["failed"],
            )

        told = program.assess(*visits, failed=failed)
        seen = outcomes(decide, flat, grid)
        evaluable = {answer is not None for answer in seen}
        assert told.evaluable.value == ANSWERS[frozenset(evaluable)]
        # Who fails in every case that may be asked about is no responder, even if some may not.
        expected = "unknown" if evaluable == {False} else ANSWERS[frozenset(map(bool, seen))]
        assert told.met.value == expected


def test_that_every_clause_alone_gives_the_same_responder() -> None:
    well = (8, 4, "BACCDDEEB", "CBCCDDEEC", 1.0, 1.0, False)
    cases = [well, (*well[:6], True)]
    cases += [(*well[:4], 1.0, pga, False) for pga in (1.2999, 1.3, 1.3001, 0.1)]
    cases += [(before, now, *well[2:]) for before in (2, 4, 8, 12) for now in (0, 2, 4, 8, 9, 12)]
    for place, was, new in product(range(2, 9), "ABCD", "ABCD"):
        letters = [list(well[2]), list(well[3])]
        letters[0][place], letters[1][place] = was, new
        cases.append((8, 4, *("".join(text) for text in letters), 1.0, 1.0, False))
    points = {0: (), 2: ("rash",), 4: ("arthritis",), 8: ("cva",)}
    points |= {9: ("cva", "fever"), 12: ("cva", "arthritis")}
    for score_before, score_now, before, now, pga_before, pga_now, failed in cases:
        visits = [
            visit({**ABSENT, **dict.fromkeys(points[score], True)}, list(text), pga)
            for score, text, pga in (
                (score_before, before, pga_before),
                (score_now, now, pga_now),
            )
        ]
        for program, rule in ((sri4, second.sri_4), (bicla, second.bicla)):
            pgas = (q(pga_before), q(pga_now))
            expected = rule((score_before, score_now), before, now, pgas, failed)
            told = program.assess(*visits, failed=failed).met.value
            assert told == {True: "yes", False: "no", None: "unknown"}[expected]
