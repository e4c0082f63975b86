"""Entry point of `python -m lnmonitor` and of the `lnmonitor` command.

The last place where a fault of the program can be caught: a person gets one sentence and a file to
send, not a traceback. The file holds types and places, never an exception's text, which may hold a
study value.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from pathlib import Path

from lnmonitor import __version__

FAULT = 1


def main() -> int:
    """Run the command line and return its exit status."""
    try:
        from lnmonitor import cli

        return cli.main()
    except Exception as fault:  # noqa: BLE001 - nothing above would catch it
        sys.stderr.write(
            f"lnmonitor: The program met a fault of its own ({type(fault).__name__}). "
            f"What was saved stays saved. Send this file with your question: {_keep(fault)}\n"
        )
        return FAULT


def _keep(fault: Exception) -> Path:
    """Write the report into the log folder, or where the system lets us, and return its path."""
    from lnmonitor.paths import log_dir

    lines = [f"lnmonitor {__version__}, Python {platform.python_version()}, {platform.platform()}"]
    step: BaseException | None = fault
    while step is not None:
        lines.append(f"{type(step).__module__}.{type(step).__qualname__}")
        lines += [
            f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(step.__traceback__)
        ]
        step = step.__cause__ or step.__context__
    try:
        path = log_dir() / "fault.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:
        path = Path(tempfile.mkdtemp(prefix="lnmonitor-")) / "fault.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main())
