"""Entry point of `python -m lnmonitor` and of the `lnmonitor` command."""

from __future__ import annotations

import sys

from lnmonitor.cli import main

if __name__ == "__main__":
    sys.exit(main())
