"""Somebody did not get the activation mail and wants it again."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.link_tokens import new_nonce
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RequestActivationMail:
    """`at` is real time."""

    user_id: Id
    at: datetime


async def request_activation_mail(command: RequestActivationMail, uow: UnitOfWork, now: datetime) -> None:
    """Nobody, an active person, or a second request in a minute changes nothing."""
    user = await uow.users.find(command.user_id)
    if user is None or not user.may_ask_for_mail(command.at):
        return
    company, changed = (await uow.companies.get(user.company_id)).person_changed("activation_link", user.id)
    await uow.users.save(user.ask_for_link(new_nonce(), command.at))
    await uow.companies.save(company)
    uow.publish(changed)
