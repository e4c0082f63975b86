"""What a copy of the data leaves out or changes, and for whom it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lnmonitor.clock import local_moment
from lnmonitor.errors import InputError
from lnmonitor.exchange.sheets import Cell
from lnmonitor.language import Language

WITHHELD = "[withheld]"


@dataclass(frozen=True)
class Options:
    """What is left out or changed. `cutoff` is the last date that is in, on the site's clock."""

    cutoff: str | None = None
    deidentified: bool = False
    language: Language = "en"
    recipient: str = ""

    def after(self, on: str | None) -> bool:
        """Return whether a date, or the date of a local instant, lies after the cut-off."""
        return self.cutoff is not None and on is not None and on[:10] > self.cutoff

    def person(self, name: str) -> Cell:
        """Return the name of who did something, unless names are left out."""
        return "" if self.deidentified else name

    def free_text(self, text: Cell) -> Cell:
        """Return what somebody wrote, unless it is left out because it may name a person."""
        return WITHHELD if self.deidentified and text else text

    def described(self) -> str:
        """Return what was chosen, as the audit trail tells it."""
        chosen = [
            f"data up to {self.cutoff}" if self.cutoff else "all data",
            "de-identified" if self.deidentified else "",
            f"decodes in {'Chinese' if self.language == 'zh' else 'English'}",
        ]
        return ", ".join(one for one in chosen if one)


def checked_date(cutoff: str | None) -> str | None:
    """Return a cut-off as ISO text.

    Raises:
        InputError: it is not a date.
    """
    if cutoff is None:
        return None
    try:
        return date.fromisoformat(cutoff).isoformat()
    except ValueError as error:
        raise InputError(
            "The cut-off {date} is not a date.", "Write it as 2026-05-12.", date=cutoff
        ) from error


def stamp(at: str, utc_offset: str = "") -> str:
    """Return a UTC instant as ISO text on the clock that wrote it, its offset with it."""
    return local_moment(at, utc_offset).isoformat(timespec="seconds") if at else ""
