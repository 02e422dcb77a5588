"""The statements of the search. Which offers a page shows is decided on the shelf; here they are read by their numbers."""

from catalog.domain.comparisons import ALL_OTHER_COUNTRIES
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
    "(select t.snapshot ->> 'name' from traders t where t.seller_id = o.seller_id), {best}, "
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


# The country's own box where something is on offer in it, else that of all other countries: one probe of an index for each
# offer that is shown. What has sold out since is no best offer, even before that is decided.
_BEST = (
    "(select coalesce(b.winner_offer_id = o.id and st.available > 0, false) from buy_boxes b "
    "where b.product_id = o.product_id and b.grade = o.grade and b.market = $2 and b.currency = {currency} "
    f"and b.price_country in ($3, '{ALL_OTHER_COUNTRIES}') "
    "order by b.winner_offer_id is null, b.price_country desc limit 1)"
)
# The log of changes knows nothing of decisions, so whoever follows it is not told of them either.
_UNTOLD = "null::boolean"


def _view(best: str) -> str:
    price, currency = _money("$3")
    return _VIEW.format(price=price, currency=currency, best=best.format(currency=currency))


def _one_offer() -> str:
    conditions = ["o.id = $1", *_on_sale("$2")]
    view = _view(_BEST)
    return f"select {view}, {READ} from offers o {_JOINED} where {' and '.join(conditions)}"


# Arguments: the offer, the market, the price country.
ONE_OFFER = _one_offer()


def _many(which: str, best: str, *more: str) -> str:
    conditions = [which, *_on_sale("$2")]
    view = ", ".join([*more, _view(best)])
    return f"select {view} from offers o {_JOINED} where {' and '.join(conditions)}"


# Arguments: the offers, the market, the price country. The first is by number, which stands before the view.
OFFERS_NUMBERED = _many("o.n = any($1::bigint[])", _BEST, "o.n")
OFFERS_ON_SALE = _many("o.id = any($1::uuid[])", _UNTOLD)
