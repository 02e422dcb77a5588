"""A person asks for another e-mail address to sign in with."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.email_address import new_address
from accounts.domain.email_change import EmailChange, EmailChangeState
from accounts.domain.errors import EmailChangeTooSoon, EmailIsTheEnvironments
from accounts.domain.platform import OPERATOR_USER
from accounts.domain.user import MAIL_EVERY
from accounts.use_cases.change_company import rules_of
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id, new_id

GRANT_EMAIL_CHANGE = "grant_email_change"
# How the markets' `accounts.support_only_fields` call it.
_SUPPORT_ONLY = "email"


@dataclass(frozen=True)
class RequestEmailChange:
    """The person has just given the password again. `at` is real time."""

    user_id: Id
    email: str
    at: datetime


async def request_email_change(
    command: RequestEmailChange, markets: Markets, uow: UnitOfWork, now: datetime
) -> EmailChange:
    """Where the market leaves it to support, it waits for support; else an errand grants it.

    Whether the address is taken is looked at there, unseen: the asker hears the same either way.
    """
    email = new_address(command.email)
    user = await uow.users.get(command.user_id)
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    if user.id == OPERATOR_USER:
        raise EmailIsTheEnvironments()
    await uow.sign_in_attempts.forget(user.email)
    for before in await uow.email_changes.pending_of(user.id):
        if command.at < before.asked_at + MAIL_EVERY:
            raise EmailChangeTooSoon(retry_after_seconds=int(MAIL_EVERY.total_seconds()))
        await uow.email_changes.save(before.replace())
    change = EmailChange(new_id(), 1, user.id, company.id, EmailChangeState.ASKED, email, command.at)
    await uow.email_changes.add(change)
    if _SUPPORT_ONLY not in (await rules_of(company, markets, uow, now)).support_only:
        await uow.timers.set(GRANT_EMAIL_CHANGE, change.id, now)
    return change
