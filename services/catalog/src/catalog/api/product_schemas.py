"""Products as operators read and correct them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog.api.schemas import PRINTED, AttributeName, Number, ProductBody
from catalog.domain.product import Category
from chassis.kernel.ids import Id

Text = Annotated[str, Field(min_length=1, max_length=120, pattern=PRINTED)]
ShortText = Annotated[str, Field(min_length=1, max_length=40, pattern=PRINTED)]
State = Literal["unreviewed", "confirmed", "merged"]


class ProductStateBody(BaseModel):
    """A product of the platform; `merged_into` stands for one that was found to be a double."""

    id: Id
    version: int
    state: State
    title: str
    product: ProductBody
    merged_into: Id | None


class ProductSummaryBody(ProductStateBody):
    """A product, and how many offers of how many sellers hang on it. `open_conflicts`: pushes that named two products."""

    offers: int
    sellers: int
    open_conflicts: int
    created_at: datetime


class LikelyDoubleBody(BaseModel):
    """Another product that may be the same. `same` are the numbers that agree, `alike` is the likeness of the titles."""

    id: Id
    state: State
    title: str
    same: list[Literal["gtin", "mpn"]]
    alike: int = Field(description="0 to 100")


class ConflictBody(BaseModel):
    """A push whose evidence named two products; its offer was taken to be of this one."""

    other_id: Id
    other_title: str
    evidence: Literal["gtin", "mpn", "key"] = Field(description="What names the other product")
    value: str
    seller_id: Id
    sku: str
    noticed_at: datetime


class ProductReviewBody(ProductSummaryBody):
    """A product with all that an operator needs to decide about it."""

    likely_doubles: list[LikelyDoubleBody]
    conflicts: list[ConflictBody]


class ProductCorrection(BaseModel):
    """What is to be changed; null takes an optional fact away, `attributes` replaces all of them."""

    model_config = ConfigDict(extra="forbid")

    brand: Text | None = None
    model: Text | None = None
    category: Category | None = None
    storage: ShortText | None = None
    ram: ShortText | None = None
    color: ShortText | None = None
    launch_year: int | None = Field(default=None, ge=1970, le=2100)
    gtin: str | None = Field(default=None, pattern=r"^(?:[0-9]{8}|[0-9]{12,14})$")
    mpn: ShortText | None = None
    attributes: dict[AttributeName, str | bool | int | Number] | None = Field(default=None, max_length=40)


class MergeRequest(BaseModel, extra="forbid"):
    """The survivor, and why."""

    into: Id
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class MergedBody(BaseModel):
    """The double, its survivor, and how many offers have moved."""

    id: Id
    version: int
    state: State
    merged_into: Id
    offers_moved: int
