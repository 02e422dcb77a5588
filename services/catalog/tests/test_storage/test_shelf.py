"""The shelf beside a list that is filtered and sorted one by one: the same hits, order and counts, whatever changes."""

import json
import random
from collections import Counter
from typing import Any

import pytest

from catalog.storage.shelf import FACETS, Shelf, step_of
from catalog.use_cases.ports import OfferFilter

WORDS: dict[str, list[Any]] = {
    "category": ["smartphone", "laptop"],
    "brand": ["Apple", "Samsung", "Dell"],
    "grade": ["good", "fair", "premium"],
    "storage": ["128GB", "256GB", None],
    "ram": ["4GB", None],
    "color": [f"Colour {n}" for n in range(70)],
    "ship_from": ["FR", "DE"],
    "warranty_months": [12, 24, 130],
    "seller_id": ["s1", "s2"],
}
# In the order of the columns that the shelf takes.
NAMES = (
    "n", "live", "markets", "product", "price", "currency", "prices", "tiers", "least", "pack", "available", "battery",
    "dispatch", *FACETS,
)  # fmt: skip


def an_offer(chance: random.Random, n: int) -> dict[str, Any]:
    words = {name: chance.choice(values) for name, values in WORDS.items()}
    return {
        "n": n,
        "live": chance.random() < 0.9,
        "markets": chance.choice([["fr-pro"], ["fr-pro", "nl-market"], ["nl-market"]]),
        "product": f"product {chance.randrange(6)}",
        "price": chance.randrange(1, 900),
        "currency": chance.choice(["EUR", "EUR", "DKK"]),
        "prices": chance.choice(["{}", "{}", json.dumps({"DE": [chance.randrange(1, 900), "EUR"]})]),
        "tiers": chance.choice(["{}", "{}", '{"": [[5, 40], [20, 30]]}', '{"DE": [[5, 20]]}']),
        "least": chance.choice([1, 1, 1, 4]),
        "pack": chance.choice([1, 1, 1, 5]),
        "available": chance.choice([0, 1, 5, 50]),
        "battery": chance.choice([None, 80, 90, 100]),
        "dispatch": chance.randrange(4),
        **words,
    }


def price_of(offer: dict[str, Any], country: str, quantity: int) -> tuple[int, str]:
    own = {"DE": tuple(json.loads(offer["prices"])["DE"])} if offer["prices"] != "{}" else {}
    amount, currency = own.get(country, (offer["price"], offer["currency"]))
    tiers = json.loads(offer["tiers"])
    for least, minor in tiers.get(country) or ([] if country in own else tiers.get("", [])):
        if least <= quantity:
            amount = minor
    return amount, currency


def fits(offer: dict[str, Any], wanted: OfferFilter, *, without: str = "") -> bool:
    quantity = wanted.quantity or 1
    price, currency = price_of(offer, wanted.price_country, quantity)
    return (
        offer["live"]
        and wanted.market in offer["markets"]
        and currency == wanted.currency
        and offer["available"] >= max(wanted.quantity or 0, int(wanted.in_stock))
        and (wanted.quantity is None or (quantity >= offer["least"] and quantity % offer["pack"] == 0))
        and (wanted.price_min is None or price >= wanted.price_min)
        and (wanted.price_max is None or price <= wanted.price_max)
        and (offer["battery"] or 0) >= (wanted.battery_min or 0)
        and offer["warranty_months"] >= (wanted.warranty_min or 0)
        and offer["dispatch"] <= (9 if wanted.dispatch_max is None else wanted.dispatch_max)
        and all(offer[name] in values for name, values in wanted.facets.items() if values and name != without)
    )


def a_filter(chance: random.Random) -> OfferFilter:
    def maybe(value: Any, otherwise: Any = None) -> Any:
        return value if chance.random() < 0.3 else otherwise

    words = {name: chance.sample([v for v in WORDS[name] if v is not None], 1) for name in ("brand", "grade", "color")}
    return OfferFilter(
        market=chance.choice(["fr-pro", "nl-market"]),
        price_country=chance.choice(["FR", "DE"]),
        currency=chance.choice(["EUR", "EUR", "DKK"]),
        facets={name: values for name, values in words.items() if chance.random() < 0.2},
        price_min=maybe(chance.randrange(900)),
        price_max=maybe(chance.randrange(900)),
        in_stock=maybe(True, False),
        quantity=maybe(chance.choice([1, 5, 20])),
        battery_min=maybe(90),
        warranty_min=maybe(chance.choice([24, 129])),
        dispatch_max=maybe(1),
    )


