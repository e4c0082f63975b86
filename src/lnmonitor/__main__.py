"""Entry point of `python -m lnmonitor` and of the `lnmonitor` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit status."""
    # Imported here so that a broken installation can still say so in one line.
    from lnmonitor.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
