"""From what queries give to what clients read."""

from catalog.api.schemas import OfferBody, ProductBody, SellerOfferBody
from catalog.domain.product import Category
from catalog.use_cases.ports import OfferView, SellerOfferView
from chassis.kernel.money import Money
from chassis.web.pages import MoneyBody


def offer_body(view: OfferView) -> OfferBody:
    """An offer for buyers."""
    return OfferBody(
        id=view.id,
        version=view.version,
        seller_id=view.seller_id,
        sku=view.sku,
        title=view.title,
        product=ProductBody(
            brand=view.brand,
            model=view.model,
            category=Category(view.category),
            storage=view.storage,
            ram=view.ram,
            color=view.color,
            launch_year=view.launch_year,
            gtin=view.gtin,
        ),
        grade=view.grade,
        price=MoneyBody(amount=view.price_minor, currency=view.currency),
        available=view.available,
        state="live" if view.available else "out_of_stock",
        vat_regime="margin" if view.vat_regime == "margin" else "normal",
        ship_from=view.ship_from,
        warranty_months=view.warranty_months,
        battery_health_percent=view.battery_health_percent,
        dispatch_business_days=view.dispatch_business_days,
        shipping_fee=MoneyBody(amount=view.shipping_fee_minor, currency=view.shipping_fee_currency),
        created_at=view.created_at,
    )


def seller_offer_body(view: SellerOfferView) -> SellerOfferBody:
    """An offer for its seller."""
    offer, stock, spec = view.offer, view.stock, view.offer.product.spec
    return SellerOfferBody(
        id=offer.id,
        version=offer.version,
        sku=offer.sku,
        title=spec.title,
        product=ProductBody(
            brand=spec.brand,
            model=spec.model,
            category=spec.category,
            storage=spec.storage,
            ram=spec.ram,
            color=spec.color,
            launch_year=spec.launch_year,
            gtin=spec.gtin,
        ),
        grade=offer.grade,
        price=_money(offer.price),
        prices={country: _money(price) for country, price in offer.prices.items()},
        vat_regime=offer.vat_regime,
        ship_from=offer.ship_from,
        warranty_months=offer.warranty_months,
        battery_health_percent=offer.battery_health_percent,
        dispatch_business_days=offer.dispatch_business_days,
        shipping_fee=_money(offer.shipping_fee),
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


def _money(money: Money) -> MoneyBody:
    return MoneyBody(amount=money.minor, currency=money.currency)
