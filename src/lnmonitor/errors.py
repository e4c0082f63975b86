"""The program's errors: a person's mistake is a `UserError`, everything else is a bug.

A `UserError` carries one English sentence with its parameters apart, so that it can be shown in the
person's language, and the remedy as a second sentence. The command line exits with `exit_status`.
"""

from __future__ import annotations


class LnMonitorError(Exception):
    """Root of all errors the program raises on purpose."""


class UserError(LnMonitorError):
    """A person's mistake, or the world's: shown as a sentence with its remedy, nothing is lost.

    Args:
        message: English sentence, `str.format` style placeholders allowed.
        remedy: English sentence that says what to do now; may be empty.
        params: values of the placeholders of both sentences.
    """

    exit_status = 2

    def __init__(self, message: str, remedy: str = "", **params: object) -> None:
        self.message = message
        self.remedy = remedy
        self.params = params
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """Both sentences in English, for the command line and for logs without study values."""
        sentences = (self.message, self.remedy) if self.remedy else (self.message,)
        return " ".join(sentence.format(**self.params) for sentence in sentences)


class InputError(UserError):
    """Input that cannot be taken: a file, an option, a value."""


class RefusedError(UserError):
    """The request is understood and refused: permission, lock, conflict."""

    exit_status = 3


class PermissionDeniedError(RefusedError):
    """The person's role may not do this."""


class ConflictError(RefusedError):
    """The record was changed by somebody else since it was read."""


class StorageError(RefusedError):
    """The disk or the store cannot take it now: full, read-only, locked, damaged."""
