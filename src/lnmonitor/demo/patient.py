"""A whole synthetic patient: every form of every visit around a sketch, in order of entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from lnmonitor.demo.activity import (
    bilag_form,
    other_items,
    pga,
    present,
    renal_items,
    sledai_form,
    spans,
    weight,
)
from lnmonitor.demo.blood import Blood, Result
from lnmonitor.demo.deviations import with_deviations
from lnmonitor.demo.drugs import draw_drugs
from lnmonitor.demo.entry import Entry
from lnmonitor.demo.events import (
    completion,
    death_entries,
    draw_events,
    fever_event,
    flare_event,
)
from lnmonitor.demo.infusions import (
    Given,
    draw_infusion,
    entries_of,
    infusion_vitals,
    into_clinic,
    resting_vitals,
)
from lnmonitor.demo.people import demographics, eligibility, history
from lnmonitor.demo.sketch import Sketch
from lnmonitor.demo.timeline import CONFIRMATION, Moment
from lnmonitor.study.analytes import complete
from lnmonitor.study.forms import LabResult, PhysicianAssessment, Visit, VitalSigns
from lnmonitor.study.protocol import Protocol

_LABORATORY = "Central laboratory"
_RATIO_VISITS = ("SCR", "M1", "M3", "M6")
_OPTIONAL = ("URATE", "CYSC", "TP", "ALP", "GGT", "CHOL", "ESR", "NA", "GLUC", "C4", "DSDNA")
_NOT_DONE_SHARE = 0.03


@dataclass(frozen=True)
class Targets:
    """What the published means ask of one patient: SLEDAI totals and measured GFR (mL/min).

    Keys are visit codes; an absent one is free.
    """

    sledai: dict[str, int]
    gfr: dict[str, float]


class Chart:
    """Writes one patient's records; the draws are fixed by seed and number."""

    def __init__(self, sketch: Sketch, targets: Targets, protocol: Protocol, seed: int) -> None:
        self.sketch, self.targets, self.protocol = sketch, targets, protocol
        self.rng = Random(f"{seed}/{sketch.number}/chart")
        self.blood = Blood(sketch.person.sex, sketch.person.weight_kg, self.rng)
        self.in_mg = self.rng.random() < 0.25  # the laboratory reports mg/24 h
        scored = sketch.scored or sketch.moments[:1]
        # Nobody is given cells while running a fever.
        start = self._drawn_items(scored[0], never=frozenset({"fever"}))
        end = self._drawn_items(scored[-1], prefer=start) if len(scored) > 1 else start
        self.spans = spans(start, end, max(len(scored) - 1, 1), self.rng)
        self.scored = scored

    def entries(self, today: date) -> list[Entry]:
        """Return every record up to `today`, with deviations where a check asks for one."""
        sketch, rng = self.sketch, self.rng
        screened = sketch.on(sketch.moments[0])
        form, missing = history(sketch.person, rng)
        found = [
            Entry(demographics(sketch.person, rng)),
            Entry(form, missing=missing),
            Entry(eligibility(sketch.person, screened, rng)),
        ]
        given = None
        for place, moment in enumerate(sketch.moments):
            if moment.code == "D0":
                given = self._infusion()
                found.append(Entry(given.form))
            found += self._visit(place, moment, given)
        if given is not None:
            found += self._log(given, today)
        return with_deviations(sketch, found, self.protocol, rng)

    # --- visits ----------------------------------------------------------------------------------

    def _visit(self, place: int, moment: Moment, given: Given | None) -> list[Entry]:
        on = self.sketch.on(moment)
        visit = Visit(
            visit_code=moment.code,
            visit_date=on.isoformat(),
            status="MISSED" if moment.missed else "DONE",
            contact=None if moment.missed else ("WARD" if moment.day in (0, 1) else "CLINIC"),
            reason=moment.reason or None,
        )
        found = [Entry(visit, place)]
        if moment.missed:
            return found
        items = self._items(moment)
        vitals = self._vitals(moment, on, "fever" in items)
        found.append(Entry(vitals, place))
        if moment.code == "D0" and given is not None:
            found += entries_of(infusion_vitals(given, vitals, self.protocol, self.rng), place)
        results = self._results(moment, items)
        found += [self._result(code, result, on, place) for code, result in results.items()]
        if moment.code in ("D1", "UNS"):
            return found
        return found + self._scores(moment, items, results, place)

    def _scores(
        self, moment: Moment, items: frozenset[str], results: dict[str, Result], place: int
    ) -> list[Entry]:
        kidney = self.sketch.kidneys[moment.day]
        open_items = frozenset(
            {"dsdna"} if results["DSDNA"] == Result() and moment.code in ("M1", "M3", "M6") else ()
        )
        before = self._items_before(moment)
        nephrotic = self.sketch.nephrotic and moment.day <= 0
        score = sledai_form(items, open_items)
        return [
            Entry(score, place, missing=dict.fromkeys(open_items, "ND")),
            Entry(bilag_form(items, before, kidney, nephrotic=nephrotic), place),
            Entry(PhysicianAssessment(pga=pga(weight(items), self.rng)), place),
        ]

    def _vitals(self, moment: Moment, on: date, fever: bool) -> VitalSigns:
        rng, person = self.rng, self.sketch.person
        healing = min(max(moment.day, 0), 180) / 180
        water = 0.9 * (1 - healing) * min(self.sketch.kidneys[self.scored[0].day].u24, 5) / 2
        weight_kg = round(person.weight_kg - 0.8 * healing + water + rng.gauss(0, 0.4), 1)
        at = datetime.combine(on, into_clinic(rng.randint(0, 170)))
        return resting_vitals(at, person, weight_kg, healing, fever, rng)

    # --- activity --------------------------------------------------------------------------------

    def _drawn_items(
        self,
        moment: Moment,
        prefer: frozenset[str] = frozenset(),
        never: frozenset[str] = frozenset(),
    ) -> frozenset[str]:
        """Return the items outside the kidney that make the visit's total what it is to be."""
        renal = weight(renal_items(self.sketch.kidneys[moment.day]))
        total = self.targets.sledai.get(moment.code, renal + self.rng.choice((2, 4, 4, 6)))
        return other_items(total - renal, self.rng, prefer, never)

    def _items(self, moment: Moment) -> frozenset[str]:
        """Return every item present at a visit; between scored visits those of the one before."""
        place = max((i for i, m in enumerate(self.scored) if m.day <= moment.day), default=0)
        items = present(self.spans, place)
        kidney = self.sketch.kidneys.get(moment.day)
        return items | (renal_items(kidney) if kidney else frozenset())

    def _items_before(self, moment: Moment) -> frozenset[str]:
        earlier = [m for m in self.sketch.moments if m.day < moment.day and m.kidney]
        return self._items(earlier[-1]) if earlier else frozenset()

    # --- laboratory ------------------------------------------------------------------------------

    def _results(self, moment: Moment, items: frozenset[str]) -> dict[str, Result]:
        kidney = self.sketch.kidneys[moment.day]
        drawn = self.blood.draw(moment.day, items, kidney)
        planned = self.protocol.visit(moment.code)
        expected = planned.analytes if planned else ()
        found = {code: drawn[code] for code in expected if code in drawn}
        if moment.code not in _RATIO_VISITS:
            found.pop("UPCR", None)
        for code in _OPTIONAL:
            free = moment.code not in ("D0", "M12") or code not in ("C4", "DSDNA")
            if code in found and free and self.rng.random() < _NOT_DONE_SHARE:
                found[code] = Result()
        measured = self.targets.gfr.get(moment.code)
        if measured is None and moment.code == "M6" and self.rng.random() < 0.85:
            measured = round(self.blood.measured_gfr(kidney), 1)
        if measured is not None:
            found["GFRM"] = Result(measured)
        return found

    def _result(self, code: str, result: Result, on: date, place: int) -> Entry:
        value, unit = result.value, None
        if code == "U24P" and value is not None and self.in_mg:
            value, unit = float(round(value * 1000)), "mg/24 h"
        done = value is not None or result.text is not None
        raised = code in ("URBC", "UWBC") and value is not None and value > 5
        form = LabResult(
            analyte=code,
            collected_on=on.isoformat(),
            operator=result.operator,
            value=value,
            text=result.text,
            unit=unit,
            laboratory=_LABORATORY,
            method="99mTc-DTPA clearance" if code == "GFRM" else None,
            complete_collection="Y" if code == "U24P" and done else None,
            due_to_sle="Y" if raised else None,
        )
        person = self.sketch.person
        form = complete(form, sex=person.sex, age=person.age)
        if form.unit is None and value is not None:
            form.unit = form.canonical_unit
        return Entry(form, place, missing={} if done else {"value": "ND"})

    # --- infusion, drugs, events -----------------------------------------------------------------

    def _infusion(self) -> Given:
        off = _DOSE_OFF.get(self.sketch.number % 81, 1 + self.rng.gauss(0, 0.02))
        weight_kg = self.sketch.person.weight_kg
        return draw_infusion(self.sketch.person, weight_kg, self.protocol, off, self.rng)

    def _log(self, given: Given, today: date) -> list[Entry]:
        sketch, rng = self.sketch, self.rng
        person, course = sketch.person, sketch.course
        seen = [m for m in sketch.moments if not m.missed]
        last = sketch.on(seen[-1])
        until = min(today, last + timedelta(days=20))
        if course.death:
            until = person.infused + timedelta(days=course.death.day - 6)
        done = seen[-1].code == "M12"
        until = last if done else until
        found = draw_drugs(person, course, seen, until, given.conditioning_g, rng)
        if given.fever:
            found.append(fever_event(person.infused))
        found += draw_events(person.infused, until, rng)
        flared = next((m for m in seen if m.stage == CONFIRMATION), None)
        if flared is not None:
            found.append(flare_event(person.infused, sketch.on(flared)))
        if course.death:
            found += death_entries(person.infused, course.death)
        elif done:
            found.append(completion(last))
        return found


_DOSE_OFF = {6: 0.86, 23: 1.13, 40: 0.87, 58: 0.74, 71: 0.88}
"""Patients, by number, whose dose left the protocol's tolerance of 10 % or even of 20 %."""
