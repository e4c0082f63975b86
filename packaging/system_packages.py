"""Which system libraries Qt needs on Linux, which Debian package has them, and how to get them.

PySide6 brings Qt but not the X11, OpenGL and font libraries beneath it. What is missing is asked of
`ldd`, not guessed, so that the answer is right on every distribution. Standard library only.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from problems import SetupProblem, say

# Qt binaries without which not even a windowless run starts, and those a window needs besides.
CORE_BINARIES = (
    "Qt/lib/libQt6Core.so.6",
    "Qt/lib/libQt6Gui.so.6",
    "Qt/lib/libQt6Widgets.so.6",
    "Qt/lib/libQt6Svg.so.6",
    "Qt/lib/libQt6Test.so.6",
    "Qt/plugins/platforms/libqoffscreen.so",
)
WINDOW_BINARIES = ("Qt/plugins/platforms/libqxcb.so",)

# Shared object -> Debian and Ubuntu package.
DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libGLdispatch.so.0": "libglvnd0",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libXau.so.6": "libxau6",
    "libXdmcp.so.6": "libxdmcp6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
}


def missing_objects(ldd_output: str) -> set[str]:
    """Return the shared objects that `ldd` calls not found."""
    return set(re.findall(r"^\s*(\S+) => not found", ldd_output, flags=re.MULTILINE))


def packages_for(objects: set[str]) -> tuple[list[str], list[str]]:
    """Return the Debian packages for shared objects, and the objects no package is known for."""
    packages = sorted({DEBIAN_PACKAGES[name] for name in objects if name in DEBIAN_PACKAGES})
    return packages, sorted(objects - set(DEBIAN_PACKAGES))


def install(packages: list[str], purpose: str) -> None:
    """Install Debian packages as root; otherwise say which command does.

    Raises:
        SetupProblem: not root, no apt, or apt failed.
    """
    command = "apt-get install -y --no-install-recommends " + " ".join(packages)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not is_root or shutil.which("apt-get") is None:
        raise SetupProblem(
            f"System packages are missing for {purpose}.",
            f"Install them, then run this again:\n  sudo {command}\n"
            "(names are Debian's; other systems have the same libraries under similar names)",
        )
    say(f"installing system packages for {purpose}: {' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-q"], command.split()):
        result = subprocess.run(step, env=environment, capture_output=True, text=True, check=False)
        if result.returncode:
            tail = "\n  ".join((result.stderr or result.stdout).strip().splitlines()[-4:])
            raise SetupProblem(
                f"{' '.join(step[:2])} failed.",
                f"It said:\n  {tail}\nMend that, then run this again. Command: {command}",
            )


def ensure_qt_libraries(site_packages: Path, *, window: bool) -> None:
    """Make sure that Qt's libraries can load; do nothing but on Linux.

    Args:
        site_packages: folder that holds PySide6.
        window: a window will be shown, so what only a window needs is required too.

    Raises:
        SetupProblem: libraries are missing and could not be installed.
    """
    if platform.system() != "Linux" or shutil.which("ldd") is None:
        return
    core, extra = (_missing(site_packages, part) for part in (CORE_BINARIES, WINDOW_BINARIES))
    if not core | extra:
        return
    try:
        _provide(core | extra)
    except SetupProblem as problem:
        if core or window:
            raise
        say(f"note: what only a window needs is not there. {problem.remedy}")


def _provide(objects: set[str]) -> None:
    packages, unknown = packages_for(objects)
    if unknown:
        raise SetupProblem(
            f"Qt needs libraries that are not on this system: {', '.join(unknown)}.",
            "Install the packages of your system that contain them, then run this again.",
        )
    install(packages, "Qt")


def _missing(site_packages: Path, binaries: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for binary in binaries:
        path = site_packages / "PySide6" / binary
        if path.exists():
            result = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False)
            found |= missing_objects(result.stdout)
    return found
