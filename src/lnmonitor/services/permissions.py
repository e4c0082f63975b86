"""Who may do what: one table, asked by every service. The desktop only hides what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Protocol

from lnmonitor.errors import InputError, PermissionDeniedError
from lnmonitor.language import Text


class Action(Enum):
    """What a permission is about; the value is the sentence of its refusal."""

    VIEW = "Your role may not see patients."
    VIEW_IDENTITY = "Your role may not see names and telephone numbers."
    ENTER = "Your role may not enter or change data."
    VOID = "Your role may not void records."
    ACKNOWLEDGE_FLAG = "Your role may not acknowledge flags."
    DISMISS_FLAG = "Your role may not dismiss flags."
    REPORT = "Your role may not write PDF reports."
    EXPORT = "Your role may not export data."
    IMPORT = "Your role may not import data."
    VERIFY_SOURCE = "Your role may not verify data against their source."
    SIGN = "Your role may not sign."
    RAISE_QUERY = "Your role may not raise queries."
    ANSWER_QUERY = "Your role may not answer queries."
    CLOSE_QUERY = "Your role may not close queries."
    FREEZE = "Your role may not freeze data or open frozen data."
    LOCK = "Your role may not lock data or open locked data."
    VIEW_AUDIT = "Your role may not see the audit trail."
    REVIEW_AUDIT = "Your role may not record a review of the audit trail."
    REDACT_AUDIT = "Your role may not hide personal data in the audit trail."
    VERIFY = "Your role may not verify the study."
    MANAGE_BACKUPS = "Your role may not restore or set up backups."
    ACKNOWLEDGE_CLOCK = "Your role may not acknowledge a change of the clock."
    MANAGE_ACCOUNTS = "Your role may not manage accounts."


class Role(Enum):
    """What a person does in the trial."""

    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"
    MONITOR = "monitor"
    DATAMANAGER = "datamanager"
    ADMINISTRATOR = "administrator"

    @property
    def title(self) -> Text:
        """What a person reads."""
        return _TITLES[self]


_TITLES = {
    Role.COORDINATOR: Text("Study nurse or coordinator", "研究护士或协调员"),
    Role.INVESTIGATOR: Text("Investigator", "研究者"),
    Role.MONITOR: Text("Monitor", "监查员"),
    Role.DATAMANAGER: Text("Data manager", "数据管理员"),
    Role.ADMINISTRATOR: Text("Administrator", "管理员"),
}

_EVERYBODY = frozenset({Action.VIEW, Action.VIEW_AUDIT, Action.VERIFY, Action.REPORT})
_SITE = frozenset(
    {
        Action.VIEW_IDENTITY,
        Action.ENTER,
        Action.VOID,
        Action.ACKNOWLEDGE_FLAG,
        Action.RAISE_QUERY,
        Action.ANSWER_QUERY,
        Action.EXPORT,
        Action.IMPORT,
        Action.ACKNOWLEDGE_CLOCK,
    }
)
# Who questions data never writes any, and who writes data never closes a question about them.
_QUESTIONING = frozenset(
    {
        Action.RAISE_QUERY,
        Action.CLOSE_QUERY,
        Action.FREEZE,
        Action.REVIEW_AUDIT,
        Action.EXPORT,
    }
)
PERMISSIONS: Mapping[Role, frozenset[Action]] = {
    Role.COORDINATOR: _EVERYBODY | _SITE,
    Role.INVESTIGATOR: _EVERYBODY | _SITE | {Action.DISMISS_FLAG, Action.SIGN, Action.REVIEW_AUDIT},
    Role.MONITOR: _EVERYBODY | _QUESTIONING | {Action.VERIFY_SOURCE},
    Role.DATAMANAGER: _EVERYBODY
    | _QUESTIONING
    | {
        Action.LOCK,
        Action.REDACT_AUDIT,
        Action.IMPORT,
        Action.MANAGE_BACKUPS,
        Action.ACKNOWLEDGE_CLOCK,
    },
    # Runs the study's computer: takes data over at set-up, never enters, judges or signs any.
    Role.ADMINISTRATOR: _EVERYBODY
    | {
        Action.EXPORT,
        Action.IMPORT,
        Action.MANAGE_BACKUPS,
        Action.ACKNOWLEDGE_CLOCK,
        Action.MANAGE_ACCOUNTS,
    },
}


class HasRole(Protocol):
    """A session, as far as permission is concerned."""

    must_change_password: bool
    password_expired: bool

    def may(self, action: Action) -> bool:
        """Return whether the signed-in person may do it."""
        ...


def allowed(role: str, action: Action) -> bool:
    """Return whether a role, by its code, may do something."""
    return action in PERMISSIONS[role_of(role)]


def role_of(code: str) -> Role:
    """Return a role by its code.

    Raises:
        InputError: there is no such role.
    """
    try:
        return Role(code)
    except ValueError as error:
        raise InputError(
            "There is no role {role}.",
            "Choose one of: {roles}.",
            role=code,
            roles=", ".join(role.value for role in Role),
        ) from error


def require(session: HasRole, action: Action) -> None:
    """Refuse what the signed-in person's role may not do.

    Raises:
        PermissionDeniedError: with who may do it.
    """
    if session.may(action):
        return
    if session.password_expired:
        raise PermissionDeniedError(
            "Your password is too old.", "Choose a new one at the sign-in of the window."
        )
    if session.must_change_password:
        raise PermissionDeniedError(
            "Choose a password of your own first.", "Somebody else knows the one you have."
        )
    able = [role.value for role in Role if action in PERMISSIONS[role]]
    raise PermissionDeniedError(
        action.value,
        "Ask a person with the role: {roles}.",
        roles=", ".join(able),
    )
