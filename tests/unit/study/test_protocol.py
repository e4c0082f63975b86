"""The protocol file, and the published numbers beside it."""

from __future__ import annotations

import pytest

from lnmonitor.clinical.response import RULE_SETS
from lnmonitor.resources import asset, read_toml
from lnmonitor.study import protocol as protocol_module
from lnmonitor.study.protocol import Protocol, ProtocolError, load_protocol, protocol_names


def test_that_the_visits_and_windows_are_those_of_the_protocol(protocol: Protocol) -> None:
    windows = {
        visit.code: (visit.day - visit.before, visit.day, visit.day + visit.after)
        for visit in protocol.visits
        if visit.day is not None
    }
    assert windows["SCR"] == (-28, -7, -1)
    assert windows["M1"] == (23, 30, 37)
    assert windows["M3"] == (77, 91, 105)
    assert windows["M6"] == (168, 182, 196)
    assert windows["M9"] == (252, 273, 294)
    assert windows["M12"] == (337, 365, 393)
    assert [visit.code for visit in protocol.visits if visit.optional] == ["M9"]


def test_that_the_analysis_waits_for_the_end_of_the_last_window(protocol: Protocol) -> None:
    assert protocol.analysis_days == 365 + 28


def test_that_dose_and_tolerance_are_the_protocol_s(protocol: Protocol) -> None:
    assert (protocol.dose_per_kg, protocol.dose_minor_percent, protocol.dose_major_percent) == (
        1.0,
        10.0,
        20.0,
    )


def test_that_the_rules_it_names_exist(protocol: Protocol) -> None:
    assert {protocol.response_rule, *protocol.other_response_rules} <= set(RULE_SETS)


@pytest.mark.parametrize(
    ("day", "code"),
    [(337, "M12"), (393, "M12"), (394, None), (0, "D0"), (1, "D1"), (-1, "SCR"), (50, None)],
)
def test_that_a_day_belongs_to_the_visit_whose_window_holds_it(
    protocol: Protocol, day: int, code: str | None
) -> None:
    found = protocol.nearest(day)
    assert (found.code if found else None) == code


def test_that_a_protocol_is_found_by_id_in_any_case(protocol: Protocol) -> None:
    assert load_protocol("LN-MSC-01").id == protocol.id
    assert "gu-2014" not in protocol_names()


def test_that_an_unknown_protocol_is_named_with_the_known_ones() -> None:
    with pytest.raises(ProtocolError, match="ln-msc-01"):
        load_protocol("../gu-2014")


def test_that_the_published_letters_give_the_published_means() -> None:
    # Gu 2014: 4.48 +/- 2.60 and 1.09 +/- 0.83 on the scale 9/3/1/0/0, sample standard deviation.
    published = read_toml("protocols", "gu-2014.toml")
    for letters, expected in zip(
        published["bilag_letters"], ((4.48, 2.60), (1.09, 0.83)), strict=True
    ):
        numbers = [9] * letters["A"] + [3] * letters["B"] + [1] * letters["C"] + [0] * letters["DE"]
        mean = sum(numbers) / len(numbers)
        sd = (sum((n - mean) ** 2 for n in numbers) / (len(numbers) - 1)) ** 0.5
        assert (round(mean, 2), round(sd, 2)) == expected


