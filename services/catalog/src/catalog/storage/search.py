"""The statements of the search. Offers are found and cut to a page first; only that page meets products and stock."""

import re
from collections.abc import Sequence
from typing import Any

from catalog.domain.seller import SellerState
from catalog.storage.term_columns import READ
from catalog.use_cases.ports import OfferFilter
from chassis.kernel.ids import Id

FACETS = ("category", "brand", "grade", "storage")
# Up to so many products of a search are named one by one: their offers are then found by an index and sorted. The offers
# of more are met soon enough on the way through the index of prices.
PRODUCTS_NAMED_MAX = 100
# How alike a misspelt word must be; measured on device names: "iphnoe" meets "iPhone", "galxy" meets "Galaxy".
LIKENESS = ("pg_trgm.word_similarity_threshold", "0.4")

PRODUCTS_MATCHING = f"select id from products where search @@ to_tsquery('simple', $1) limit {PRODUCTS_NAMED_MAX + 1}"
PRODUCTS_ALIKE = "select id from products where title %> $1"

# The columns of an OfferView, in its order.
_VIEW = (
    "o.id, o.version, o.seller_id, o.sku, p.title, p.brand, p.model, p.category, p.storage, p.ram, p.color, "
    "p.launch_year, p.gtin, p.mpn, p.attributes::text, "
    "o.grade, {price} as price_minor, {currency} as currency, st.available, o.paused, "
    "o.vat_regime, o.ship_from, o.warranty_months, o.battery_health_percent, o.dispatch_business_days, "
    "o.shipping_fee_minor, o.shipping_fee_currency, o.created_at, o.min_order_quantity, o.pack_size, "
    # For the tiers of the country asked for; see `offer_view`.
    "o.price_tiers::text, o.prices::text"
)
_JOINED = "join products p on p.id = o.product_id join stock st on st.offer_id = o.id"


def query_of(q: str | None) -> tuple[str, str] | None:
    """What is asked of the text index, and the words as they are; None where nothing is asked."""
    words = re.findall(r"[^\W_]+", q or "")
    return (" & ".join(f"{word}:*" for word in words), " ".join(words)) if words else None


class SearchTerms:
    """The conditions of a search with their arguments. `products` are ids, or a query of the text index, or None for any."""

    def __init__(self, wanted: OfferFilter, products: Sequence[Id] | str | None) -> None:
        self._wanted = wanted
        self._products = products
        self.arguments: list[Any] = []

    def page(self, sort: str, limit: int, after: Sequence[str] | None) -> str:
        """One more than `limit` views in the order of `sort`, behind the key `after`."""
        if self._products is None or isinstance(self._products, str):
            return self._page_of_many(sort, limit, after)
        return self._page_of_named(sort, limit, after)

    def _page_of_named(self, sort: str, limit: int, after: Sequence[str] | None) -> str:
        """All offers of a few products are sorted: simple to plan, and planning is most of the work."""
        price, currency = _money(self._bind(self._wanted.price_country))
        rows = self._bind(limit + 1)
        conditions = [*self._conditions(price), f"{currency} = {self._bind(self._wanted.currency)}"]
        by_price = sort == "price"
        if after is not None:
            conditions.append(self._behind(after, price) if by_price else f"o.id < {self._bind(Id(after[0]))}")
        order = "own_price, id" if by_price else "id desc"
        view = _VIEW.format(price="o.own_price", currency="o.own_currency")
        return (
            f"select {view} from (select o.*, {price} as own_price, {currency} as own_currency from offers o "
            f"where {' and '.join(conditions)} order by {order} limit {rows}) o {_JOINED} "
            f"order by {'o.own_price, o.id' if by_price else 'o.id desc'}"
        )

    def _page_of_many(self, sort: str, limit: int, after: Sequence[str] | None) -> str:
        """Most offers have one price for all countries. They are read in the order of an index on it; the few with prices
        of their own are sorted, and the two short lists are merged."""
        country, rows = self._bind(self._wanted.price_country), self._bind(limit + 1)
        by_price = sort == "price"
        order = "price_minor, id" if by_price else "id desc"
        both = []
        for own_prices in (False, True):
            price, currency = _money(country) if own_prices else ("o.price_minor", "o.currency")
            conditions = [f"o.prices {'<>' if own_prices else '='} '{{}}'::jsonb", *self._conditions(price)]
            conditions.append(f"{currency} = {self._bind(self._wanted.currency)}")
            if after is not None:
                conditions.append(self._behind(after, price) if by_price else f"o.id < {self._bind(Id(after[0]))}")
            both.append(
                f"(select o.id, {price} as price_minor, {currency} as currency from offers o "
                f"where {' and '.join(conditions)} order by {order} limit {rows})"
            )
        view = _VIEW.format(price="page.price_minor", currency="page.currency")
        return (
            f"select {view} from (select * from ({' union all '.join(both)}) both_kinds order by {order} limit {rows}) page "
            f"join offers o on o.id = page.id {_JOINED} "
            f"order by {'page.price_minor, page.id' if by_price else 'page.id desc'}"
        )

    def facets(self) -> str:
        """How many of the hits there are per value of each facet."""
        price, currency = _money(self._bind(self._wanted.price_country))
        conditions = [*self._conditions(price, all_hits=True), f"{currency} = {self._bind(self._wanted.currency)}"]
        columns = ", ".join(FACETS)
        return (
            f"select {columns}, count(*) as hits from offers o where {' and '.join(conditions)} "
            f"group by grouping sets ({', '.join(f'({name})' for name in FACETS)})"
        )

    def _bind(self, value: Any) -> str:
        self.arguments.append(value)
        return f"${len(self.arguments)}"

    def _behind(self, after: Sequence[str], price: str) -> str:
        return f"({price}, o.id) > ({self._bind(int(after[0]))}, {self._bind(Id(after[1]))})"

    def _conditions(self, price: str, *, all_hits: bool = False) -> list[str]:
        wanted = self._wanted
        conditions = _on_sale(self._bind(wanted.market))
        if isinstance(self._products, str):
            query = f"to_tsquery('simple', {self._bind(self._products)})"
            if all_hits:
                conditions.append(f"o.product_id in (select id from products where search @@ {query})")
            else:
                # Asked offer by offer: as a join it would tempt the planner, which does not know the words, to fetch all
                # offers of all these products and sort them for a single page.
                conditions.append(f"(select search @@ {query} from products where id = o.product_id)")
        elif self._products is not None:
            conditions.append(f"o.product_id = any({self._bind(list(self._products))}::uuid[])")
        for name in ("category", "brand", "grade", "storage", "ship_from"):
            value = getattr(wanted, name)
            if value is not None:
                conditions.append(f"o.{name} = {self._bind(value)}")
        if wanted.price_min is not None:
            conditions.append(f"{price} >= {self._bind(wanted.price_min)}")
        if wanted.price_max is not None:
            conditions.append(f"{price} <= {self._bind(wanted.price_max)}")
        if wanted.in_stock:
            conditions.append("exists (select 1 from stock st where st.offer_id = o.id and st.available > 0)")
        return conditions


def _on_sale(market: str) -> list[str]:
    return [
        f"exists (select 1 from sellers s where s.id = o.seller_id and s.state = '{SellerState.ACTIVE}')",
        "not o.paused",
        f"o.markets @> array[{market}::text]",
    ]


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
