"""Objects with sensible defaults, so that a test shows only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalog.domain.offer import Offer, OfferPatch, StockedOffer
from catalog.domain.policies import MarketRules
from catalog.domain.price_bounds import Bounds, PriceGuard
from catalog.domain.product import Category, Product, ProductSpec
from catalog.domain.reservation import OrderedLine, PlacedOrder
from catalog.domain.seller import Seller, SellerState
from catalog.domain.stock import Stock
from catalog.domain.unit import Diagnostic, Erasure, ReplacedPart, Unit, UnitFacts, UnitState
from catalog.use_cases.push_offers import PushOffers, ReadLine
from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money

MARKETS = Path(__file__).parents[3] / "markets"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

IPHONE = ProductSpec("Apple", "iPhone 13", Category.SMARTPHONE, "128GB", "4GB", "Blue")
LAPTOP = ProductSpec("Lenovo", "ThinkPad T14", Category.LAPTOP, "256GB", "16GB", "Black")
MONITOR = ProductSpec("Dell", "U2720Q", Category.MONITOR)


def euros(minor: int) -> Money:
    """Cents."""
    return Money(minor, "EUR")


def a_seller(**changes: Any) -> Seller:
    """Active, admitted to fr-pro."""
    return replace(Seller(new_id(), SellerState.ACTIVE, ("fr-pro",)), **changes)


def a_patch(sku: str = "A-1", **changes: Any) -> OfferPatch:
    """Everything a new SKU needs: five good iPhones at 389 EUR."""
    full = OfferPatch(
        sku=sku,
        product=IPHONE,
        grade="good",
        price=euros(38_900),
        quantity=5,
        vat_regime="normal",
        ship_from="FR",
        warranty_months=12,
        battery_health_percent=90,
        dispatch_business_days=1,
        shipping_fee=euros(990),
    )
    return full._replace(**changes)


def an_offer(**changes: Any) -> Offer:
    """As `a_patch` makes it."""
    offer = Offer(
        id=new_id(),
        version=1,
        seller_id=new_id(),
        sku="A-1",
        product=Product(new_id(), IPHONE),
        grade="good",
        price=euros(38_900),
        vat_regime="normal",
        ship_from="FR",
        warranty_months=12,
        battery_health_percent=90,
        dispatch_business_days=1,
        shipping_fee=euros(990),
        markets=("fr-pro",),
    )
    return offer._replace(**changes)


def a_unit(**changes: Any) -> Unit:
    """A tested iPhone in stock."""
    at = NOW - timedelta(days=1)
    facts = UnitFacts(
        sku="A-1",
        grade="good",
        battery_health_percent=91,
        battery_cycles=230,
        diagnostics=(Diagnostic("screen", "pass", at),),
        replaced_parts=(ReplacedPart("battery", "original"),),
        erasure=Erasure("NIST 800-88 Purge", "ab" * 32, at, "Eraser 7"),
    )
    unit = Unit(new_id(), 1, new_id(), new_id(), "490154203237518", None, facts, UnitState.IN_STOCK, "0" * 32)
    return replace(unit, **changes)


def stocked(offer: Offer, units: int = 5, *, active: bool = True) -> StockedOffer:
    """The offer with so many free units."""
    return StockedOffer(offer, Stock(offer.id, units, NOW, NOW, available=units), active)


def rules(**changes: Any) -> MarketRules:
    """A market with one price list, a battery floor of 85 % and a year of warranty."""
    made = MarketRules(
        market="fr-pro",
        country="FR",
        grades=("premium", "excellent", "good", "fair"),
        battery_floor_by_grade={"premium": 90, "excellent": 85, "good": 85, "fair": 80},
        warranty_months=12,
        warranty_may_exceed=True,
        dispatch_days_by_category={"smartphone": 3, "laptop": 4, "monitor": 5},
        currencies=("EUR",),
        price_countries=("FR", "DE"),
        currency="EUR",
        currency_by_country={},
        price_guard=PriceGuard(
            move=Bounds(50, 300),
            first=Bounds(25, 400),
            plausible={("smartphone", "EUR"): Bounds(5_00, 3_000_00)},
            rungs={"premium": 20, "excellent": 30, "good": 40, "fair": 50},
        ),
        stock_is_binding=True,
        battery_floor_months=0,
        battery_replaced_below=True,
        water_resistance_kept=False,
    )
    return replace(made, **changes)


def an_order(*lines: OrderedLine, **changes: Any) -> PlacedOrder:
    """An order of a French buyer."""
    return replace(PlacedOrder(new_id(), "fr-pro", "FR", "EUR", lines), **changes)


def a_push(seller_id: Id, *patches: OfferPatch) -> PushOffers:
    """A batch with these lines, numbered from 1."""
    lines = tuple(ReadLine(n, patch.sku, patch) for n, patch in enumerate(patches, start=1))
    return PushOffers(seller_id, new_id(), lines)


def a_line(sku: str = "A-1", **changes: Any) -> dict[str, Any]:
    """A line of a push body, as a partner sends it."""
    return {
        "sku": sku,
        "product": {
            "brand": "Apple",
            "model": "iPhone 13",
            "category": "smartphone",
            "storage": "128GB",
            "ram": "4GB",
            "color": "Blue",
            "gtin": None,
        },
        "grade": "good",
        "price": {"amount": 38_900, "currency": "EUR"},
        "quantity": 5,
        "vat_regime": "normal",
        "ship_from": "FR",
        "warranty_months": 12,
        "battery_health_percent": 90,
        "dispatch_business_days": 1,
        "shipping_fee": {"amount": 990, "currency": "EUR"},
        **changes,
    }


def asked(*lines: tuple[Id, int]) -> dict[str, Any]:
    """What `orders` asks about an order of so many of each offer."""
    return {
        "order_id": str(new_id()),
        "market": "fr-pro",
        "price_country": "FR",
        "currency": "EUR",
        "lines": [
            {"line_no": n, "offer_id": str(offer), "quantity": quantity}
            for n, (offer, quantity) in enumerate(lines, start=1)
        ],
    }
