"""ODM files: the clinical data as they are, and nothing that XML can do besides."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.exchange.files import odm_bytes

from lnmonitor.errors import InputError
from lnmonitor.exchange.readers import read_tables

GROUPS = {
    "DM": (["USUBJID", "SEX"], [["T-1", "F"], ["T-2", "M"]]),
    "LB": (["USUBJID", "LBORRES"], [["T-1", '<5 é"中\n=1+1 <b>'], ["T-1", ""]]),
}


def written(folder: Path, content: bytes) -> Path:
    (folder / "t.xml").write_bytes(content)
    return folder / "t.xml"


def test_that_each_group_of_items_is_a_table(tmp_path: Path) -> None:
    dm, lb = read_tables(written(tmp_path, odm_bytes(GROUPS)))
    assert (dm.name, dm.columns) == ("DM", ("USUBJID", "SEX"))
    assert [row.values for row in dm.rows] == [("T-1", "F"), ("T-2", "M")]
    assert [row.values for row in lb.rows] == [("T-1", '<5 é"中\n=1+1 <b>'), ("T-1", "")]


ODM = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3">{}</ODM>'
GROUP = (
    '<ClinicalData><SubjectData SubjectKey="K-1"><StudyEventData><FormData>'
    '<ItemGroupData ItemGroupOID="IG.1">{}</ItemGroupData>'
    "</FormData></StudyEventData></SubjectData></ClinicalData>"
)


def test_that_names_come_from_the_metadata_and_the_subject_from_its_key(tmp_path: Path) -> None:
    metadata = (
        '<Study><MetaDataVersion><ItemGroupDef OID="IG.1" Name="Labs" Domain="LB"/>'
        '<ItemDef OID="I.1" Name="LBORRES"/></MetaDataVersion></Study>'
    )
    items = (
        '<ItemData ItemOID="I.1" Value="5"/><ItemDataString ItemOID="I.2">typed</ItemDataString>'
        '<ItemDataFloat ItemOID="I.3">1.50</ItemDataFloat><ItemData ItemOID="I.4" IsNull="Yes"/>'
    )
    (table,) = read_tables(written(tmp_path, ODM.format(metadata + GROUP.format(items)).encode()))
    assert table.name == "LB"
    assert table.rows[0].cells == {
        "USUBJID": "K-1", "LBORRES": "5", "2": "typed", "3": "1.50", "4": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (ODM.format(""), "it holds no clinical data"),
        ("<ODM/>", "does not begin with ODM"),
        ('<ODM xmlns="http://www.cdisc.org/ns/odm/v2.0"/>', "does not begin with ODM"),
        ("<html><body>x</body></html>", "does not begin with ODM"),
        (
            ODM.format(GROUP.format('<ItemData ItemOID="A" Value="1"/>' * 2)),
            "group 1, row 1: the item A stands twice",
        ),
        (
            ODM.format(GROUP.format('<ItemData ItemOID="A" TransactionType="Remove"/>')),
            "changes, not data",
        ),
        (ODM.format(GROUP.format('<ItemGroupData ItemGroupOID="IG.2"/>')), "stands in another"),
        (ODM.format(GROUP.format("<ItemData><ItemData/></ItemData>")), "an item stands in another"),
        (ODM.format(GROUP.format("<ItemData/>")), "column 1 has no name"),
        (ODM.format(GROUP.format('<ItemDatb ItemOID="A"/>')), "among its data is ItemDatb"),
        (ODM.format(GROUP.format('<ItemData xmlns="x" ItemOID="A"/>')), "among its data is"),
        (ODM.format("<a>") + "</a>", "damaged"),
        ("", "damaged"),
        ('<!DOCTYPE ODM SYSTEM "http://127.0.0.1/x.dtd">' + ODM.format(""), "a document type"),
        (
            '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + ODM.format("&b;"),
            "a document type or an entity",
        ),
        (
            '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + ODM.format("&a;"),
            "a document type or an entity",
        ),
        (ODM.format("&unknown;"), "damaged"),
        (ODM.format("<a>" * 60 + "</a>" * 60), "nested more than 40 levels"),
        (ODM.format("x\0"), "damaged"),
    ],
)
def test_that_what_cannot_be_taken_is_refused(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        read_tables(written(tmp_path, content.encode()))
    assert "othing was imported" in refused.value.text


def test_that_what_stands_beside_the_data_is_passed_over(tmp_path: Path) -> None:
    beside = (
        '<ItemData ItemOID="A" Value="1"><AuditRecord><UserRef UserOID="U"/></AuditRecord>'
        "<Annotation><Comment>ItemData</Comment></Annotation></ItemData>"
        '<v:own xmlns:v="v">x</v:own>'
    )
    (table,) = read_tables(written(tmp_path, ODM.format(GROUP.format(beside)).encode()))
    assert table.rows[0].cells == {"A": "1", "USUBJID": "K-1"}


def test_that_an_inclusion_stays_an_element(tmp_path: Path) -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
    content = ODM.format(GROUP.format(include + '<ItemData ItemOID="A" Value="1"/>'))
    (table,) = read_tables(written(tmp_path, content.encode()))
    assert table.rows[0].cells == {"USUBJID": "K-1", "A": "1"}
