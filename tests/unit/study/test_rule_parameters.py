"""What a protocol may set of the rules: listed in its file, checked, and known as in force."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, replace

import pytest

from lnmonitor.clinical.response import RULE_SETS
from lnmonitor.resources import asset, read_toml
from lnmonitor.study.protocol import load_protocol
from lnmonitor.study.rule_parameters import RULE_PARAMETERS, defaults_of, in_force, problems


def _file() -> str:
    return asset("protocols", "ln-msc-01.toml").read_text(encoding="utf-8")


def _words_in_file() -> dict[tuple[str, str], list[str]]:
    """The other words that the comment behind a default names, by rule and parameter."""
    found: dict[tuple[str, str], list[str]] = {}
    rule = ""
    for line in _file().splitlines():
        if table := re.fullmatch(r"\[parameters\.(\S+)\]", line):
            rule = table[1]
        elif said := re.fullmatch(r'# (\w+) = "\S+"  # or (.+)', line):
            found[rule, said[1]] = re.findall(r'"([^"]+)"', said[2])
    return found


def test_that_the_protocol_file_lists_every_parameter_with_its_default() -> None:
    taken_up = re.sub(r"(?m)^# (\w+ = )", r"\1", _file())
    stated = tomllib.loads(taken_up)["parameters"]
    assert stated == {rule: dict(known) for rule, known in RULE_PARAMETERS.items()}
    assert list(problems(stated)) == []


def test_that_the_words_named_in_the_file_are_possible_ones() -> None:
    words = _words_in_file()
    text_options = {
        (rule, name)
        for rule, known in RULE_PARAMETERS.items()
        for name, value in known.items()
        if isinstance(value, str)
    }
    assert set(words) == text_options
    for (rule, name), others in words.items():
        for word in others:
            assert list(problems({rule: {name: word}})) == []
        assert len(list(problems({rule: {name: "otherwise"}}))) == 1


def test_that_stating_a_default_changes_nothing_that_is_in_force() -> None:
    bare = load_protocol("ln-msc-01")
    assert all(values == {} for values in bare.parameters.values())
    stated: Mapping[str, dict] = {rule: dict(known) for rule, known in RULE_PARAMETERS.items()}
    assert repr(in_force(stated)) == repr(in_force(bare.parameters))
    assert in_force({"sri-4": {"sledai_fall": 5}})["sri-4"]["sledai_fall"] == 5
    assert asdict(replace(bare, parameters={}))["parameters"] == {}


@pytest.mark.parametrize(
    ("rule", "name", "value", "said"),
    [
        ("set-a", "complete_protein_g", "0.3", "complete_protein_g is 0.3; it must be a number"),
        ("set-a", "complete_protein_g", True, "complete_protein_g is True; it must be a number"),
        ("set-a", "complete_protein_g", -1, "complete_protein_g is -1; it must be >= 0"),
        ("set-a", "complete_needs_albumin", 1, "complete_needs_albumin is 1; it must be true or"),
        ("sri-4", "sledai_fall", 0, "sledai_fall is 0; it must be 1 to 105"),
        ("sri-4", "sledai_fall", 2.5, "sledai_fall is 2.5; it must be a whole number"),
        ("sri-4", "sledai_fall", float("nan"), "sledai_fall is nan; it must be a whole number"),
        ("sri-4", "pga_rise", 3.1, "pga_rise is 3.1; it must be 0 to 3"),
        ("sri-4", "pga_operator", "=", "pga_operator is =; it must be < or <="),
        ("sri-4", "pga_operator", 1, "pga_operator is 1; it must be < or <="),
        ("lldas", "prednisone_mg_day", -5, "prednisone_mg_day is -5 mg/day; it must be >= 0"),
        (
            "bilag-2004-haematological",
            "haemoglobin_g_l_b",
            79,
            "haemoglobin_g_l_b is 79.0 g/L; it must be >= haemoglobin_g_l_a 80",
        ),
        (
            "bicla",
            "sledai_fall",
            4,
            "parameter sledai_fall of bicla unknown, known are sledai_rise, pga_rise, pga_operator",
        ),
    ],
)
def test_that_an_impossible_override_is_named_with_what_is_possible(
    rule: str, name: str, value: object, said: str
) -> None:
    (problem,) = problems({rule: {name: value}})
    assert said in problem
    assert rule in problem


def test_that_parameters_that_are_no_table_are_refused() -> None:
    assert list(problems({"sri-4": 5})) == ["parameters of sri-4 is no table"]
    (unknown,) = problems({"sri-5": {}})
    assert "sri-5, which is no rule with parameters: set-a" in unknown


def test_that_a_rule_s_defaults_are_found_by_the_id_in_its_results() -> None:
    assert defaults_of("response-set-a") == RULE_SETS["set-a"].parameters
    assert defaults_of("sri-4")["sledai_fall"] == 4
    assert defaults_of("sledai-2k") == {}


def test_that_every_parameter_has_a_name_in_both_languages() -> None:
    names = read_toml("i18n", "parameters.toml")
    for known in RULE_PARAMETERS.values():
        for name, value in known.items():
            english, chinese = names["parameter"][name]
            assert "{value}" in english, name
            assert "{value}" in chinese, name
            if isinstance(value, str) and value.isidentifier() and len(value) > 1:
                assert len(names["option"][value]) == 2
    for others in _words_in_file().values():
        for word in others:
            assert word in names["option"] or len(word) <= 2, word
