"""Offers: what a seller sells under which terms, and what one line of a push makes of them.

What a push makes thousands of is a named tuple: a frozen dataclass sets its fields one by one and takes five times as long.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

from catalog.domain.errors import LineProblem, fields_missing, other_category, other_product, rules_violated
from catalog.domain.policies import MarketRules, Violation
from catalog.domain.product import Product, ProductSpec
from catalog.domain.seller import Seller
from catalog.domain.stock import Stock
from catalog.domain.term_rules import broken_terms
from catalog.domain.terms import ALL_COUNTRIES, PLAIN, SaleTerms, TermsPatch, Tier, tiers_in
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

Regime = Literal["normal", "margin"]
RulesFor = Callable[[str], MarketRules]


class OfferState(StrEnum):
    """Live or paused is the seller's will; out of stock follows from the figures."""

    LIVE = "live"
    PAUSED = "paused"
    OUT_OF_STOCK = "out_of_stock"


class OfferPatch(NamedTuple):
    """One line of a push: what is None was not sent and stays as it is."""

    sku: str
    product: ProductSpec | None = None
    grade: str | None = None
    price: Money | None = None
    prices: Mapping[str, Money] | None = None
    quantity: int | None = None
    vat_regime: Regime | None = None
    ship_from: str | None = None
    warranty_months: int | None = None
    battery_health_percent: int | None = None
    dispatch_business_days: int | None = None
    shipping_fee: Money | None = None
    as_of: datetime | None = None
    markets: tuple[str, ...] | None = None
    paused: bool | None = None
    terms: TermsPatch | None = None
    # The seller means a price that moved far (see catalog.domain.price_guard).
    confirm_price: bool | None = None

    @property
    def sku_key(self) -> str:
        """SKUs differ only by more than upper and lower case."""
        return sku_key(self.sku)


class Offer(NamedTuple):
    """A seller's offer of one product. `version` rises with every change of its terms; stock has figures of its own."""

    id: Id
    version: int
    seller_id: Id
    sku: str
    product: Product
    grade: str
    price: Money
    vat_regime: Regime
    ship_from: str
    warranty_months: int
    dispatch_business_days: int
    shipping_fee: Money
    markets: tuple[str, ...]
    prices: Mapping[str, Money] = MappingProxyType({})
    battery_health_percent: int | None = None
    paused: bool = False
    terms: SaleTerms = PLAIN

    def price_in(self, country: str) -> Money:
        """The price for a country: its own where the seller set one, else the price for all."""
        return self.prices.get(country, self.price)

    def tiers_in(self, country: str) -> tuple[Tier, ...]:
        """The prices of larger quantities in a country, by rising quantity."""
        return tiers_in(self.terms.price_tiers, self.prices, country)

    def price_for(self, country: str, quantity: int) -> Money:
        """What each of so many units costs in a country."""
        price = self.price_in(country)
        for tier in self.tiers_in(country):
            if tier.from_quantity <= quantity:
                price = tier.price
        return price

    def state(self, available: int) -> OfferState:
        """What buyers and the seller see."""
        if self.paused:
            return OfferState.PAUSED
        return OfferState.LIVE if available else OfferState.OUT_OF_STOCK


class StockedOffer(NamedTuple):
    """An offer with its stock, and whether its seller may sell today."""

    offer: Offer
    stock: Stock
    seller_is_active: bool = True


_NEEDED = (
    "product", "grade", "price", "quantity", "vat_regime", "ship_from", "warranty_months", "dispatch_business_days",
)  # fmt: skip


def sku_key(sku: str) -> str:
    """What two spellings of one SKU have in common."""
    return sku.casefold()


def open_offer(id: Id, patch: OfferPatch, seller: Seller, product: Product) -> Offer:
    """A new offer from the first line of its SKU; `missing_fields` must have found nothing."""
    assert patch.grade is not None
    assert patch.price is not None
    assert patch.vat_regime is not None
    assert patch.ship_from is not None
    assert patch.warranty_months is not None
    assert patch.dispatch_business_days is not None
    return Offer(
        id=id,
        version=1,
        seller_id=seller.id,
        sku=patch.sku,
        product=product,
        grade=patch.grade,
        price=patch.price,
        prices=patch.prices or {},
        vat_regime=patch.vat_regime,
        ship_from=patch.ship_from,
        warranty_months=patch.warranty_months,
        battery_health_percent=patch.battery_health_percent,
        dispatch_business_days=patch.dispatch_business_days,
        shipping_fee=patch.shipping_fee or Money(0, patch.price.currency),
        # Named once and for good: an offer is only in markets whose rules it was checked against.
        markets=patch.markets or seller.markets,
        paused=bool(patch.paused),
        terms=PLAIN if patch.terms is None else PLAIN.changed(patch.terms),
    )


