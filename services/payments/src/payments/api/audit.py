"""The books, for auditors: journals, account balances, bank lines."""

from typing import Annotated

from fastapi import APIRouter, Query

from chassis.kernel.ids import Id
from chassis.web.auth import require
from chassis.web.pages import Page, Paging, not_our_cursor
from payments.api.reader import Read
from payments.api.schemas import AccountBody, BankLineBody, JournalBody
from payments.api.windows import window_of

router = APIRouter(prefix="/v1", tags=["audit"], dependencies=[require("audit:read")])


@router.get("/ledger/journals")
async def list_journals(
    paging: Paging,
    queries: Read,
    order_id: Annotated[Id | None, Query(description="Only those that name this order")] = None,
) -> Page[JournalBody]:
    """Journals with their postings, newest first; they are added and never changed."""
    found = await queries.journals(order_id, window_of(paging))
    return paging.page_of(found, JournalBody.model_validate, lambda one: (one.posted_at.isoformat(), one.id))


@router.get("/ledger/accounts")
async def list_ledger_accounts(paging: Paging, queries: Read) -> Page[AccountBody]:
    """Every account with its balance, by name."""
    after: tuple[str, str] | None = None
    if paging.after is not None:
        if len(paging.after) != 2:
            raise not_our_cursor()
        after = (paging.after[0], paging.after[1])
    found = await queries.accounts(after, paging.limit + 1)
    return paging.page_of(found, AccountBody.model_validate, lambda one: (one.name, one.currency))


@router.get("/bank-lines")
async def list_bank_lines(paging: Paging, queries: Read) -> Page[BankLineBody]:
    """Money that came in and where every part of it went, newest first; the payer's data is not shown."""
    found = await queries.bank_lines(window_of(paging))
    return paging.page_of(found, BankLineBody.model_validate, lambda one: (one.received_at.isoformat(), one.id))
