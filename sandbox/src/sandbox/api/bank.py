"""Everybody else's bank: send money to a virtual IBAN, by program or by hand."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from chassis.kernel.errors import DomainError
from chassis.kernel.money import Money, exponent
from sandbox.api.common import FreeText, MoneyIn, Name, PageOut, RequestBody, TheWindow, TheWorld, page_out
from sandbox.api.pages import render
from sandbox.api.problems import status_of
from sandbox.api.psp.books import CreditAnswer
from sandbox.domain.errors import FormInvalid
from sandbox.domain.ibans import compact_iban
from sandbox.domain.moves import Credit
from sandbox.storage.accounts import get_account_by_iban
from sandbox.storage.closed_ibans import close_iban, reopen_iban
from sandbox.storage.credits import list_credits
from sandbox.storage.lists import Window
from sandbox.use_cases.receive_bank_transfer import ReceiveBankTransfer, receive_bank_transfer
from sandbox.world import World

router = APIRouter(prefix="/bank", tags=["bank"])

_DEMO_PAYER = {"debtor_name": "Demo buyer", "debtor_iban": "DE89370400440532013000"}
_SHOWN_ON_PAGE = 20


class BankTransferRequest(RequestBody):
    iban: Name
    amount: MoneyIn
    debtor_name: Name
    debtor_iban: Name
    remittance: FreeText = ""
    value_date: date | None = None


@router.post("/transfers", status_code=201)
async def post_bank_transfer(body: BankTransferRequest, world: TheWorld) -> CreditAnswer:
    """Money arrives on a virtual IBAN; a webhook `bank.credit_received` follows."""
    return CreditAnswer.model_validate(await _receive(world, body, body.amount.to_money()))


@router.get("/transfers")
async def get_bank_transfers(world: TheWorld, window: TheWindow) -> PageOut[CreditAnswer]:
    """Bank transfers that arrived, newest first."""
    async with world.engine.connect() as tx:
        return page_out(await list_credits(tx, None, None, window), CreditAnswer.model_validate)


@router.put("/closed-accounts/{iban}", status_code=204)
async def put_closed_account(iban: Name, world: TheWorld) -> Response:
    """Close a bank account: pay-outs and refunds to it come back as failed."""
    async with world.engine.begin() as tx:
        await close_iban(tx, compact_iban(iban))
    return Response(status_code=204)


@router.delete("/closed-accounts/{iban}", status_code=204)
async def delete_closed_account(iban: Name, world: TheWorld) -> Response:
    """Open it again."""
    async with world.engine.begin() as tx:
        await reopen_iban(tx, compact_iban(iban))
    return Response(status_code=204)


@router.get("", response_class=HTMLResponse)
async def get_bank_page(
    request: Request,
    world: TheWorld,
    iban: Annotated[str, Query(max_length=200)] = "",
    amount: Annotated[str, Query(max_length=30)] = "",
    remittance: Annotated[str, Query(max_length=1000)] = "",
) -> HTMLResponse:
    """A form to pay an order by hand; the query can fill it in."""
    form = {"iban": iban, "amount": amount, "remittance": remittance, **_DEMO_PAYER}
    return await _page(request, world, form, 200)


@router.post("", response_class=HTMLResponse)
async def post_bank_page(request: Request, world: TheWorld) -> HTMLResponse:
    """What the form sends."""
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace").replace("%00", "")))
    try:
        credit = await _receive_form(world, form)
    except DomainError as refusal:
        return await _page(request, world, form, status_of(refusal), refusal=refusal)
    return await _page(request, world, _DEMO_PAYER, 201, sent=credit)


async def _receive_form(world: World, form: dict[str, str]) -> Credit:
    async with world.engine.connect() as tx:
        account = await get_account_by_iban(tx, "".join(form.get("iban", "").split()).upper())
    try:
        body = BankTransferRequest.model_validate(
            {
                **form,
                "amount": {"amount": _minor(form.get("amount", ""), account.currency), "currency": account.currency},
            }
        )
    except ValidationError as reason:
        raise FormInvalid("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in reason.errors())) from reason
    return await _receive(world, body, body.amount.to_money())


def _minor(text: str, currency: str) -> int:
    try:
        minor = Decimal(text.strip().replace(",", ".")).scaleb(exponent(currency))
        if minor == minor.to_integral_value():
            return int(minor)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise FormInvalid(f"The amount must be a number such as 129.90 with at most {exponent(currency)} decimals.")


async def _receive(world: World, body: BankTransferRequest, amount: Money) -> Credit:
    command = ReceiveBankTransfer(
        body.iban, amount, body.debtor_name, body.debtor_iban, body.remittance, body.value_date
    )
    async with world.engine.begin() as tx:
        credit = await receive_bank_transfer(command, tx, world.now())
    world.bell.set()
    return credit


async def _page(request: Request, world: World, form: dict[str, str], status: int, **more: Any) -> HTMLResponse:
    async with world.engine.connect() as tx:
        latest = await list_credits(tx, None, None, Window(None, _SHOWN_ON_PAGE))
    return render(request, "bank.html", {"form": form, "credits": latest.items, **more}, status)
