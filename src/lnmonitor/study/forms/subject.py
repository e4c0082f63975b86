"""Demographics and consent; the person's identity, which never leaves the site."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item, Kind, Scope

_CONSENT = Text("Consent", "知情同意")


class Demographics(Form):
    """Who takes part: age, sex, body height and informed consent."""

    code: ClassVar[str] = "DM"
    title: ClassVar[Text] = Text("Demographics and consent", "人口学资料与知情同意")
    scope: ClassVar[Scope] = Scope.SUBJECT
    domain: ClassVar[str] = "DM"

    birth_date: Annotated[
        str | None,
        Item(
            "Date of birth", "出生日期", kind=Kind.PARTIAL_DATE, cdash="BRTHDAT", sdtm="DM.BRTHDTC"
        ),
    ] = None
    age_at_consent: Annotated[
        float | None,
        Item(
            "Age at consent",
            "知情同意时年龄",
            unit="years",
            hard=(1, 100),
            soft=(15, 70),
            decimals=0,
            cdash="AGE",
            sdtm="DM.AGE",
        ),
    ] = None
    sex: Annotated[
        str | None, Item("Sex", "性别", codes="SEX", required=True, cdash="SEX", sdtm="DM.SEX")
    ] = None
    ethnicity: Annotated[
        str | None, Item("Ethnic group", "民族", cdash="ETHNIC", sdtm="DM.ETHNIC")
    ] = None
    height_cm: Annotated[
        float | None,
        Item(
            "Height",
            "身高",
            unit="cm",
            hard=(100, 220),
            soft=(140, 190),
            decimals=0,
            sdtm="VS.HEIGHT",
        ),
    ] = None
    consent_date: Annotated[
        str | None,
        Item(
            "Consent signed on",
            "知情同意签署日期",
            kind=Kind.DATE,
            required=True,
            cdash="RFICDAT",
            sdtm="DM.RFICDTC",
            group=_CONSENT,
        ),
    ] = None
    consent_version: Annotated[
        str | None, Item("Version of the consent form", "知情同意书版本", group=_CONSENT)
    ] = None
    reference_date: Annotated[
        str | None,
        Item(
            "First treated elsewhere on",
            "外院首次治疗日期",
            kind=Kind.DATE,
            sdtm="DM.RFSTDTC",
        ),
    ] = None
    childbearing: Annotated[
        str | None,
        Item(
            "Of childbearing potential",
            "具有生育能力",
            codes="NY",
            sdtm="RP.CHILDPOT",
            group=_CONSENT,
        ),
    ] = None
    contraception: Annotated[
        str | None,
        Item("Effective contraception agreed", "同意有效避孕", codes="NYNA", group=_CONSENT),
    ] = None


class Identity(Form):
    """The person's name and numbers: optional, kept in one table, in no export."""

    code: ClassVar[str] = "ID"
    title: ClassVar[Text] = Text("Identity", "身份信息")
    scope: ClassVar[Scope] = Scope.SUBJECT

    full_name: Annotated[str | None, Item("Name", "姓名", identifying=True)] = None
    hospital_number: Annotated[str | None, Item("Hospital number", "病案号", identifying=True)] = (
        None
    )
    phone: Annotated[str | None, Item("Telephone", "电话", identifying=True)] = None
