"""Row ↔ domain value, for offers and their stock."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from catalog.domain.offer import Offer
from catalog.domain.product import Category, Product, ProductSpec, ProductState
from catalog.domain.stock import Stock
from catalog.domain.taxonomy import Attributes
from catalog.storage.tables import offers, products, stock
from catalog.storage.term_columns import terms_columns, terms_of
from chassis.kernel.money import Money

_PRODUCT = (
    products.c.brand.label("product_brand"),
    products.c.model.label("product_model"),
    products.c.category.label("product_category"),
    products.c.storage.label("product_storage"),
    products.c.ram.label("product_ram"),
    products.c.color.label("product_color"),
    products.c.launch_year.label("product_launch_year"),
    products.c.gtin.label("product_gtin"),
    products.c.mpn.label("product_mpn"),
    products.c.attributes.label("product_attributes"),
    products.c.state.label("product_state"),
)
_STOCK = (
    stock.c.counted,
    stock.c.available,
    stock.c.held,
    stock.c.sold,
    stock.c.shortage,
    stock.c.counted_at,
    stock.c.as_of,
    stock.c.updated_at,
)


def stocked_offers(*more: Any) -> Select[Any]:
    """Offers with their product and their stock, and columns of your own."""
    return (
        select(offers, *_PRODUCT, *_STOCK, *more)
        .join(products, products.c.id == offers.c.product_id)
        .join(stock, stock.c.offer_id == offers.c.id)
    )


def product_of(row: Any, prefix: str = "") -> ProductSpec:
    """The description in a row whose columns may carry a prefix."""
    return ProductSpec(
        brand=row[f"{prefix}brand"],
        model=row[f"{prefix}model"],
        category=Category(row[f"{prefix}category"]),
        storage=row[f"{prefix}storage"],
        ram=row[f"{prefix}ram"],
        color=row[f"{prefix}color"],
        launch_year=row[f"{prefix}launch_year"],
        gtin=row[f"{prefix}gtin"],
        mpn=row[f"{prefix}mpn"],
        attributes=attributes_of(row[f"{prefix}attributes"]),
    )


def attributes_of(stored: Mapping[str, Any]) -> Attributes:
    """A product's attributes from their column."""
    return tuple(sorted(stored.items())) if stored else ()


def offer_of(row: Any) -> Offer:
    """The offer in a row of `stocked_offers`."""
    price, prices = Money(row["price_minor"], row["currency"]), _money_by_country(row["prices"])
    return Offer(
        id=row["id"],
        version=row["version"],
        seller_id=row["seller_id"],
        sku=row["sku"],
        product=Product(
            row["product_id"],
            product_of(row, "product_"),
            state=ProductState(row["product_state"]),
            facts=row["product_facts"],
        ),
        grade=row["grade"],
        price=price,
        prices=prices,
        vat_regime=row["vat_regime"],
        ship_from=row["ship_from"],
        warranty_months=row["warranty_months"],
        battery_health_percent=row["battery_health_percent"],
        dispatch_business_days=row["dispatch_business_days"],
        shipping_fee=Money(row["shipping_fee_minor"], row["shipping_fee_currency"]),
        markets=tuple(row["markets"]),
        paused=row["paused"],
        terms=terms_of(row, price, prices),
    )


def stock_of(row: Any) -> Stock:
    """The stock in a row of `stocked_offers`."""
    return Stock(
        offer_id=row["id"],
        counted=row["counted"],
        counted_at=row["counted_at"],
        as_of=row["as_of"],
        available=row["available"],
        held=row["held"],
        sold=row["sold"],
        shortage=row["shortage"],
    )


def offer_row(offer: Offer) -> dict[str, Any]:
    """The columns of an offer as JSON, for `jsonb_populate_recordset`."""
    spec = offer.product.spec
    return {
        "id": str(offer.id),
        "version": offer.version,
        "seller_id": str(offer.seller_id),
        "sku": offer.sku,
        "sku_key": offer.sku.casefold(),
        "product_id": str(offer.product.id),
        "product_facts": offer.product.facts,
        "category": spec.category,
        "brand": spec.brand,
        "storage": spec.storage,
        "grade": offer.grade,
        "price_minor": offer.price.minor,
        "currency": offer.price.currency,
        "prices": _plain_prices(offer.prices),
        "vat_regime": offer.vat_regime,
        "ship_from": offer.ship_from,
        "warranty_months": offer.warranty_months,
        "battery_health_percent": offer.battery_health_percent,
        "dispatch_business_days": offer.dispatch_business_days,
        "shipping_fee_minor": offer.shipping_fee.minor,
        "shipping_fee_currency": offer.shipping_fee.currency,
        "markets": list(offer.markets),
        "paused": offer.paused,
        **terms_columns(offer.terms),
    }


def product_row(product: Product) -> Mapping[str, Any]:
    """The columns of a product as JSON."""
    spec = product.spec
    return {
        "id": str(product.id),
        "version": product.version,
        "state": product.state.value,
        "key": spec.key,
        "gtin": spec.gtin,
        "mpn": spec.mpn,
        "mpn_key": spec.mpn_key,
        "brand": spec.brand,
        "model": spec.model,
        "category": spec.category,
        "storage": spec.storage,
        "ram": spec.ram,
        "color": spec.color,
        "launch_year": spec.launch_year,
        "title": spec.title,
        "attributes": dict(spec.attributes),
    }


def prices_of(stored: str) -> Mapping[str, Money]:
    """The prices of single countries from the text of their column; most offers have none."""
    return {} if stored == "{}" else _money_by_country(json.loads(stored))


def prices_text(prices: Mapping[str, Money]) -> str:
    """The prices of single countries as the text of their column."""
    return json.dumps(_plain_prices(prices)) if prices else "{}"


def _money_by_country(stored: Mapping[str, Any]) -> Mapping[str, Money]:
    return {country: Money(minor, currency) for country, (minor, currency) in stored.items()}


def _plain_prices(prices: Mapping[str, Money]) -> Mapping[str, Any]:
    return {country: [price.minor, price.currency] for country, price in prices.items()}
