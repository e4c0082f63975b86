"""Checks of the score forms: the windows that SLEDAI-2K has.

That a SLEDAI item and the laboratory disagree is a flag of the analysis, which knows the proposals.
"""

from __future__ import annotations

from lnmonitor.clinical.sledai import WINDOWS_DAYS
from lnmonitor.study.checks.finding import Context, Reporter
from lnmonitor.study.forms import Sledai2K


def check_sledai(context: Context[Sledai2K], report: Reporter) -> None:
    """Check the window."""
    form = context.form
    if form.window_days is not None and form.window_days not in WINDOWS_DAYS:
        report.refuse(
            "window_days",
            "sledai.window",
            "SLEDAI-2K looks back 10 or 30 days, not {days}. Enter one of them.",
            days=form.window_days,
        )
