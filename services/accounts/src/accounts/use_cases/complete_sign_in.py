"""The second half of a sign-in: the password was right."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.scopes import SCOPES_BY_KIND, Grant
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class CompleteSignIn:
    """Who has proven to be who."""

    user_id: Id


async def complete_sign_in(command: CompleteSignIn, uow: UnitOfWork, now: datetime) -> Grant:
    """Forget the failed attempts and grant everything that the person's kind may do."""
    user = await uow.users.get(command.user_id)
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    await uow.sign_in_attempts.forget(user.email)
    return Grant(user.id, company.id, user.kind, company.market, SCOPES_BY_KIND[user.kind])