def change_offer(offer: Offer, patch: OfferPatch) -> Offer:
    """The offer with what the line sent; the same object where nothing differs."""
    (
        id, version, seller_id, sku, product, grade, price, vat_regime, ship_from, warranty_months, dispatch_business_days,
        shipping_fee, markets, prices, battery_health_percent, paused, terms,
    ) = offer  # fmt: skip
    changed = Offer(
        id,
        version + 1,
        seller_id,
        sku,
        product,
        grade if patch.grade is None else patch.grade,
        price if patch.price is None else patch.price,
        vat_regime if patch.vat_regime is None else patch.vat_regime,
        ship_from if patch.ship_from is None else patch.ship_from,
        warranty_months if patch.warranty_months is None else patch.warranty_months,
        dispatch_business_days if patch.dispatch_business_days is None else patch.dispatch_business_days,
        shipping_fee if patch.shipping_fee is None else patch.shipping_fee,
        markets if patch.markets is None else patch.markets,
        prices if patch.prices is None else patch.prices,
        battery_health_percent if patch.battery_health_percent is None else patch.battery_health_percent,
        paused if patch.paused is None else patch.paused,
        terms if patch.terms is None else terms.changed(patch.terms),
    )
    return offer if changed[_TERMS] == offer[_TERMS] else changed


# Behind the names, which never change.
_TERMS = slice(Offer._fields.index("grade"), None)


def missing_fields(patch: OfferPatch) -> LineProblem | None:
    """What the first line of a SKU must still say."""
    missing = [name for name in _NEEDED if getattr(patch, name) is None]
    return fields_missing(missing) if missing else None


def product_problem(spec: ProductSpec, product: Product, bound_to: Product | None) -> LineProblem | None:
    """Why the described product does not fit the SKU's own, or the platform's."""
    if bound_to is not None and product.id != bound_to.id:
        return other_product(bound_to.spec.title)
    if spec.category is not product.spec.category:
        return other_category(product.spec.title, product.spec.category)
    return None


def what_rules_look_at(offer: Offer) -> Hashable | None:
    """Two offers of one seller that have this in common keep the same rules: none asks for the amount of a price. None for
    an offer with prices of single countries or with more terms, where rules do."""
    if offer.prices or offer.terms is not PLAIN:
        return None
    return (
        offer.product.spec.category,
        offer.grade,
        offer.price.currency,
        offer.vat_regime,
        offer.ship_from,
        offer.warranty_months,
        offer.dispatch_business_days,
        offer.shipping_fee.minor,
        offer.shipping_fee.currency,
        offer.markets,
        offer.battery_health_percent,
    )


def market_problem(offer: Offer, seller: Seller, rules_for: RulesFor) -> LineProblem | None:
    """Every rule of every market the offer is meant for that it does not keep."""
    broken: list[Violation] = list(_own_rules(offer))
    if not seller.ships_from(offer.ship_from):
        detail = f"{offer.ship_from}: give your VAT number and a return address there, and add it to your case"
        broken.append({"rule": "ship_from", "market": None, "pointer": "/ship_from", "detail": detail})
    known = [market for market in offer.markets if market in seller.markets]
    broken += [
        {"rule": "markets", "market": market, "pointer": "/markets", "detail": f"{market}: you are not admitted there"}
        for market in offer.markets
        if market not in seller.markets
    ]
    rules = [rules_for(market) for market in known]
    broken += [violation for one in rules for violation in one.violations(offer)]
    broken += _unserved_prices(offer, rules)
    return rules_violated(broken) if broken else None


def _own_rules(offer: Offer) -> Iterable[Violation]:
    # An order has one currency: a fee in another one could never be added up.
    fee = offer.shipping_fee
    if fee.minor and any(price.currency != fee.currency for price in (offer.price, *offer.prices.values())):
        yield {
            "rule": "shipping_fee_currency",
            "market": None,
            "pointer": "/shipping_fee",
            "detail": "the shipping fee must be in the currency of every price",
        }
    yield from broken_terms(offer)


def _unserved_prices(offer: Offer, rules: list[MarketRules]) -> Iterable[Violation]:
    served = {country for one in rules for country in one.price_countries}
    named = [("prices", offer.prices), ("price_tiers", offer.terms.price_tiers), ("levies", offer.terms.levies)]
    for field, country in ((field, country) for field, table in named for country in table):
        if rules and country not in served and country != ALL_COUNTRIES:
            yield {
                "rule": "prices.countries",
                "market": ", ".join(one.market for one in rules),
                "pointer": f"/{field}/{country}",
                "detail": f"no market of this offer has prices for {country}",
            }
