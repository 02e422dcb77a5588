"""Somebody did not get the activation mail and wants it again."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.activation import new_nonce
from accounts.domain.user import same_email
from accounts.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class RequestActivationMail:
    """`at` is real time."""

    email: str
    at: datetime


async def request_activation_mail(command: RequestActivationMail, uow: UnitOfWork, now: datetime) -> None:
    """The asker learns nothing: an unknown or active address, or a second request in a minute, changes nothing."""
    user = await uow.users.find_by_email(same_email(command.email))
    if user is None or not user.may_ask_for_mail(command.at):
        return
    company, changed = (await uow.companies.get(user.company_id)).ask_for_link(user.id)
    await uow.users.save(user.ask_for_link(new_nonce(), command.at))
    await uow.companies.save(company)
    uow.publish(changed)
