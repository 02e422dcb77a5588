"""VIES: is this VAT number registered?"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from sandbox.api.common import Answer, Name, RequestBody, TheWorld
from sandbox.api.faulty import under_fault
from sandbox.domain.faults import UNAVAILABLE, Fault
from sandbox.domain.vat_numbers import VatStatus, compact_vat_number
from sandbox.storage.vat_answers import LaidDownAnswer, put_vat_answer, remove_vat_answer
from sandbox.use_cases.check_vat_number import CheckVatNumber, check_vat_number

router = APIRouter(prefix="/vies", tags=["VIES"])

VatNumber = Annotated[str, Query(min_length=1, max_length=40)]


class VatAnswerOut(Answer):
    status: VatStatus
    vat_number: str
    name: str | None
    consultation_number: str | None
    checked_at: datetime


class VatAnswerRequest(RequestBody):
    status: VatStatus
    name: Name | None = None


@router.get("/check")
async def get_check(
    request: Request, world: TheWorld, vat_number: VatNumber, requester_vat_number: VatNumber | None = None
) -> VatAnswerOut:
    """Valid when the check digits are right, unless another answer was laid down; a proof needs a valid requester."""

    async def work(fault: Fault | None) -> VatAnswerOut:
        service_down = fault is not None and fault.mode == UNAVAILABLE
        command = CheckVatNumber(vat_number, requester_vat_number, service_down)
        async with world.engine.connect() as tx:
            return VatAnswerOut.model_validate(await check_vat_number(command, tx, world.now()))

    return await under_fault(request, world, "vies", work)


@router.put("/answers/{vat_number}", status_code=204)
async def put_answer(vat_number: Name, body: VatAnswerRequest, world: TheWorld) -> Response:
    """Lay down what is answered about one number."""
    async with world.engine.begin() as tx:
        await put_vat_answer(tx, compact_vat_number(vat_number), LaidDownAnswer(body.status, body.name))
    return Response(status_code=204)


@router.delete("/answers/{vat_number}", status_code=204)
async def delete_answer(vat_number: Name, world: TheWorld) -> Response:
    """Back to the check digits."""
    async with world.engine.begin() as tx:
        await remove_vat_answer(tx, compact_vat_number(vat_number))
    return Response(status_code=204)
