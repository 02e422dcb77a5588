"""The errand behind a sign-up: ask the VAT register about one number and record what it says."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from accounts.domain.errors import RegisterUnavailable
from accounts.domain.values import VatStatus
from accounts.use_cases.ports import VatRegister
from accounts.use_cases.record_vat_answer import RecordVatAnswer, record_vat_answer
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id

Run = Callable[[Any], Awaitable[Any]]


def check_vat_number(register: VatRegister, run: Run) -> Callable[[DueTimer], Awaitable[None]]:
    """The handler; `run` is the executor's. It fails while the register does not answer, so that it is tried again."""

    async def handle(timer: DueTimer) -> None:
        number = timer.payload["number"]
        answer = await register.ask(number)
        command = RecordVatAnswer(Id(timer.payload["company_id"]), number, answer)
        await run(partial(record_vat_answer, command))
        if answer.status is VatStatus.UNAVAILABLE:
            raise RegisterUnavailable()

    return handle
