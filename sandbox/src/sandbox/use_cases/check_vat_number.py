"""Answer as VIES would."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.moment import Moment
from sandbox.domain.names import new_name
from sandbox.domain.vat_numbers import VatAnswer, VatStatus, checksum_status, compact_vat_number, demo_name
from sandbox.storage.vat_answers import find_vat_answer


@dataclass(frozen=True, slots=True)
class CheckVatNumber:
    """`service_down`: a tester's wish that every number is unavailable."""

    vat_number: str
    requester_vat_number: str | None
    service_down: bool


async def check_vat_number(command: CheckVatNumber, tx: AsyncConnection, now: Moment) -> VatAnswer:
    number = compact_vat_number(command.vat_number)
    laid_down = await find_vat_answer(tx, number)
    status: VatStatus = (
        "unavailable" if command.service_down else laid_down.status if laid_down else checksum_status(number)
    )
    name = laid_down.name if laid_down and laid_down.name else demo_name(number)
    return VatAnswer(
        status=status,
        vat_number=number,
        name=name if status == "valid" else None,
        consultation_number=_consultation_number(command.requester_vat_number) if status != "unavailable" else None,
        checked_at=now.business,
    )


def _consultation_number(requester: str | None) -> str | None:
    if requester is None or checksum_status(compact_vat_number(requester)) != "valid":
        return None
    return new_name("WAPI").replace("_", "").upper()
