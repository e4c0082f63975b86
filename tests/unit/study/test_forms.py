"""The form registry: every code list exists, every item says what it is in two languages."""

from __future__ import annotations

import pytest

from lnmonitor.clinical.bilag import ITEMS
from lnmonitor.clinical.sledai import ITEMS as SLEDAI_ITEMS
from lnmonitor.study.codelists import codelist, codelist_ids, decode
from lnmonitor.study.forms import FORMS, Bilag2004, Sledai2K
from lnmonitor.study.items import Kind

INTERFACE = "DM ID MH IE EX SV PGA VS LB SLEDAI BILAG CMG CMI PR AE DV DS".split()


def test_that_the_registry_has_the_forms_of_the_trial() -> None:
    assert sorted(FORMS) == sorted(INTERFACE)


@pytest.mark.parametrize("code", INTERFACE)
def test_that_every_item_has_two_labels_and_a_known_code_list(code: str) -> None:
    for field in FORMS[code].items().values():
        assert field.item.en
        assert field.item.zh
        if field.kind is Kind.CODE:
            assert codelist(field.item.codes or "").entries


@pytest.mark.parametrize("list_id", codelist_ids())
def test_that_every_code_has_text_in_both_languages(list_id: str) -> None:
    for entry in codelist(list_id).entries:
        assert entry.text.en
        assert entry.text.zh


def test_that_soft_limits_lie_inside_hard_ones() -> None:
    for form in FORMS.values():
        for field in form.items().values():
            if field.item.hard and field.item.soft:
                low, high = field.item.hard
                soft_low, soft_high = field.item.soft
                assert low is None or soft_low is None or low <= soft_low, field.name
                assert high is None or soft_high is None or soft_high <= high, field.name


def test_that_the_bilag_form_asks_items_1_to_77_by_their_clinical_names() -> None:
    asked = list(Bilag2004.items())
    assert asked[:77] == [item.code for item in ITEMS[:77]]


def test_that_the_sledai_form_asks_the_24_items() -> None:
    assert {item.code for item in SLEDAI_ITEMS} <= set(Sledai2K.items())


def test_that_decoding_takes_numbers_and_keeps_unknown_codes() -> None:
    assert decode("GRADE", 3, "en") == "3, severe"
    assert decode("SEX", "F", "zh") == "女"
    assert decode("SEX", "X", "en") == "X"
    assert decode("SEX", None, "en") == ""
