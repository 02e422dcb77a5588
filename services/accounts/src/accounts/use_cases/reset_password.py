"""A person opens the link of the mail and sets another password."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import PasswordLinkInvalid
from accounts.domain.link_tokens import LinkToken
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.record_own_act import record_own_act
from accounts.use_cases.revoke import end_sessions_of


@dataclass(frozen=True)
class ResetPassword:
    """`at` is real time; the password is hashed before, outside of the transaction."""

    token: LinkToken
    password_hash: str
    at: datetime


async def reset_password(command: ResetPassword, uow: UnitOfWork, now: datetime) -> None:
    """Single use and in time; whoever is signed in as this person is signed out everywhere.

    Failed sign-ins are forgotten: whoever reads the mail is no guesser.
    """
    user = await uow.users.find(command.token.subject_id)
    if user is None:
        raise PasswordLinkInvalid()
    # Before sessions are looked for: a sign-in with the old password is then either among them or not yet compared.
    await uow.sign_in_attempts.forget(user.email)
    user = user.reset_password(command.token.nonce, command.password_hash, command.at)
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    company, changed = company.person_changed("password", user.id)
    await uow.users.save(user)
    await uow.companies.save(company)
    await end_sessions_of(user.id, command.at, uow)
    uow.publish(changed)
    await record_own_act("set_new_password", user, uow, now)
