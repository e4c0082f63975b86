"""Compile Qt Designer's `ui/*.ui` into `src/lnmonitor/desktop/generated/ui_*.py`.

    python packaging/compile_ui.py            write what has changed, remove what has no source
    python packaging/compile_ui.py --check    change nothing; exit 1 and name what is stale

The compiler's header names its version and is replaced, so that a form looks the same whichever Qt
compiled it. Compiled forms are kept in the repository and never edited. See docs/adr/0003.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "ui"
TARGET = ROOT / "src" / "lnmonitor" / "desktop" / "generated"


def main(arguments: list[str]) -> int:
    """Bring the compiled forms up to date, or check that they are."""
    wanted = {f"ui_{path.stem}.py": compiled(path) for path in sorted(SOURCES.glob("*.ui"))}
    present = {path.name: path.read_text(encoding="utf-8") for path in TARGET.glob("ui_*.py")}
    stale = sorted(name for name in wanted | present if wanted.get(name) != present.get(name))
    if "--check" in arguments:
        for name in stale:
            print(f"stale: {name}")
        if stale:
            print("Run: python packaging/compile_ui.py")
        return 1 if stale else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            (TARGET / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (TARGET / name).unlink()
        print(("wrote " if name in wanted else "removed ") + name)
    return 0


def compiled(source: Path) -> str:
    """Return the Python module for a form, with our header in place of the compiler's."""
    uic = Path(sys.executable).with_name(
        "pyside6-uic" + (".exe" if sys.platform == "win32" else "")
    )
    result = subprocess.run(
        [str(uic), str(source)], capture_output=True, check=False, encoding="utf-8"
    )
    if result.returncode:
        sys.exit(f"{source.name} cannot be compiled: {(result.stderr or result.stdout).strip()}")
    body = re.sub(r"\A(# -\*-.*\n)?\s*(#{10,}\n(## .*\n|##\n)*#{10,}\n)?\s*", "", result.stdout)
    # Typed, so that a strictly checked caller may call them.
    widget = re.search(r'<widget class="(\w+)"', source.read_text(encoding="utf-8"))
    kind = widget[1] if widget else "QWidget"
    body = re.sub(
        r"def (setupUi|retranslateUi)\(self, (\w+)\):", rf"def \1(self, \2: {kind}) -> None:", body
    )
    body = re.sub(r"from (PySide6\.\w+) import \(([^)]+)\)", partial(_used_only, body), body)
    header = f"# Compiled from ui/{source.name} by packaging/compile_ui.py. Do not edit.\n\n"
    return header + body.replace("\r\n", "\n").rstrip() + "\n"


def _used_only(body: str, found: re.Match[str]) -> str:
    """Return an import of those names that the form uses: Qt builds each imported class, and a
    window that uses five of thirty would wait for thirty."""
    code = body[body.index("class ") :]
    names = [name for name in found[2].replace(",", " ").split() if re.search(rf"\b{name}\b", code)]
    return f"from {found[1]} import ({', '.join(names)})" if names else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
