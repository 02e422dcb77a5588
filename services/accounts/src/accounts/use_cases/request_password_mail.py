"""Somebody has forgotten the password and wants a link by mail."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import CompanyState
from accounts.domain.link_tokens import new_nonce
from accounts.use_cases.company_rules import company_rules
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RequestPasswordMail:
    """`at` is real time."""

    user_id: Id
    at: datetime


async def request_password_mail(command: RequestPasswordMail, markets: Markets, uow: UnitOfWork, now: datetime) -> None:
    """Nobody, a person without a password, a closed company, or a second request in a minute changes nothing."""
    user = await uow.users.find(command.user_id)
    if user is None or not user.may_ask_for_password_link(command.at):
        return
    company = await uow.companies.get(user.company_id)
    if company.state is not CompanyState.ACTIVE:
        return
    rules = await company_rules(company, markets, uow, now)
    company, changed = company.person_changed("password_link", user.id)
    await uow.users.save(user.ask_for_password_link(new_nonce(), rules.password_link_valid_for, command.at))
    await uow.companies.save(company)
    uow.publish(changed)
