"""The errands behind a wish for a mail: whether somebody is there, and may have one, is looked at here, unseen."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from accounts.use_cases.ports import Markets
from accounts.use_cases.request_activation_mail import RequestActivationMail, request_activation_mail
from accounts.use_cases.request_password_mail import RequestPasswordMail, request_password_mail
from accounts.use_cases.wish_for_mail import MailWish
from chassis.db.timers import DueTimer
from chassis.kernel.clock import real_now

Run = Callable[[Any], Awaitable[Any]]
Errand = Callable[[DueTimer], Awaitable[None]]


def mail_wishes(markets: Markets, run: Run) -> dict[str, Errand]:
    """A handler for each wish; the timer's key is the person, `run` is the executor's."""

    async def activation(timer: DueTimer) -> None:
        await run(partial(request_activation_mail, RequestActivationMail(timer.key, real_now())))

    async def password(timer: DueTimer) -> None:
        # Somebody who never set a password has a use for the other mail only.
        await activation(timer)
        await run(partial(request_password_mail, RequestPasswordMail(timer.key, real_now()), markets))

    return {MailWish.ACTIVATION: activation, MailWish.PASSWORD: password}
