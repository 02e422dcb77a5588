"""The operator's side of products: what waits to be looked at, and putting it right."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, status
from starlette.responses import Response

from catalog.api.product_schemas import (
    ConflictBody,
    LikelyDoubleBody,
    MergedBody,
    MergeRequest,
    ProductCorrection,
    ProductReviewBody,
    ProductStateBody,
    ProductSummaryBody,
)
from catalog.api.views import product_body
from catalog.domain.errors import ProductFactsInvalid, ProductNotFound
from catalog.domain.product import Category, Product, ProductState
from catalog.use_cases.confirm_product import ConfirmProduct, confirm_product
from catalog.use_cases.correct_product import CorrectProduct, correct_product
from catalog.use_cases.merge_products import Merged, MergeProducts, merge_products
from catalog.use_cases.ports_products import LikelyDouble, ProductQueries, ProductView
from chassis.db.receipts import Answer
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.etags import Seen
from chassis.web.pages import Page, Paging
from chassis.web.text import SEARCHED
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/operator/products", tags=["operator"])

Operator = Annotated[Subject, require("operator:sellers")]
_NEEDED = ("brand", "model", "category")


@router.get("")
async def list_operator_products(
    request: Request,
    subject: Operator,
    paging: Paging,
    state: Annotated[
        ProductState | None, Query(description="If not given: unreviewed ones, and those with an open conflict")
    ] = None,
    category: Category | None = None,
    q: Annotated[
        str | None, Query(min_length=1, max_length=120, description="Part of a title, a GTIN or an MPN"), SEARCHED
    ] = None,
) -> Page[ProductSummaryBody]:
    """Products that wait to be looked at, oldest first."""
    queries: ProductQueries = request.app.state.product_queries
    found = await queries.waiting(state, category, q, paging.after_id, paging.limit + 1)
    return paging.page_of(found, _summary, lambda view: [view.product.id])


@router.get("/{product_id}")
async def read_operator_product(
    product_id: Id, request: Request, subject: Operator, response: Response
) -> ProductReviewBody:
    """One product with its likely doubles and open conflicts; the ETag is for If-Match."""
    queries: ProductQueries = request.app.state.product_queries
    view = await queries.one(product_id)
    if view is None:
        raise ProductNotFound(id=str(product_id))
    response.headers["ETag"] = f'"v{view.product.version}"'
    doubles = [] if view.product.merged_into else await queries.likely_doubles(view.product)
    conflicts = await queries.conflicts(product_id)
    return ProductReviewBody(
        **_summary(view).model_dump(),
        likely_doubles=[_double(one) for one in doubles],
        conflicts=[
            ConflictBody(
                other_id=one.other_id,
                other_title=one.other_title,
                evidence=one.kind,
                value=one.value,
                seller_id=one.seller_id,
                sku=one.sku,
                noticed_at=one.noticed_at,
            )
            for one in conflicts
        ],
    )


@router.post("/{product_id}/confirmation", status_code=status.HTTP_201_CREATED, response_model=ProductStateBody)
async def confirm_operator_product(product_id: Id, subject: Operator, write: Write) -> Response:
    """Its facts are right; open conflicts of it are settled, for nothing of them was a double."""
    work = partial(confirm_product, ConfirmProduct(product_id))
    return await write.answer(subject.tenant, work, _state, status=status.HTTP_201_CREATED)


@router.patch("/{product_id}", response_model=ProductStateBody)
async def correct_operator_product(
    product_id: Id, body: ProductCorrection, subject: Operator, seen: Seen, write: Write
) -> Response:
    """Put its facts right, for all offers of it. Descriptions of before still mean it, so that no feed has to change.

    409 `product_known_already` where another product has these facts: then the two are to be merged.
    """
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    taken = [name for name in _NEEDED if name in sent and sent[name] is None]
    if taken:
        errors = [{"pointer": f"/{name}", "detail": "cannot be taken away", "code": "missing"} for name in taken]
        raise ProductFactsInvalid(f"{', '.join(taken)} cannot be taken away", errors=errors)
    attributes = sent.pop("attributes", None) if "attributes" in sent else None
    if "attributes" in body.model_fields_set and attributes is None:
        attributes = {}
    work = partial(correct_product, CorrectProduct(product_id, seen.version, sent, attributes))

    def rendered(product: Product) -> Answer:
        return Answer(200, _state(product).model_dump(mode="json"), {"ETag": f'"v{product.version}"'})

    return await write.respond(subject.tenant, work, rendered)


@router.post("/{product_id}/merge", status_code=status.HTTP_201_CREATED, response_model=MergedBody)
async def merge_operator_product(product_id: Id, body: MergeRequest, subject: Operator, write: Write) -> Response:
    """The product is a double of another one, to which its offers and all its names go. This cannot be undone."""
    work = partial(merge_products, MergeProducts(product_id, body.into))
    return await write.answer(subject.tenant, work, _merged, status=status.HTTP_201_CREATED)


def _summary(view: ProductView) -> ProductSummaryBody:
    return ProductSummaryBody(
        **_common(view.product),
        offers=view.offers,
        sellers=view.sellers,
        open_conflicts=view.open_conflicts,
        created_at=view.created_at,
    )


def _state(product: Product) -> ProductStateBody:
    return ProductStateBody(**_common(product))


def _common(product: Product) -> dict[str, Any]:
    return {
        "id": product.id,
        "version": product.version,
        "state": product.state.value,
        "title": product.spec.title,
        "product": product_body(product.spec),
        "merged_into": product.merged_into,
    }


def _double(one: LikelyDouble) -> LikelyDoubleBody:
    product = one.product
    return LikelyDoubleBody(
        id=product.id, state=product.state.value, title=product.spec.title, same=list(one.same), alike=one.alike
    )


def _merged(merged: Merged) -> MergedBody:
    product = merged.product
    assert product.merged_into is not None, "it was merged a moment ago"
    return MergedBody(
        id=product.id,
        version=product.version,
        state=product.state.value,
        merged_into=product.merged_into,
        offers_moved=merged.offers,
    )
