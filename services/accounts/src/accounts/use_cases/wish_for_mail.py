"""Somebody who is not signed in asks for a mail with a link: the wish is noted, and an errand looks at it later."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.domain.email_address import same_email
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id, derived_id

_STRANGERS = Id("5eed0000-0000-7000-8000-000000000001")


class MailWish(StrEnum):
    """Which mail; the value names the errand."""

    ACTIVATION = "answer_activation_wish"
    PASSWORD = "answer_password_wish"  # noqa: S105 - the name of an errand, no secret


@dataclass(frozen=True)
class WishForMail:
    """Which mail to which address."""

    wish: MailWish
    email: str


async def wish_for_mail(command: WishForMail, uow: UnitOfWork, now: datetime) -> None:
    """One read and one errand, whether the address is known or not: neither the answer nor its time tells which.

    The errand of an unknown address is about nobody; the address itself is not kept, for it may be anybody's.
    """
    email = same_email(command.email)
    user = await uow.users.find_by_email(email)
    await uow.timers.set(command.wish, user.id if user else derived_id(_STRANGERS, email), now)
