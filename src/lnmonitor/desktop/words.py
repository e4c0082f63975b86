"""Dates, roles and numbers as a person reads them in the language in force."""

from __future__ import annotations

from datetime import date, datetime

from lnmonitor.desktop.i18n import language, tr
from lnmonitor.study.dates import MONTHS

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ROLES = {
    "coordinator": "study nurse",
    "investigator": "investigator",
    "monitor": "monitor",
    "datamanager": "data manager",
    "administrator": "administrator",
}


def role_name(role: object) -> str:
    """Return a role as words; `role` is its code or an enum whose value is the code."""
    code = str(getattr(role, "value", role))
    return tr(ROLES.get(code, code))


def day_month(day: date) -> str:
    """Return "12 May", in Chinese "05-12"."""
    if language() == "zh":
        return day.strftime("%m-%d")
    return f"{day.day} {MONTHS[day.month - 1]}"


def day_month_year(day: date) -> str:
    """Return "12 May 2026", in Chinese "2026-05-12"."""
    return day.isoformat() if language() == "zh" else f"{day_month(day)} {day.year}"


def iso_date(text: str | None) -> str:
    """Return an ISO date, complete or partial, as a person reads it; empty for none."""
    if not text:
        return ""
    if language() == "zh":
        return text[:10]
    parts = text[:10].split("-")
    if len(parts) == 1:
        return parts[0]
    month = MONTHS[int(parts[1]) - 1]
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{int(parts[2])} {month} {parts[0]}"


def instant(moment: datetime) -> str:
    """Return "12 May 2026 09:42", local time."""
    return f"{day_month_year(moment.date())} {moment:%H:%M}"


def local_instant(utc: str) -> str:
    """Return a UTC instant in ISO text as a person here reads it; another text stays as it is."""
    from lnmonitor.desktop.session_hub import hub

    try:
        moment = datetime.fromisoformat(utc)
    except ValueError:
        return utc
    return instant(moment.astimezone(hub().clock.now().tzinfo))


def weekday_instant(moment: datetime) -> str:
    """Return "Tue 12 May 2026 09:42 +08:00" for the status bar."""
    offset = moment.strftime("%z")
    offset = f"{offset[:3]}:{offset[3:]}" if offset else ""
    return f"{tr(_DAYS[moment.weekday()])} {instant(moment)} {offset}".strip()


def count(number: int, one: str, many: str, **params: object) -> str:
    """Return "1 visit" or "3 visits"; both texts are keys with {n} and perhaps more."""
    return tr(one if number == 1 else many, n=number, **params)


def weekday_date(day: date) -> str:
    """Return "Tue 12 May 2026" for a sentence."""
    return f"{tr(_DAYS[day.weekday()])} {day_month_year(day)}"


def size_words(size: int) -> str:
    """Return a file size given in bytes as "1.2 MB"."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size} B" if unit == "B" else f"{size:.1f} {unit}"
        size = size / 1000  # type: ignore[assignment]
    return f"{size:.1f} GB"


def age_words(iso: str, today: date) -> str:
    """Return how long ago an ISO date was: "today", "1 day", "9 days"; empty for a partial date."""
    try:
        days = (today - date.fromisoformat(iso[:10])).days
    except ValueError:
        return ""
    if days == 0:
        return tr("today")
    return count(days, "1 day", "{n} days")
