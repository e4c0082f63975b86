"""Kidney replacement therapy: dialysis and transplantation."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lnmonitor.language import Text
from lnmonitor.study.items import Form, Item, Kind, Scope


class KidneyReplacement(Form):
    """One course of dialysis, or a kidney transplantation; no end date means it goes on.

    A log, like the drugs: what is not recorded did not happen. A question at each visit would leave
    every response open where it was passed over, and all responses of a study that began before
    the program asked.
    """

    code: ClassVar[str] = "PR"
    title: ClassVar[Text] = Text("Dialysis or kidney transplant", "透析或肾移植")
    scope: ClassVar[Scope] = Scope.SUBJECT_LOG
    domain: ClassVar[str] = "PR"

    kind: Annotated[
        str | None,
        Item("Kind", "方式", codes="KRT", required=True, cdash="PRTRT", sdtm="PR.PRTRT"),
    ] = None
    start: Annotated[
        str | None,
        Item(
            "Start, or day of transplantation",
            "开始日期或移植日期",
            kind=Kind.PARTIAL_DATE,
            required=True,
            cdash="PRSTDAT",
            sdtm="PR.PRSTDTC",
        ),
    ] = None
    stop: Annotated[
        str | None,
        Item(
            "End, or graft lost",
            "结束日期或移植肾失功日期",
            kind=Kind.PARTIAL_DATE,
            cdash="PRENDAT",
            sdtm="PR.PRENDTC",
        ),
    ] = None
    indication: Annotated[str | None, Item("Reason", "原因", cdash="PRINDC", sdtm="PR.PRINDC")] = (
        None
    )
