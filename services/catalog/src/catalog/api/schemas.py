"""Shapes of requests and answers."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from catalog.api.term_schemas import ComingBody, LevyBody, OptionBody, SellerTermsBody, TermsIn, TierBody
from catalog.api.trader_schemas import TraderBody
from catalog.domain.product import Category
from chassis.kernel.ids import Id
from chassis.web.pages import MoneyBody, Page

AMOUNT_MAX = 10**10
QUANTITY_MAX = 1_000_000

# PostgreSQL cannot store NUL, and no name needs any other control character, or blanks around it.
PRINTED = r"^[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
_Text = Annotated[str, Field(min_length=1, max_length=120, pattern=PRINTED)]
_Short = Annotated[str, Field(min_length=1, max_length=40, pattern=PRINTED)]
_Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
AttributeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PriceIn(_Strict):
    """More than nothing, in minor units (38900 = 389.00 EUR)."""

    amount: int = Field(gt=0, le=AMOUNT_MAX)
    currency: _Currency


class FeeIn(_Strict):
    """Nothing or more, in minor units."""

    amount: int = Field(ge=0, le=AMOUNT_MAX)
    currency: _Currency


class ProductIn(_Strict):
    """The device. Two descriptions with one GTIN are one product, or with one brand and part number (`mpn`), or with the same
    brand, model, storage, RAM, colour and identifying attributes; `GET /v1/categories` lists the attributes."""

    brand: _Text
    model: _Text
    category: Category
    storage: _Short | None = None
    ram: _Short | None = None
    color: _Short | None = None
    launch_year: int | None = Field(default=None, ge=1970, le=2100)
    gtin: str | None = Field(default=None, pattern=r"^(?:[0-9]{8}|[0-9]{12,14})$")
    mpn: _Short | None = Field(default=None, description="The maker's part number")
    attributes: dict[AttributeName, str | bool | int | Number] | None = Field(
        default=None,
        max_length=40,
        description="By name, as `GET /v1/categories` lists them; a decimal may be sent as text",
    )


class PushLine(TermsIn):
    """One line of a push. A new SKU needs product, grade, price, quantity, vat_regime, ship_from, warranty_months and
    dispatch_business_days; afterwards a line changes what it sends, and null is as good as not sent."""

    sku: _Text = Field(description="Your own name of the offer; upper and lower case are the same")
    product: ProductIn | None = Field(default=None, description="Cannot be changed once the SKU exists")
    grade: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")] | None = None
    price: PriceIn | None = None
    prices: dict[Country, PriceIn] | None = Field(
        default=None, max_length=50, description="Prices of their own for single countries; replaces the whole table"
    )
    quantity: int | None = Field(
        default=None,
        ge=0,
        le=QUANTITY_MAX,
        description="Units that can leave within one business day as of `as_of`, not reduced by orders placed after it",
    )
    vat_regime: Literal["normal", "margin"] | None = None
    ship_from: Country | None = None
    warranty_months: int | None = Field(default=None, ge=0, le=240)
    battery_health_percent: int | None = Field(default=None, ge=0, le=100)
    dispatch_business_days: int | None = Field(default=None, ge=0, le=60)
    shipping_fee: FeeIn | None = Field(
        default=None, description="Per seller order: the highest of its lines counts once"
    )
    as_of: AwareDatetime | None = Field(default=None, description="When the figures were right; now, if not sent")
    markets: list[_Short] | None = Field(
        default=None, min_length=1, max_length=20, description="All markets you are admitted to, if not sent at first"
    )
    state: Literal["live", "paused"] | None = None
    confirm_price: bool | None = Field(
        default=None,
        description="True for a price that moves far from what it is, or for a first price far from what the product costs "
        "elsewhere; what is far says each market",
    )


class LineProblemBody(BaseModel):
    """Why a line was not applied."""

    code: str
    title: str
    detail: str | None = None
    errors: list[dict[str, Any]] | None = None


class PushLineResult(BaseModel):
    """What became of a line of a push, by its number in the body."""

    line: int
    sku: str | None
    status: Literal["created", "updated", "unchanged", "stale", "rejected"]
    offer_id: Id | None = None
    available: int | None = None
    shortage: int | None = Field(
        default=None, description="Units that open orders hold or bought beyond your count; absent when there are none"
    )
    problem: LineProblemBody | None = None
    changes: dict[str, list[Any]] | None = Field(
        default=None, description="In a dry run: the fields that would change, each as it is and as it would be"
    )


class ProductBody(BaseModel):
    """The device."""

    brand: str
    model: str
    category: Category
    storage: str | None
    ram: str | None
    color: str | None
    launch_year: int | None
    gtin: str | None
    mpn: str | None
    attributes: dict[str, str | bool | int]


class OfferBody(BaseModel):
    """An offer as buyers see it. `price` and `price_tiers` are those for the price country asked for."""

    id: Id
    version: int
    seller_id: Id
    seller_name: str | None
    sku: str
    title: str
    product: ProductBody
    grade: str
    price: MoneyBody
    available: int
    state: Literal["live", "out_of_stock"]
    vat_regime: Literal["normal", "margin"]
    ship_from: str
    warranty_months: int
    battery_health_percent: int | None
    dispatch_business_days: int
    shipping_fee: MoneyBody
    created_at: datetime
    price_tiers: list[TierBody]
    min_order_quantity: int
    pack_size: int
    is_best_offer: bool | None = Field(
        description="Whether it holds the buy box of its product and grade at these prices, as decided last for one unit. "
        "Null where that says nothing: for a larger `quantity` (ask `/v1/offers/{offer_id}/alternatives`), before the "
        "first decision, and in the list of changes",
    )


class BatteryPromiseBody(BaseModel):
    """The least health of the battery that your market promises for this grade."""

    floor_percent: int
    holds_months: int = Field(description="After the delivery; 0 where it is promised on receipt")
    replaced_below: bool = Field(description="Whether a battery below it is replaced")


class PromisesBody(BaseModel):
    """What your market's rules promise of this offer, whoever sells it."""

    stock_is_binding: bool = Field(description="Whether the seller must deliver what it shows as available")
    battery: BatteryPromiseBody | None = Field(description="Null where no battery is tested, or there is none")
    water_resistance_kept: bool = Field(
        description="Whether the device is as watertight as when new; where not, water damage is outside of the warranty"
    )


