"""Numbers of the cohort explained, and the comparison between sources of cells."""

from __future__ import annotations

from datetime import date

import pytest
from patients import Builder, started

from lnmonitor.analysis.cohort import CohortTables, cohort
from lnmonitor.analysis.cohort_explain import (
    curve_facts,
    explain_comparison,
    explain_curve,
    explain_incidence,
    explain_measure,
    explain_response,
    explain_share,
    p_words,
)
from lnmonitor.analysis.course import evaluate
from lnmonitor.analysis.survival import kaplan_meier
from lnmonitor.language import Text
from lnmonitor.study.forms import Disposition, Infusion
from lnmonitor.study.protocol import load_protocol

PROTOCOL = load_protocol("ln-msc-01")
TODAY = date(2026, 9, 1)
SURVIVAL = Text("Survival", "生存")


def _treated(subject: str, source: str | None, *, died: int | None = None) -> Builder:
    b = started(subject, infused=False)
    b.add(Infusion(number=1, cell_source=source, started_at=f"{b.iso(0)}T10:00"))
    for code, day, score in (("SCR", -7, "seizure"), ("M12", 365, "rash")):
        if died is None or day < died:
            b.sledai(b.visit(code, day), score)
    if died is not None:
        b.add(Disposition(status="DEATH", occurred_on=b.iso(died)))
    return b


def _tables(*patients: Builder) -> CohortTables:
    data = [one.data() for one in patients]
    return cohort([(one, evaluate(one, PROTOCOL, today=TODAY)) for one in data], PROTOCOL)


def _two_sources() -> CohortTables:
    return _tables(
        _treated("01-001", "UC"),
        _treated("01-002", "UC"),
        _treated("01-003", "BM", died=100),
        _treated("01-004", None),
    )


def test_that_one_source_of_cells_is_not_compared() -> None:
    assert _tables(_treated("01-001", "UC"), _treated("01-002", "UC")).groups == ()


def test_that_sources_are_compared_by_log_rank_and_unknown_ones_left_out() -> None:
    survival, flare_free = _two_sources().groups
    assert (survival.one.name.en, survival.one.subjects) == ("Umbilical cord", ("01-001", "01-002"))
    assert (survival.other.name.en, survival.other.subjects) == ("Bone marrow", ("01-003",))
    assert survival.test is not None
    # One death at day 100, 2 and 1 at risk: expected in the first 2/3, variance 2/3 x 1/3;
    # chi-square (0 - 2/3)^2 / (2/9) = 2.
    assert survival.test.chi_square == pytest.approx(2.0)
    assert flare_free.test is None  # nobody was ever in remission


def test_that_more_than_two_sources_are_compared_as_the_first_against_all_others() -> None:
    tables = _tables(
        _treated("01-001", "BM"),
        _treated("01-002", "BM"),
        _treated("01-003", "UC"),
        _treated("01-004", "AD"),
    )
    survival = tables.groups[0]
    assert survival.other.name.en == "Other sources"
    assert survival.other.subjects == ("01-004", "01-003")
    assert survival.test is None
    told = explain_comparison(survival, SURVIVAL, tables, "en")
    assert told.facts[-1].detail == "no event in either group"


def test_that_a_mean_is_told_with_its_n_its_change_and_the_published_one() -> None:
    tables = _two_sources()
    told = explain_measure(tables.measure("sledai"), tables, "en")
    # 8 before, 2 after in three patients; the one who died has no month 12.
    facts = {line.text: line.detail for line in told.facts}
    assert facts["M12"] == "2.00 ± 0.00, n 3, 1 without"
    assert facts["Change to M12"].startswith("−6.00 ± 0.00, n 3; p –")
    assert facts["Published"].startswith("5.48 ± 2.77, n 77")
    assert "Wilcoxon" in told.sentence


def test_that_a_share_names_count_denominator_and_interval() -> None:
    tables = _two_sources()
    told = explain_share(tables.proportion("survival"), tables, "en")
    assert told.facts[0].detail == "3 / 4 = 75.0 %"
    # Wilson, 3 of 4: 30.1 to 95.4 %.
    assert told.facts[1].detail == "30.1–95.4 %"
    assert "Wilson" in told.citation


def test_that_a_response_is_told_of_all_and_of_those_judged() -> None:
    tables = _two_sources()
    told = explain_response(tables.responses[-1], tables, "zh")
    assert told.title == "M12 疗效，A 组标准"
    assert len(told.facts) == 6


def test_that_a_curve_tells_its_median_or_that_it_is_not_reached() -> None:
    reached = kaplan_meier([1, 2, 3, 4], [True, True, True, False])
    facts = {name.en: told.en for name, told in curve_facts(reached, 4)}
    assert facts["Events of all"] == "3 / 4"
    assert facts["Median, days, with 95 % interval"] == "2 (1–not reached)"
    tables = _two_sources()
    told = explain_curve(SURVIVAL, tables.survival, 365, tables, "en")
    assert told.facts[-1].detail == "not reached"
    assert "10.1080/01621459.1958.10501452" in told.citation


def test_that_the_incidence_tells_who_died_before() -> None:
    tables = _two_sources()
    told = explain_incidence(tables.remission, [("M12", 365)], tables, "en")
    assert told.facts[-1].detail == "0 in remission, 1 died before"


def test_that_a_small_p_is_not_printed_as_zero() -> None:
    assert [p_words(p) for p in (None, 0.0004, 0.0412)] == ["–", "< 0.001", "0.041"]
