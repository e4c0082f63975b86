"""Cohort tables over patients written by hand, with the expected numbers worked out beside them."""

from __future__ import annotations

from datetime import date

import pytest
from patients import Builder, renal, started

from lnmonitor.analysis.cohort import BASELINE, CohortTables, cohort
from lnmonitor.analysis.cohort_text import as_json, as_text
from lnmonitor.analysis.course import Course, evaluate
from lnmonitor.analysis.published import published_trial
from lnmonitor.analysis.statistics import mean_sd, paired_change, wilson
from lnmonitor.study.forms import Disposition
from lnmonitor.study.protocol import load_protocol
from lnmonitor.study.records import PatientData

PROTOCOL = load_protocol("ln-msc-01")
TODAY = date(2026, 7, 30)  # day 413 of a patient infused on 12 June 2025

_VISITS = {"M1": 30, "M3": 91, "M6": 182, "M9": 273, "M12": 365}


def _patient(
    subject: str, baseline: float, protein: dict[str, float], gfr: tuple[float, float] | None = None
) -> Builder:
    """A patient with normal creatinine and sediment whose protein alone decides the response."""
    b = started(subject)
    scr = b.visit("SCR", -7)
    renal(b, scr, -7, baseline, 60)
    b.sledai(scr, "proteinuria haematuria")
    if gfr:
        b.labs(scr, -7, GFRM=gfr[0])
    for code, value in protein.items():
        day = _VISITS[code]
        visit = b.visit(code, day)
        renal(b, visit, day, value, 60)
        b.sledai(visit, "proteinuria" if value > 0.5 else "")
        if code == "M12" and gfr:
            b.labs(visit, day, GFRM=gfr[1])
    return b


def _cohort() -> list[PatientData]:
    complete = _patient("01-001", 3.0, {"M3": 0.4, "M6": 0.3, "M12": 0.2}, (50, 70))
    partial = _patient("01-002", 4.0, {"M3": 2.5, "M6": 1.9, "M12": 1.8}, (60, 65))
    flared = _patient("01-003", 2.0, {"M3": 0.4, "M6": 1.2, "M12": 1.3}, (40, 30))
    again = flared.visit("UNS", 196)
    renal(flared, again, 196, 1.5, 60)
    died = _patient("01-004", 3.0, {"M3": 2.9})
    died.add(Disposition(status="DEATH", occurred_on=died.iso(150)))
    running = started("01-005", infused=False)
    return [b.data() for b in (complete, partial, flared, died, running)]


def _tables(today: date = TODAY) -> CohortTables:
    pairs: list[tuple[PatientData, Course]] = [
        (data, evaluate(data, PROTOCOL, today=today)) for data in _cohort()
    ]
    return cohort(pairs, PROTOCOL)


def test_that_patients_count_from_the_day_their_12_month_window_closed() -> None:
    assert _tables().subjects == ("01-001", "01-002", "01-003", "01-004")
    assert _tables().excluded == ("01-005",)
    # Day 392: the window (365 + 28 = 393) is still open; the one who died counts all the same.
    assert _tables(date(2026, 7, 9)).subjects == ("01-004",)
    assert _tables(date(2026, 7, 10)).subjects == ("01-001", "01-002", "01-003", "01-004")


def test_that_response_is_point_prevalence_with_died_and_missing_apart() -> None:
    rows = {row.visit: row for row in _tables().responses}
    assert rows["M3"].subjects["CR"] == ("01-001", "01-003")
    assert rows["M3"].subjects["NR"] == ("01-002", "01-004")
    assert rows["M6"].subjects["PR"] == ("01-002",)
    assert rows["M6"].subjects["died"] == ("01-004",)
    assert rows["M9"].count("missing") == 3
    assert rows["M12"].total == 4
    assert rows["M12"].percent("CR") == 25.0
    assert rows["M12"].percent("CR", of_seen=True) == pytest.approx(100 / 3)
    assert rows["M3"].published_cr is not None
    assert rows["M3"].published_cr.percent == 18


def test_that_means_carry_their_n_and_the_patients_behind_them() -> None:
    gfr = _tables().measure("gfr_measured")
    baseline, last = gfr.cells[0], gfr.cells[-1]
    assert (baseline.visit, baseline.n, baseline.not_seen) == (BASELINE, 3, 1)
    assert baseline.mean == 50.0
    assert baseline.sd == 10.0
    assert last.mean == pytest.approx(55.0)
    assert last.subjects == ("01-001", "01-002", "01-003")
    assert last.published is not None
    assert (last.published.mean, last.published.sd) == (69.51, 27.93)
    # Changes +20, +5, -10: mean 5, SD 15, t = 5 / (15 / sqrt 3) = 0.577, p = 0.62 (2 df).
    assert (gfr.change.n, gfr.change.mean, gfr.change.sd) == (3, 5.0, 15.0)
    assert gfr.change.p_t == pytest.approx(0.622, abs=1e-3)


