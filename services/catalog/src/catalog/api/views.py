"""From what queries give to what clients read."""

import json
from datetime import date
from typing import Any

from catalog.api.schemas import ProductBody, SellerOfferBody
from catalog.api.term_schemas import detail_json, seller_terms_json
from catalog.api.trader_schemas import trader_json
from catalog.domain.policies import MarketRules
from catalog.domain.product import ProductSpec
from catalog.domain.taxonomy import Misfit
from catalog.use_cases.ports import OfferDetail, OfferView, SellerOfferView
from chassis.web.pages import MoneyBody


def offer_detail_json(detail: OfferDetail, rules: MarketRules, today: date) -> dict[str, Any]:
    """One offer for buyers, in the shape of OfferDetailBody."""
    return offer_json(detail.view, rules) | {
        "accessories": rules.in_the_box(detail.view.category, detail.terms.accessories),
        **detail_json(detail.terms, detail.price_country, today),
        "promises": promises_json(detail.view, rules),
        "trader": trader_json(detail.trader),
    }


def promises_json(view: OfferView, rules: MarketRules) -> dict[str, Any]:
    """In the shape of PromisesBody."""
    floor = rules.battery_floor(view.category, view.grade)
    battery = None
    if floor is not None:
        months, replaced = rules.battery_floor_months, rules.battery_replaced_below
        battery = {"floor_percent": floor, "holds_months": months, "replaced_below": replaced}
    return {
        "stock_is_binding": rules.stock_is_binding,
        "battery": battery,
        "water_resistance_kept": rules.water_resistance_kept,
    }


def offer_json(view: OfferView, rules: MarketRules) -> dict[str, Any]:
    """An offer for buyers, in the shape of OfferBody. Not made through the model: what we read we need not check, and
    a search would spend most of its time on it."""
    return {
        "id": str(view.id),
        "version": view.version,
        "seller_id": str(view.seller_id),
        "seller_name": view.seller_name,
        "sku": view.sku,
        "title": view.title,
        "product": {
            "brand": view.brand,
            "model": view.model,
            "category": view.category,
            "storage": view.storage,
            "ram": view.ram,
            "color": view.color,
            "launch_year": view.launch_year,
            "gtin": view.gtin,
            "mpn": view.mpn,
            "attributes": {} if view.attributes == "{}" else json.loads(view.attributes),
        },
        # In the market's own word, whichever scale its seller named it on.
        "grade": rules.grade(view.grade) or view.grade,
        "price": {"amount": view.price_minor, "currency": view.currency},
        "available": view.available,
        "state": "live" if view.available else "out_of_stock",
        "vat_regime": view.vat_regime,
        "ship_from": view.ship_from,
        "warranty_months": view.warranty_months,
        "battery_health_percent": view.battery_health_percent,
        "dispatch_business_days": view.dispatch_business_days,
        "shipping_fee": {"amount": view.shipping_fee_minor, "currency": view.shipping_fee_currency},
        "created_at": view.created_at,
        "price_tiers": [
            {"from_quantity": n, "price": {"amount": minor, "currency": view.currency}} for n, minor in view.price_tiers
        ],
        "min_order_quantity": view.min_order_quantity,
        "pack_size": view.pack_size,
        "is_best_offer": view.is_best_offer,
    }


def seller_offer_body(view: SellerOfferView, today: date) -> SellerOfferBody:
    """An offer for its seller."""
    offer, stock, spec = view.offer, view.stock, view.offer.product.spec
    return SellerOfferBody(
        **seller_terms_json(offer.terms, today),
        id=offer.id,
        version=offer.version,
        sku=offer.sku,
        title=spec.title,
        product=product_body(spec),
        product_id=offer.product.id,
        product_state=offer.product.state.value,
        grade=offer.grade,
        price=MoneyBody.of(offer.price),
        prices={country: MoneyBody.of(price) for country, price in offer.prices.items()},
        vat_regime=offer.vat_regime,
        ship_from=offer.ship_from,
        warranty_months=offer.warranty_months,
        battery_health_percent=offer.battery_health_percent,
        dispatch_business_days=offer.dispatch_business_days,
        shipping_fee=MoneyBody.of(offer.shipping_fee),
        markets=list(offer.markets),
        state=offer.state(stock.available).value,
        quantity=stock.counted,
        held=stock.held,
        sold=stock.sold,
        available=stock.available,
        shortage=stock.shortage,
        counted_at=stock.counted_at,
        as_of=stock.as_of,
        updated_at=view.updated_at,
    )


def product_body(spec: ProductSpec) -> ProductBody:
    """A product's facts."""
    return ProductBody(
        brand=spec.brand,
        model=spec.model,
        category=spec.category,
        storage=spec.storage,
        ram=spec.ram,
        color=spec.color,
        launch_year=spec.launch_year,
        gtin=spec.gtin,
        mpn=spec.mpn,
        attributes={name: str(value) if isinstance(value, Misfit) else value for name, value in spec.attributes},
    )
