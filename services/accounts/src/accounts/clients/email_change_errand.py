"""The errand behind a change of address that no support has to grant: whether somebody has it is looked at here, unseen."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from accounts.domain.errors import CompanyNotActive, EmailChangeMoveRefused
from accounts.use_cases.grant_email_change import GrantEmailChange, grant_email_change
from accounts.use_cases.ports import Markets
from chassis.db.timers import DueTimer
from chassis.kernel.clock import real_now


def grant_asked_change(markets: Markets, run: Callable[[Any], Awaitable[Any]]) -> Callable[[DueTimer], Awaitable[None]]:
    """The handler; the timer's key is the change. One that was replaced, or whose company was closed, is left alone."""

    async def handle(timer: DueTimer) -> None:
        command = GrantEmailChange(timer.key, real_now(), by_operator=False)
        try:
            await run(partial(grant_email_change, command, markets))
        except (EmailChangeMoveRefused, CompanyNotActive):
            return

    return handle