SORTS = {
    "price": lambda offer, wanted: price_of(offer, wanted.price_country, wanted.quantity or 1)[0],
    "newest": lambda offer, wanted: 0,
    "battery": lambda offer, wanted: -(offer["battery"] or 0),
    "warranty": lambda offer, wanted: -offer["warranty_months"],
    "dispatch": lambda offer, wanted: offer["dispatch"],
}


@pytest.mark.parametrize("seed", range(6))
def test_hits_order_and_counts_are_those_of_a_plain_list(seed: int) -> None:
    chance = random.Random(seed)
    shelf, plain = Shelf(), dict[int, dict[str, Any]]()
    for _ in range(12):
        changed = [an_offer(chance, chance.randrange(1, 400)) for _ in range(60)]
        plain |= {offer["n"]: offer for offer in changed}
        # The last word on an offer counts, also within one reading.
        shelf.put([tuple(offer[name] for name in NAMES) for offer in changed])
        wanted = a_filter(chance)
        expected = [offer for offer in plain.values() if fits(offer, wanted)]
        hits = shelf.hits(wanted, None)
        assert sorted(hits.all) == sorted(offer["n"] for offer in expected)
        for sort, key in SORTS.items():
            newest = -1 if sort == "newest" else 1
            in_order = sorted(expected, key=lambda offer: (key(offer, wanted), newest * offer["n"]))
            seen: list[tuple[int, int]] = []
            while page := hits.page(sort, 7, seen[-1] if seen else None):
                seen += page
            assert [n for _, n in seen] == [offer["n"] for offer in in_order]
        for name, counts in hits.counts().items():
            others = [offer for offer in plain.values() if fits(offer, wanted, without=name)]
            counted = Counter(str(offer[name]) for offer in others if offer[name] is not None)
            assert [count for _, count in counts] == sorted(counted.values(), reverse=True)[:50]
            assert all(counted[value] == count for value, count in counts)


def test_the_products_that_words_found_restrict_the_hits() -> None:
    chance = random.Random(1)
    offers = [an_offer(chance, n) for n in range(1, 100)]
    shelf = Shelf()
    shelf.put([tuple(offer[name] for name in NAMES) for offer in offers])
    wanted = OfferFilter("fr-pro", "FR", "EUR")
    found: Any = ["product 1", "product 4", "nowhere sold"]
    expected = [offer["n"] for offer in offers if fits(offer, wanted) and offer["product"] in found]
    assert sorted(shelf.hits(wanted, found).all) == expected
    assert len(shelf.hits(wanted, []).all) == 0


def test_the_most_frequent_of_many_values_are_shown_whichever_way_they_are_counted() -> None:
    shelf = Shelf()
    base = {**an_offer(random.Random(1), 1), "live": True, "markets": ["fr-pro"], "currency": "EUR", "prices": "{}"}
    # Colour k has k offers: more offers in all than are looked up one by one.
    rows = [{**base, "color": f"Colour {k}"} for k in range(1, 121) for _ in range(k)]
    shelf.put([tuple({**row, "n": n}[name] for name in NAMES) for n, row in enumerate(rows, start=1)])
    expected = [(f"Colour {k}", k) for k in range(120, 70, -1)]
    assert shelf.hits(OfferFilter("fr-pro", "FR", "EUR"), None).counts()["color"] == expected


def test_steps_keep_the_order_of_the_figures() -> None:
    figures = sorted({0, 1, 127, 128, 129, *(random.Random(3).randrange(2**34) for _ in range(2_000))})
    steps = [step_of(figure) for figure in figures]
    assert steps == sorted(steps)
    assert all(step_of(figure) == figure for figure in range(128))