def test_that_ever_in_remission_and_flare_have_their_own_denominators() -> None:
    tables = _tables()
    ever = tables.proportion("ever_in_remission")
    assert (ever.count, ever.denominator) == (3, 4)
    assert tables.proportion("flare_of_remitted").subjects == ("01-003",)
    assert tables.proportion("flare_of_remitted").denominator == 3
    assert tables.proportion("flare_of_treated").denominator == 4
    survival = tables.proportion("survival")
    assert (survival.count, survival.denominator) == (3, 4)
    published = tables.proportion("flare_of_remitted").published
    assert published is not None
    assert (published.count, published.denominator) == (11, 49)


def test_that_survival_and_flare_free_times_count_from_their_own_day() -> None:
    tables = _tables()
    assert [(row.time, row.n_event) for row in tables.survival.rows] == [(150, 1), (365, 0)]
    # Remission on day 91, first exceeding sample on day 182, confirmed on day 196.
    assert (91.0, 1) in [(row.time, row.n_event) for row in tables.flare_free.rows]
    assert tables.flare_free.n == 3


def test_that_text_and_data_show_the_same_numbers() -> None:
    tables = _tables()
    text, data = as_text(tables), as_json(tables)
    assert "50.00 ± 10.00 (3)" in text
    assert data["measures"]["gfr_measured"]["visits"][BASELINE]["mean"] == 50.0
    assert "at least 393 days before the cut-off" in text
    assert data["proportions"]["flare_of_remitted"]["published"]["percent"] == 22.4
    assert "肾脏复发" in as_text(tables, "zh")


def test_that_paired_changes_and_incidence_are_printed() -> None:
    text = as_text(_tables())
    # GFR: changes +20, +5, -10; ranks of their sizes give W = 2, exact p = 0.75.
    line = next(row for row in text.splitlines() if row.startswith("GFR, measured") and "+" in row)
    assert line.split()[-5:] == ["+5.00", "±", "15.00", "0.622", "0.750"]
    # Remissions of four patients: two on day 91, one on day 182; the fourth died on day 150:
    # 2/4, then one of the one still free: 2/4 + 1/4 x 1 = 0.75.
    assert "death competing: 0.750, n 4" in text
    assert as_json(_tables())["remission"][-1]["incidence"] == pytest.approx(0.75)


def test_that_a_visit_kept_late_in_its_window_does_not_lift_the_incidence() -> None:
    people = []
    for subject, day, value in (("01-001", 340, 2.9), ("01-002", 380, 0.2)):
        b = _patient(subject, 3.0, {})
        renal(b, b.visit("M12", day), day, value, 60)
        people.append(b.data())
    pairs = [(data, evaluate(data, PROTOCOL, today=TODAY)) for data in people]
    (row,) = cohort(pairs, PROTOCOL).remission
    # One of two, at the target of month 12; by the actual days it would be one of one.
    assert (row.time, row.n_at_risk, row.incidence) == (365, 2, 0.5)


def test_that_an_empty_study_gives_empty_tables() -> None:
    tables = cohort([], PROTOCOL)
    assert tables.subjects == ()
    assert tables.proportion("survival").fraction is None
    assert as_text(tables)


def test_that_the_published_numbers_are_those_of_the_abstract() -> None:
    trial = published_trial()
    assert trial.means["sledai", 12].mean == 5.48
    assert trial.letters[0] == {"A": 20, "B": 61, "C": 0, "DE": 0}
    assert trial.means["protein", 0].note is not None


def test_that_the_wilson_interval_is_the_hand_calculated_one() -> None:
    # 49 of 81: centre (p + z2/2n)/(1 + z2/n), half z sqrt(p q/n + z2/4n2)/(1 + z2/n).
    z, p, n = 1.959964, 49 / 81, 81
    centre, scale = p + z * z / (2 * n), 1 + z * z / n
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    assert wilson(49, 81) == pytest.approx(((centre - half) / scale, (centre + half) / scale))


def test_that_a_single_patient_has_a_mean_and_no_spread() -> None:
    assert mean_sd([3.0]) == (3.0, None)
    assert mean_sd([]) == (None, None)
    assert paired_change([(1.0, 2.0)]).p_t is None
