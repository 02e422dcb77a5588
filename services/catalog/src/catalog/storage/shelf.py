"""All offers in memory as sets of small numbers: what a search filters, counts and sorts by.

An offer's number is its column `n`. A set of a million numbers takes 125 kB, two of them are intersected in microseconds, and
that is what a search with all its counts consists of. Nothing here is shown: a page is read from the database by its numbers.
"""

import heapq
import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pyroaring import BitMap

from catalog.domain.taxonomy import normalised
from catalog.use_cases.ports import OfferFilter
from chassis.kernel.ids import Id

FACETS = ("category", "brand", "grade", "storage", "ram", "color", "ship_from", "warranty_months", "seller_id")
FACET_VALUES_MAX = 50
# Looking up the word of a hit costs so much less than intersecting the hits with the set of one word.
_LOOKUPS_A_SET = 4
# So few hits are sorted as they are; more are met step by step, cheapest first.
_SORTED_MAX = 4_000
# Words that so many products have are asked for again and again.
_MANY_PRODUCTS = 50
_UNIONS_KEPT_MAX = 256
_ABSENT = -1

# An offer as the shelf takes it; see `READ_ALL` and `READ_CHANGED`.
Row = Sequence[Any]
# What a page is ordered by, and the number: unique, so that a page can begin behind it.
Key = tuple[int, int]


class Facet:
    """A word of each offer, such as its colour. `named` ones are found under any spelling, others by their value."""

    def __init__(self, *, named: bool = True) -> None:
        self._named = named
        # Code 0 is "none".
        self.values: list[Any] = [None]
        self.sets: list[BitMap] = [BitMap()]
        self._codes_by_value: dict[Any, int] = {None: 0}
        self._codes_by_name: dict[str, list[int]] = {}
        self._codes = array("I")
        self._by_size: list[int] | None = None
        self.changes = 0

    def put(self, n: int, value: Any) -> None:
        """The word of offer n."""
        code = self._codes_by_value.get(value)
        if code is None:
            code = self._new(value)
        _grow(self._codes, n, 0)
        old = self._codes[n]
        if old != code:
            self.sets[old].discard(n)
            if code:
                self.sets[code].add(n)
            self._codes[n] = code
            self._by_size = None
            self.changes += 1

    def having(self, names: Iterable[Any]) -> BitMap:
        """The offers with one of these words."""
        codes = {code for name in names for code in self._codes_of(name)}
        return BitMap.union(*(self.sets[code] for code in codes)) if codes else BitMap()

    def counts(self, hits: BitMap) -> list[tuple[str, int]]:
        """How many of the hits have each word, most frequent first, not more than FACET_VALUES_MAX of them."""
        if len(hits) <= _LOOKUPS_A_SET * len(self.sets):
            looked_up = Counter(map(self._codes.__getitem__, hits))
            looked_up.pop(0, None)
            found = [(count, code) for code, count in looked_up.items()]
        else:
            found = self._counted(hits)
        best = sorted(((-count, str(self.values[code])) for count, code in found if count))[:FACET_VALUES_MAX]
        return [(value, -count) for count, value in best]

    def _counted(self, hits: BitMap) -> list[tuple[int, int]]:
        if self._by_size is None:
            self._by_size = sorted(range(1, len(self.sets)), key=lambda code: -len(self.sets[code]))
        found: list[tuple[int, int]] = []
        least: list[int] = []
        for code in self._by_size:
            one = self.sets[code]
            # Nothing that is left can be more frequent than what would be shown.
            if len(least) == FACET_VALUES_MAX and len(one) < least[0]:
                break
            count = hits.intersection_cardinality(one)
            found.append((count, code))
            (heapq.heappush if len(least) < FACET_VALUES_MAX else heapq.heappushpop)(least, count)
        return found

    def _new(self, value: Any) -> int:
        code = len(self.values)
        self.values.append(value)
        self.sets.append(BitMap())
        self._codes_by_value[value] = code
        if self._named:
            self._codes_by_name.setdefault(normalised(str(value)), []).append(code)
        return code

    def _codes_of(self, name: Any) -> Iterable[int]:
        if self._named:
            return self._codes_by_name.get(normalised(str(name)), ())
        return (self._codes_by_value[name],) if name in self._codes_by_value else ()


