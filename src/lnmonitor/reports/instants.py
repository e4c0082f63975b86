"""Instants as printed: on the clock of the workstation that wrote them, with offset from UTC."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo


def with_offset(at: str, utc_offset: str) -> str:
    """Return a stored UTC instant as `2026-05-12 09:41:52 +08:00`.

    Args:
        utc_offset: of the workstation's clock when it was written, such as `+08:00`.
    """
    sign = -1 if utc_offset.startswith("-") else 1
    hours, _, minutes = utc_offset.lstrip("+-").partition(":")
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return in_zone(at, timezone(sign * offset))


def in_zone(at: str, zone: tzinfo | None) -> str:
    """Return a stored UTC instant on a clock, with its offset; empty for none."""
    return _text(datetime.fromisoformat(at).astimezone(zone)) if at else ""


def of_clock(now: datetime) -> str:
    """Return an instant of this workstation's clock with offset and the zone's name."""
    zone = getattr(now.tzinfo, "key", None) or now.tzname()
    return f"{_text(now)} ({zone})"


def zone_words(now: datetime) -> str:
    """Return the zone of this workstation's clock: `UTC+08:00, Asia/Shanghai`."""
    zone = getattr(now.tzinfo, "key", None) or now.tzname()
    return f"UTC{_text(now)[-6:]}, {zone}"


def _text(moment: datetime) -> str:
    return (
        moment.isoformat(sep=" ", timespec="seconds").replace("T", " ")[:19]
        + " "
        + (moment.isoformat()[-6:] if moment.utcoffset() else "+00:00")
    )
