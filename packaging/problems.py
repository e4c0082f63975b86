"""The one error of the set-up: what is wrong, and what to do about it. Standard library only."""

from __future__ import annotations


class SetupProblem(Exception):  # noqa: N818 - it is shown as such: a problem with its remedy
    """Something outside the program stops the set-up.

    Args:
        message: what is wrong, one sentence.
        remedy: what to do now, one or more lines.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def say(text: str) -> None:
    """Print one line of progress at once, also into a pipe."""
    print(text, flush=True)
