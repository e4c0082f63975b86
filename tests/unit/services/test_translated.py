"""What services and store say to a person is there in Chinese, where no literal call shows it."""

from __future__ import annotations

from lnmonitor.i18n import translator
from lnmonitor.services.permissions import Action
from lnmonitor.services.verify import SENTENCES, Problem, VerifyReport
from lnmonitor.storage.engine import SENTENCES as DISK


def test_that_refusals_reports_and_disk_trouble_have_chinese() -> None:
    zh = translator("zh")
    said = [*(action.value for action in Action), *SENTENCES]
    said += [sentence for pair in DISK.values() for sentence in pair]
    assert [sentence for sentence in said if not zh.knows(sentence)] == []


def test_that_a_report_speaks_both_languages() -> None:
    sound = VerifyReport(1234, "9f3c41d7b02e" + "0" * 52, 20, ())
    assert sound.lines[1] == "The audit trail is intact: 1234 entries, head 9f3c41d7b02e."
    assert "1234" in sound.lines_in("zh")[1]
    broken = VerifyReport(1, "", 0, (Problem(SENTENCES[0], {"sequence": 7}),))
    assert broken.lines[0] == "Entry 7 of the audit trail is missing."
    assert broken.lines_in("zh")[0] == "稽查轨迹缺少第 7 条。"
