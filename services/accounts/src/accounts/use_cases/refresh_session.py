"""A short token has run out: the session's refresh token is exchanged for another one and a new refresh token."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import SessionEnded
from accounts.domain.refresh_tokens import RefreshToken
from accounts.domain.session import SignInRules
from accounts.use_cases.factors_of import factors_of
from accounts.use_cases.open_session import OpenSession, grant_of
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.record_own_act import record_own_act
from accounts.use_cases.revoke import end_sessions


@dataclass(frozen=True)
class RefreshSession:
    """`at` is real time."""

    token: RefreshToken
    at: datetime


async def refresh_session(
    command: RefreshSession, rules: SignInRules, uow: UnitOfWork, now: datetime
) -> OpenSession | None:
    """A refresh token works once. None: an old one came again, so somebody has a copy, and the session was ended.

    A refusal would undo the end, so it is the door that refuses.
    """
    session = await uow.sessions.find(command.token.session_id)
    if session is None or not session.is_open(rules.lifetimes, command.at):
        raise SessionEnded()
    if command.token.generation == session.generation:
        session = session.renewed(rules.lifetimes, command.at)
        await uow.sessions.save(session)
    elif not session.is_repeat(command.token.generation, command.at):
        await end_sessions([session], command.at, uow)
        await record_own_act(
            "refresh_sign_in", await uow.users.get(session.user_id), uow, now, session.id, ended="reused"
        )
        return None
    user = await uow.users.get(session.user_id)
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    # Asked only where it makes a difference: tokens are renewed much more often than somebody signs in.
    has_factor = user.kind in rules.factor_needed_by and (await factors_of(user.id, uow)).are_any
    return OpenSession(grant_of(user, company, session, has_factor, rules), session)
