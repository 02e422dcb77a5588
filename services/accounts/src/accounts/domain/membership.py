"""A person's place in the company: its role changes, it leaves, it comes back, it is forgotten."""

from dataclasses import replace

from accounts.domain.email_address import nobodys_address
from accounts.domain.errors import PersonMoveRefused
from accounts.domain.scopes import Role, check_role
from accounts.domain.user import User, UserState
from chassis.kernel.personal_data import ERASED
from chassis.kernel.state import StateTable

# Who still has an activation link to open is not in the company yet.
MOVES = StateTable(
    {
        ("change_role", UserState.ACTIVE): UserState.ACTIVE,
        ("deactivate", UserState.ACTIVE): UserState.DEACTIVATED,
        ("rejoin", UserState.DEACTIVATED): UserState.ACTIVE,
        ("erase", UserState.PENDING): UserState.ERASED,
        ("erase", UserState.ACTIVE): UserState.ERASED,
        ("erase", UserState.DEACTIVATED): UserState.ERASED,
    },
    PersonMoveRefused,
)


def with_role(user: User, role: Role) -> User:
    """May do other things from now on."""
    state = MOVES.after("change_role", user.state)
    check_role(user.kind, role)
    return replace(user, version=user.version + 1, state=state, role=role)


def deactivated(user: User) -> User:
    """Cannot sign in any more: there is no password left, and no link to set one."""
    state = MOVES.after("deactivate", user.state)
    return replace(user, version=user.version + 1, state=state, password_hash=None, link=None, password_link=None)


def rejoined(user: User, name: str, role: Role, password_hash: str) -> User:
    """Was invited again, and has accepted."""
    state = MOVES.after("rejoin", user.state)
    check_role(user.kind, role)
    return replace(user, version=user.version + 1, state=state, name=name, role=role, password_hash=password_hash)


def erased(user: User) -> User:
    """Nobody can tell any more who it was: name and address are made of the id, and nothing opens the account."""
    state = MOVES.after("erase", user.state)
    return replace(
        user,
        version=user.version + 1,
        state=state,
        email=nobodys_address(user.id),
        name=ERASED,
        password_hash=None,
        link=None,
        password_link=None,
    )
