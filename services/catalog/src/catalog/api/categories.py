"""The categories and the attributes of their products: what may be pushed."""

from fastapi import APIRouter
from starlette.responses import Response

from catalog.api.category_schemas import AttributeBody, CategoryBody, CategoryList
from catalog.domain.product import WITH_BATTERY, Category
from catalog.domain.taxonomy import TAXONOMY, Attribute

router = APIRouter(tags=["categories"])

_IDENTIFIED_BY = ["brand", "model", "storage", "ram", "color"]
_SECONDS_FRESH = 3600


@router.get("/v1/categories")
async def list_categories(response: Response) -> CategoryList:
    """All categories with the attributes of their products. A GTIN, or brand and `mpn`, names a product before these do."""
    response.headers["Cache-Control"] = f"public, max-age={_SECONDS_FRESH}"
    return CategoryList(items=[_category(category, attributes) for category, attributes in TAXONOMY.items()])


def _category(category: Category, attributes: tuple[Attribute, ...]) -> CategoryBody:
    return CategoryBody(
        category=category,
        has_battery=category in WITH_BATTERY,
        identified_by=_IDENTIFIED_BY,
        attributes=[
            AttributeBody(
                name=one.name,
                type=one.type.value,
                unit=one.unit,
                least=None if one.least is None else str(one.least),
                most=None if one.most is None else str(one.most),
                choices=list(one.choices),
                identifying=one.identifying,
            )
            for one in attributes
        ],
    )