class OfferDetailBody(OfferBody):
    """One offer with all its terms; `levies` are those of the price country."""

    accessories: list[str] | None = Field(
        description="What is in the box, as the seller lists it or the market asks for it; null where neither says"
    )
    in_refurbishment: list[ComingBody]
    options: list[OptionBody]
    levies: list[LevyBody]
    promises: PromisesBody
    trader: TraderBody | None = Field(description="Who sells it; null for the moment until we were told")


class FacetValue(BaseModel):
    """A value and how many of the hits have it."""

    value: str
    count: int


class Facets(BaseModel):
    """Counts within the hits, the 50 most frequent of each. A facet's own filter does not restrict its own counts: who asks
    for one grade sees how many there would be of the others."""

    category: list[FacetValue]
    brand: list[FacetValue]
    grade: list[FacetValue]
    storage: list[FacetValue]
    ram: list[FacetValue]
    color: list[FacetValue]
    ship_from: list[FacetValue]
    warranty_months: list[FacetValue]
    seller_id: list[FacetValue]


class OfferPage(Page[OfferBody]):
    """A page of hits; `facets`, and how many hits there are in `total`, only where facets were asked for."""

    facets: Facets | None = None
    total: int | None = None


class SellerOfferBody(SellerTermsBody):
    """Your own offer. `available` = max(0, quantity − held − sold); `sold` counts since `counted_at`."""

    id: Id
    version: int
    sku: str
    title: str
    product: ProductBody
    product_id: Id
    product_state: Literal["unreviewed", "confirmed", "merged"]
    grade: str
    price: MoneyBody
    prices: dict[str, MoneyBody]
    vat_regime: Literal["normal", "margin"]
    ship_from: str
    warranty_months: int
    battery_health_percent: int | None
    dispatch_business_days: int
    shipping_fee: MoneyBody
    markets: list[str]
    state: Literal["live", "paused", "out_of_stock"]
    quantity: int
    held: int
    sold: int
    available: int
    shortage: int
    counted_at: datetime
    as_of: datetime
    updated_at: datetime
