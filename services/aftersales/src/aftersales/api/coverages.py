"""Coverages: what may be claimed for a delivered shipment, and until when."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from aftersales.api.reader import Reading
from aftersales.api.schemas import CoverageBody
from aftersales.domain.coverage import Coverage
from aftersales.use_cases.ports import Queries, Wanted
from chassis.kernel.ids import Id
from chassis.web.pages import Page, Paging

router = APIRouter(prefix="/v1/coverages", tags=["aftersales"])


async def _queries(request: Request) -> Queries:
    queries: Queries = request.app.state.queries
    return queries


Given = Annotated[Queries, Depends(_queries)]


@router.get("")
async def list_coverages(
    reader: Reading,
    paging: Paging,
    queries: Given,
    order_id: Annotated[Id | None, Query(description="Only those of this order")] = None,
    seller_order_id: Annotated[Id | None, Query(description="Only those of this seller order")] = None,
) -> Page[CoverageBody]:
    """Coverages of delivered shipments: a buyer's or seller's own, or all for operators and auditors."""
    wanted = Wanted(order_id, seller_order_id)
    found = await queries.coverages(reader, wanted, paging.after_id, paging.limit + 1)
    return paging.page_of(found, _body)


@router.get("/{shipment_id}")
async def read_coverage(shipment_id: Id, reader: Reading, queries: Given) -> CoverageBody:
    """The coverage of a shipment; 404 `coverage_not_found` before its delivery, and for strangers."""
    return _body(await queries.coverage(reader, shipment_id))


def _body(coverage: Coverage) -> CoverageBody:
    values = asdict(coverage)
    return CoverageBody(shipment_id=values.pop("id"), **values.pop("windows"), **values)