class Figure:
    """A number of each offer that is not negative, such as its price. Offers lie in steps of at most 1/64 of the number."""

    def __init__(self) -> None:
        self.steps: dict[int, BitMap] = {}
        self._values = array("q")

    def put(self, n: int, value: int) -> None:
        """The figure of offer n; _ABSENT takes it away."""
        _grow(self._values, n, _ABSENT)
        old = self._values[n]
        if old == value:
            return
        if old != _ABSENT:
            self.steps[step_of(old)].discard(n)
        if value != _ABSENT:
            self.steps.setdefault(step_of(value), BitMap()).add(n)
        self._values[n] = value

    def value(self, n: int) -> int:
        """The figure of offer n."""
        return self._values[n]

    def within(self, low: int | None, high: int | None, among: BitMap) -> BitMap:
        """Those among the offers whose figure is neither lower nor higher."""
        first = step_of(low) if low is not None else _ABSENT
        last = step_of(high) if high is not None else None
        whole, found = [], BitMap()
        for step, one in self.steps.items():
            if step < first or (last is not None and step > last):
                continue
            begins, ends = _bounds(step)
            if (low is None or begins >= low) and (high is None or ends <= high):
                whole.append(one)
            else:
                found.update(
                    n
                    for n in one & among
                    if (low is None or self._values[n] >= low) and (high is None or self._values[n] <= high)
                )
        return (BitMap.union(*whole) & among) | found if whole else found


def step_of(value: int) -> int:
    """Coarser than the value and in the same order: its seven leading binary digits and their place."""
    shift = max(0, value.bit_length() - 7)
    return shift << 8 | value >> shift


def _bounds(step: int) -> tuple[int, int]:
    """The lowest and the highest value of a step."""
    shift = step >> 8
    begins = (step & 0xFF) << shift
    return begins, begins + (1 << shift) - 1


class Layer:
    """Offers, and the figure by which they are sorted."""

    def __init__(self, members: BitMap, figure: Figure) -> None:
        self.members = members
        self.figure = figure


class _OwnPrices:
    """The offers that have a price of their own in one country."""

    def __init__(self) -> None:
        self.having = BitMap()
        self.price = Figure()
        self.currency = Facet(named=False)


