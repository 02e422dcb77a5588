"""The operator's side of a seller's whole case: everything in it, its tax data, and the yearly extract for the tax office."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, status
from starlette.responses import Response

from accounts.api import seller_shapes
from accounts.api.operator import Operator
from accounts.api.seller_schemas import Dac7SellerBody, SellerFileBody, SellerMoveBody
from accounts.api.sellers import read_seller_file
from accounts.api.state import Given
from accounts.use_cases.ask_tax_data import AskTaxData, ask_tax_data
from chassis.kernel.ids import Id
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/operator", tags=["operator"])


@router.get("/sellers/{seller_id}")
async def read_seller(seller_id: Id, subject: Operator, given: Given) -> SellerFileBody:
    """A seller's whole case: owners, tax data, addresses, and what is needed."""
    return await read_seller_file(seller_id, given, by_operator=True)


@router.post(
    "/sellers/{seller_id}/tax-data-requests", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody
)
async def ask_for_tax_data(seller_id: Id, subject: Operator, write: Write, given: Given) -> Response:
    """Ask a seller for its tax data anew. It is reminded; after the days the market says its payouts are held."""
    work = partial(ask_tax_data, AskTaxData(seller_id), given.markets)
    return await write.answer(subject.tenant, work, seller_shapes.seller_move, status=status.HTTP_201_CREATED)


@router.get("/dac7")
async def list_sellers_to_report(
    subject: Operator, paging: Paging, given: Given, year: Annotated[int | None, Query(ge=2023, le=2100)] = None
) -> Page[Dac7SellerBody]:
    """Who sold on the platform until the end of a year (this one, unless said), as tax law (DAC7) wants to know it.

    Amounts are in payments' books.
    """
    before = datetime((year or given.executor.clock.now().year) + 1, 1, 1, tzinfo=UTC)
    accounts = await given.queries.reportable_sellers(before, paging.after_id, paging.limit + 1)
    shown = [seller_shapes.dac7(one.company, one.seller) for one in accounts[: paging.limit] if one.seller]
    return paging.page(shown, [shown[-1].seller_id] if len(accounts) > paging.limit else None)