@pytest.fixture
def edited(monkeypatch, tmp_path):
    """Load the protocol from a copy in which some text was changed."""
    original = asset("protocols", "ln-msc-01.toml").read_text(encoding="utf-8")

    def load(old: str, new: str) -> Protocol:
        assert old in original
        changed = tmp_path / "changed.toml"
        changed.write_text(original.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setattr(protocol_module, "asset", lambda *parts: tmp_path.joinpath(*parts[1:]))
        load_protocol.cache_clear()
        return load_protocol("changed")

    yield load
    load_protocol.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("day = 91", "day = 40", "windows of M1 and M3 overlap"),
        ('code = "M3"', 'code = "M1"', "visit M1 twice"),
        ('"SLEDAI", "BILAG"', '"SLEDAY", "BILAG"', "form SLEDAY unknown"),
        ('"GFRM",', '"GFRX",', "analyte GFRX unknown"),
        ('analysis_visit = "M12"', 'analysis_visit = "M24"', "visit M24 is not scheduled"),
        ('flare_rule = "flare-renal"', "", "cannot be read"),
        ('"set-a"', '"nanjing"', "response rule nanjing unknown, known are set-a, kdigo-2024"),
        ('"set-b",', '"set-a",', "response rule set-a twice"),
        ('"moroni"', '"milan"', "flare rule milan unknown, known are flare-renal, aurora-2"),
        ('"ckdepi-2021"', '"ckd"', "eGFR equation ckd unknown, known are ckdepi-2021"),
        ('"9/3/1/0/0"', '"12/5/1"', "BILAG scale 12/5/1 unknown, known are 9/3/1/0/0"),
        ('"bilag-2004-renal"', '"bilag"', "known are bilag-2004-renal, bilag-classic-renal"),
        ("sledai_window_days = 30", "sledai_window_days = 28", "SLEDAI window 28 unknown"),
        ('"trial", "gordon-2003"', '"trials"', "BILAG flare rule trials unknown, known are trial"),
        (
            'selena_flare = "off"',
            'selena_flare = "new"',
            "SELENA flare index new unknown, known are off, classic, modified",
        ),
        ("selena_flags = false", "selena_flags = true", "selena_flags without selena_flare"),
        ("[parameters.set-a]", "[parameters.set-z]", "parameters of set-z, which is no rule"),
        ("[parameters.set-a]", "[parameters.set-a]\nlimit = 1", "parameter limit of set-a unknown"),
        (
            "[parameters.bilag-2004-renal]",
            '[parameters.bilag-2004-renal]\nfirst_visit = "worse"',
            "bilag-2004-renal: first_visit is worse; it must be conservative or assume_deterior",
        ),
        (
            "[parameters.set-a]",
            '[parameters."lb.jump"]\nlimits = 0.3',
            "parameter limits of lb.jump unknown, known are limit",
        ),
        (
            "[parameters.set-a]",
            '[parameters."lb.jump"]\nlimit = "30 %"',
            "parameter of lb.jump: limit is 30 %; it must be a number",
        ),
    ],
)
def test_that_a_protocol_that_contradicts_itself_is_refused(edited, old, new, problem) -> None:
    with pytest.raises(ProtocolError, match=problem):
        edited(old, new)


def test_that_a_protocol_may_choose_other_rules_and_numbers(edited) -> None:
    chosen = edited("[parameters.set-a]", "[parameters.set-a]\ncomplete_protein_g = 0.3")
    assert chosen.parameters["set-a"] == {"complete_protein_g": 0.3}


def test_that_a_protocol_may_choose_the_number_of_a_check_across_fields(edited) -> None:
    chosen = edited("[parameters.set-a]", '[parameters."lb.jump"]\nlimit = 0.3')
    assert chosen.parameters["lb.jump"] == {"limit": 0.3}


def test_that_a_protocol_may_use_the_selena_flare_index(edited) -> None:
    assert not load_protocol("ln-msc-01").uses_selena
    assert edited('selena_flare = "off"', 'selena_flare = "modified"').uses_selena


def test_that_a_protocol_of_one_s_own_is_a_file(edited) -> None:
    assert edited("dose_per_kg = 1.0", "dose_per_kg = 2.0").dose_per_kg == 2.0


READ_BY_RULES = {
    "SLEDAI": ("C3", "C4", "DSDNA", "PLT", "WBC", "URBC", "UWBC", "UCASTS"),
    "BILAG": ("HGB", "WBC", "NEUT", "LYMPH", "PLT", "CREAT", "UDIP", "URBC", "UWBC", "UCASTS"),
}
"""Results without which an item of a form, or a letter, stays open."""
RESPONSE = ("U24P", "UPCR", "CREAT", "ALB", "URBC", "UWBC", "UCASTS")


def test_that_a_visit_asks_for_every_result_that_its_scores_read() -> None:
    for visit in load_protocol("ln-msc-01").visits:
        wanted = {code for form in visit.forms for code in READ_BY_RULES.get(form, ())}
        if "U24P" in visit.analytes:
            wanted |= set(RESPONSE)
        assert wanted <= set(visit.analytes), visit.code


def test_that_a_collection_is_never_asked_for_without_what_tells_its_completeness() -> None:
    for visit in load_protocol("ln-msc-01").visits:
        if {"U24P", "UPCR"} & set(visit.analytes):
            assert {"U24V", "UCREAT"} <= set(visit.analytes), visit.code
            assert "VS" in visit.forms, visit.code  # the weight
