"""The last step of every way to sign in: a session begins, and a grant says what its person may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from accounts.domain.company import Company
from accounts.domain.scopes import SELF, Grant, scopes_of_person
from accounts.domain.session import Device, Session, SignInRules, new_session
from accounts.domain.user import User
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.record_own_act import record_own_act
from chassis.kernel.ids import new_id

# So long a person may look at where a session that is over came from.
_OLD = timedelta(days=30)
# What a session was opened with.
Proof = Literal["password", "second_factor", "passkey"]


@dataclass(frozen=True)
class OpenSession:
    """Who speaks, in which session."""

    grant: Grant
    session: Session


async def open_session(
    user: User,
    company: Company,
    device: Device,
    proof: Proof,
    has_factor: bool,
    rules: SignInRules,
    at: datetime,
    uow: UnitOfWork,
    now: datetime,
) -> OpenSession:
    """Old sessions are forgotten on the way, and a sign-in of the operator's staff is recorded. `at` is real time."""
    await uow.sessions.forget(user.id, at - _OLD)
    session = new_session(new_id(), user.id, company.id, device, rules.lifetimes, at)
    await uow.sessions.add(session)
    await record_own_act("sign_in", user, uow, now, session.id, by=proof)
    return OpenSession(grant_of(user, company, session, has_factor, rules), session)


def grant_of(user: User, company: Company, session: Session, has_factor: bool, rules: SignInRules) -> Grant:
    """What the role may do; without a factor, where one is needed, only what leads to one."""
    scopes = scopes_of_person(user.kind, user.role)
    if user.kind in rules.factor_needed_by and not has_factor:
        scopes = frozenset({SELF})
    return Grant(user.id, company.id, user.kind, company.market, scopes, session.id, role=user.role)
