"""The gateway is about to write the activation mail and needs the link."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.link_tokens import new_nonce
from accounts.domain.user import Link, User
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class IssueActivationLink:
    """`at` is real time."""

    user_id: Id
    at: datetime


@dataclass(frozen=True)
class IssuedLink:
    """Whom to write to, and the link."""

    user: User
    link: Link


async def issue_activation_link(command: IssueActivationLink, uow: UnitOfWork, now: datetime) -> IssuedLink:
    """The same link on every call while it works; a new one if the mail is late by more than its life."""
    user = await uow.users.get(command.user_id)
    link = user.working_link(new_nonce(), command.at)
    if link != user.link:
        user = user.with_link(link)
        await uow.users.save(user)
    return IssuedLink(user, link)
