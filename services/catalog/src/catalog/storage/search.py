"""The statements of the search. Which offers a page shows is decided on the shelf; here they are read by their numbers."""

from catalog.domain.seller import SellerState
from catalog.storage.term_columns import READ

# How alike a misspelt word must be; measured on device names: "iphnoe" meets "iPhone", "galxy" meets "Galaxy".
LIKENESS = ("pg_trgm.word_similarity_threshold", "0.4")

PRODUCTS_MATCHING = "select id from products where search @@ to_tsquery('simple', $1)"
PRODUCTS_ALIKE = "select id from products where title %> $1"

# The columns of an OfferView, in its order.
_VIEW = (
    "o.id, o.version, o.seller_id, o.sku, p.title, p.brand, p.model, p.category, p.storage, p.ram, p.color, "
    "p.launch_year, p.gtin, p.mpn, p.attributes::text, "
    "o.grade, {price} as price_minor, {currency} as currency, st.available, o.paused, "
    "o.vat_regime, o.ship_from, o.warranty_months, o.battery_health_percent, o.dispatch_business_days, "
    "o.shipping_fee_minor, o.shipping_fee_currency, o.created_at, o.min_order_quantity, o.pack_size, "
    "(select t.snapshot ->> 'name' from traders t where t.seller_id = o.seller_id), "
    # For the tiers of the country asked for; see `offer_view`.
    "o.price_tiers::text, o.prices::text"
)
_JOINED = "join products p on p.id = o.product_id join stock st on st.offer_id = o.id"


# Whether an offer can be seen in the markets it is for.
ON_SALE = (
    f"(not o.paused and exists (select 1 from sellers s where s.id = o.seller_id and s.state = '{SellerState.ACTIVE}'))"
)


def _on_sale(market: str) -> list[str]:
    return [ON_SALE, f"o.markets @> array[{market}::text]"]


def _money(country: str) -> tuple[str, str]:
    """Price and currency in a country: the offer's own there, else the one for all."""
    own = f"o.prices -> {country}::text"
    return f"coalesce(({own} ->> 0)::bigint, o.price_minor)", f"coalesce({own} ->> 1, o.currency)"


def _one_offer() -> str:
    price, currency = _money("$3")
    conditions = ["o.id = $1", *_on_sale("$2")]
    view = _VIEW.format(price=price, currency=currency)
    return f"select {view}, {READ} from offers o {_JOINED} where {' and '.join(conditions)}"


# Arguments: the offer, the market, the price country.
ONE_OFFER = _one_offer()


def _many(which: str, *more: str) -> str:
    price, currency = _money("$3")
    conditions = [which, *_on_sale("$2")]
    view = ", ".join([*more, _VIEW.format(price=price, currency=currency)])
    return f"select {view} from offers o {_JOINED} where {' and '.join(conditions)}"


# Arguments: the offers, the market, the price country. The first is by number, which stands before the view.
OFFERS_NUMBERED = _many("o.n = any($1::bigint[])", "o.n")
OFFERS_ON_SALE = _many("o.id = any($1::uuid[])")
