"""Undo and redo on the entry page: the step is taken, then shown where it was."""

from __future__ import annotations

from lnmonitor.desktop.pages.visit.binder import Binder
from lnmonitor.desktop.pages.visit.desk import FormDesk


def step(binder: Binder, desk: FormDesk, *, back: bool) -> bool:
    """Take the last unsaved change back, or do it again; return whether there was one."""
    taken = binder.undo.undo() if back else binder.undo.redo()
    if taken is None:
        return False
    keys = [row.key for row in taken.rows]
    keys += [key for key in binder.form_keys if taken.entry in binder.entries(key)]
    if keys:
        desk.focus_item(keys[0], taken.entry, taken.name or None)
    for key in binder.form_keys:
        view = desk.view(key)
        for entry in taken.entries if view is not None else ():
            if view is not None and entry in binder.entries(key):
                view.judge(entry)
    return True