class Shelf:
    """What is known of all offers; `put` what changed, and ask."""

    def __init__(self) -> None:
        self.facets = {name: Facet() for name in FACETS}
        self.last = 0
        # Rises whenever an offer of a product comes that was not here: then words may find more.
        self.products_known = 0
        self._live = BitMap()
        self._markets: dict[str, BitMap] = {}
        self._product = Facet(named=False)
        self._price, self._currency = Figure(), Facet(named=False)
        self._own: dict[str, _OwnPrices] = {}
        self._available, self._battery, self._warranty, self._dispatch = Figure(), Figure(), Figure(), Figure()
        # How many at once: the least quantity and the size of a pack.
        self._lots = Facet(named=False)
        # By country ("" for all) and by the quantity from which they hold: what each of so many costs.
        self._tiers: dict[str, dict[int, Figure]] = {}
        self._tiered: dict[str, BitMap] = {}
        self._tiers_of: dict[int, Mapping[str, Sequence[tuple[int, int]]]] = {}
        self._unions: dict[int, tuple[Sequence[Id], int, BitMap]] = {}

    def put(self, rows: Iterable[Row]) -> None:
        """Offers as they are now, new ones or changed ones."""
        facets = [self.facets[name] for name in FACETS]
        for (
            n, live, markets, product, price, currency, prices, tiers, least, pack, available, battery, dispatch, *words
        ) in rows:  # fmt: skip
            for facet, word in zip(facets, words, strict=True):
                facet.put(n, word)
            self._put_sets(n, live, markets, product)
            self._put_prices(n, price, currency, prices, tiers)
            self._available.put(n, available)
            self._battery.put(n, battery or 0)
            self._warranty.put(n, words[FACETS.index("warranty_months")])
            self._dispatch.put(n, dispatch)
            self._lots.put(n, (least, pack))
            self.last = max(self.last, n)

    def hits(self, wanted: OfferFilter, products: Sequence[Id] | None) -> "Hits":
        """The offers that fit. `products` are those whose words fit, None if no words were asked for; the same words should
        come with the same object, for many are remembered by it."""
        country, quantity = wanted.price_country, wanted.quantity
        own = self._own.get(country) or _OwnPrices()
        fitting = self._markets.get(wanted.market, BitMap()) & self._live
        fitting &= (self._currency.having([wanted.currency]) - own.having) | own.currency.having([wanted.currency])
        if products is not None:
            fitting &= self._having(products)
        least = max(quantity or 0, 1 if wanted.in_stock else 0)
        if least:
            fitting = self._available.within(least, None, fitting)
        if quantity is not None:
            fitting &= self._lots.having(lot for lot in self._lots.values[1:] if _fits(quantity, *lot))
        for figure, low, high in (
            (self._battery, wanted.battery_min, None),
            (self._warranty, wanted.warranty_min, None),
            (self._dispatch, None, wanted.dispatch_max),
        ):
            if low is not None or high is not None:
                fitting = figure.within(low, high, fitting)
        layers = self._priced(fitting, country, own, quantity or 1)
        if wanted.price_min is not None or wanted.price_max is not None:
            for layer in layers:
                layer.members = layer.figure.within(wanted.price_min, wanted.price_max, layer.members)
            fitting = BitMap.union(*(layer.members for layer in layers))
        chosen = {name: self.facets[name].having(values) for name in FACETS if (values := wanted.facets.get(name))}
        return Hits(self, fitting, chosen, layers)

    def sorted_by(self, sort: str, hits: BitMap, layers: Sequence[Layer]) -> tuple[Sequence[Layer], bool]:
        """By what a page is sorted, and whether the highest comes first."""
        figure, highest_first = {
            "battery": (self._battery, True),
            "warranty": (self._warranty, True),
            "dispatch": (self._dispatch, False),
        }.get(sort, (None, False))
        return ([Layer(hits, figure)] if figure else layers), highest_first

    def _having(self, products: Sequence[Id]) -> BitMap:
        if len(products) < _MANY_PRODUCTS:
            return self._product.having(products)
        known = self._unions.get(id(products))
        # The object is kept with its set, so that no other one gets its address.
        if known is None or known[0] is not products or known[1] != self._product.changes:
            known = (products, self._product.changes, self._product.having(products))
            if len(self._unions) >= _UNIONS_KEPT_MAX:
                self._unions.clear()
            self._unions[id(products)] = known
        return known[2]

    def _put_sets(self, n: int, live: bool, markets: Sequence[str], product: Id) -> None:
        (self._live.add if live else self._live.discard)(n)
        for market in markets:
            if market not in self._markets:
                self._markets[market] = BitMap()
        for market, having in self._markets.items():
            (having.add if market in markets else having.discard)(n)
        self._product.put(n, product)
        self.products_known = len(self._product.values)

    def _put_prices(self, n: int, price: int, currency: str, prices: str, tiers: str) -> None:
        self._price.put(n, price)
        self._currency.put(n, currency)
        own: Mapping[str, Sequence[Any]] = json.loads(prices) if prices != "{}" else {}
        for country in own:
            if country not in self._own:
                self._own[country] = _OwnPrices()
        for country, kept in self._own.items():
            if country in own:
                kept.having.add(n)
                kept.price.put(n, own[country][0])
                kept.currency.put(n, own[country][1])
            elif n in kept.having:
                kept.having.discard(n)
                kept.price.put(n, _ABSENT)
                kept.currency.put(n, None)
        self._put_tiers(n, json.loads(tiers) if tiers != "{}" else {})

    def _put_tiers(self, n: int, tiers: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        old = self._tiers_of.pop(n, {})
        for country in old:
            self._tiered[country].discard(n)
            for least, _ in old[country]:
                self._tiers[country][least].put(n, _ABSENT)
        if tiers:
            self._tiers_of[n] = tiers
        for country in tiers:
            self._tiered.setdefault(country, BitMap()).add(n)
            by_quantity = self._tiers.setdefault(country, {})
            for least, minor in tiers[country]:
                by_quantity.setdefault(least, Figure()).put(n, minor)

    def _priced(self, hits: BitMap, country: str, own: _OwnPrices, quantity: int) -> list[Layer]:
        """Hits with what each costs in the country at this quantity: by the highest tier that holds, else by its price."""
        of_country = hits & self._tiered.get(country, BitMap())
        # Tiers for all countries refine the price for all: not that of a country with prices of its own.
        of_all = (hits & self._tiered.get("", BitMap())) - of_country - own.having
        layers = []
        for key, left in ((country, of_country), ("", of_all)):
            by_quantity = self._tiers.get(key, {})
            for least in sorted((one for one in by_quantity if one <= quantity), reverse=True):
                figure = by_quantity[least]
                holds = figure.within(0, None, left)
                layers.append(Layer(holds, figure))
                left = left - holds
                hits = hits - holds
        return [*layers, Layer(hits - own.having, self._price), Layer(hits & own.having, own.price)]


class Hits:
    """What a search found."""

    def __init__(self, shelf: Shelf, fitting: BitMap, chosen: Mapping[str, BitMap], layers: Sequence[Layer]) -> None:
        self._shelf = shelf
        self._fitting = fitting
        self._chosen = chosen
        self._layers = layers
        self.all = _intersection(fitting, chosen.values())

    def page(self, sort: str, limit: int, after: Key | None) -> list[Key]:
        """The first `limit` keys behind the key `after`, in the order asked for."""
        if sort == "newest":
            # Numbers rise with time. `rank` says how many are not behind the last one seen.
            end = self.all.rank(after[1]) - 1 if after else len(self.all)
            return [(0, n) for n in reversed(self.all[max(0, end - limit) : end])]
        layers, highest_first = self._shelf.sorted_by(sort, self.all, self._layers)
        parts = (
            self._at_once(layers, highest_first, after)
            if len(self.all) <= _SORTED_MAX
            else self._in_steps(layers, highest_first, after)
        )
        found: list[Key] = []
        for part in parts:
            wanted = limit - len(found)
            found += heapq.nsmallest(wanted, part, key=(lambda key: (-key[0], key[1])) if highest_first else None)
            if len(found) == limit:
                break
        return found

    def counts(self) -> dict[str, list[tuple[str, int]]]:
        """Hits per value of each facet. A facet's own choice does not restrict its own counts: who chose one grade sees how
        many there are of the others."""
        return {name: facet.counts(self._without(name)) for name, facet in self._shelf.facets.items()}

    def _without(self, name: str) -> BitMap:
        if name not in self._chosen:
            return self.all
        return _intersection(self._fitting, (one for other, one in self._chosen.items() if other != name))

    def _at_once(self, layers: Sequence[Layer], highest_first: bool, after: Key | None) -> Iterator[list[Key]]:
        keys = [(layer.figure.value(n), n) for layer in layers for n in layer.members & self.all]
        yield keys if after is None else [key for key in keys if _behind(key, after, highest_first)]

    def _in_steps(self, layers: Sequence[Layer], highest_first: bool, after: Key | None) -> Iterator[list[Key]]:
        steps = sorted({step for layer in layers for step in layer.figure.steps}, reverse=highest_first)
        begin = step_of(after[0]) if after else None
        for step in steps:
            if begin is not None and (step > begin if highest_first else step < begin):
                continue
            part = [
                (layer.figure.value(n), n)
                for layer in layers
                if step in layer.figure.steps
                for n in layer.figure.steps[step] & layer.members & self.all
            ]
            if step == begin and after is not None:
                part = [key for key in part if _behind(key, after, highest_first)]
            if part:
                yield part


def _behind(key: Key, after: Key, highest_first: bool) -> bool:
    if key[0] == after[0]:
        return key[1] > after[1]
    return (key[0] > after[0]) != highest_first


def _intersection(first: BitMap, others: Iterable[BitMap]) -> BitMap:
    for other in others:
        first = first & other
    return first


def _fits(quantity: int, least: int, pack: int) -> bool:
    return quantity >= least and quantity % pack == 0


def _grow(values: "array[int]", n: int, filler: int) -> None:
    if n >= len(values):
        values.extend([filler] * (max(n + 1, len(values) * 5 // 4) - len(values)))
