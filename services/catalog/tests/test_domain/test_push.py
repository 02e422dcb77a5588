"""One line of a push: created, updated, unchanged, stale or rejected."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from catalog.domain.offer import OfferPatch, StockedOffer
from catalog.domain.product import Product, Recognised
from catalog.domain.push import KnownProducts, LineStatus, PushContext, Settled, settle
from catalog.domain.stock import MovementKind
from chassis.kernel.ids import new_id

from ..builders import IPHONE, MONITOR, NOW, a_patch, a_seller, euros, rules

LATER = NOW + timedelta(hours=1)


def line(patch: OfferPatch, stored: StockedOffer | None = None, *, now: datetime = NOW, **context: Any) -> Settled:
    known = PushContext(new_id(), a_seller(), lambda market: rules(market=market), KnownProducts(), {}, now)
    return settle(patch, stored, replace(known, **context))


def pushed(**changes: Any) -> StockedOffer:
    created = line(a_patch(**changes))
    assert created.stocked is not None
    return created.stocked


def test_the_first_line_of_a_sku_creates_an_offer_and_counts_its_stock() -> None:
    created = line(a_patch(quantity=5))
    assert created.status is LineStatus.CREATED
    assert created.stocked is not None
    assert created.stocked.stock.available == 5
    assert created.movement is not None
    assert (created.movement.kind, created.movement.quantity) == (MovementKind.PUSHED, 5)
    assert created.stocked.offer.markets == ("fr-pro",)


def test_the_first_line_must_say_everything() -> None:
    rejected = line(OfferPatch(sku="A-1", quantity=5))
    assert rejected.problem is not None
    assert rejected.problem.code == "fields_missing"
    assert {error["pointer"] for error in rejected.problem.errors} == {
        "/product", "/grade", "/price", "/vat_regime", "/ship_from", "/warranty_months", "/dispatch_business_days",
    }  # fmt: skip


def test_later_lines_change_only_what_they_send() -> None:
    before = pushed()
    after = line(OfferPatch(sku="a-1", price=euros(35_000)), before, now=LATER).stocked
    assert after is not None
    assert after.offer == before.offer._replace(price=euros(35_000), version=2)
    assert after.stock.figures() == before.stock.figures()


def test_the_same_line_again_changes_nothing() -> None:
    again = line(a_patch(), pushed(), now=LATER)
    assert (again.status, again.movement) == (LineStatus.UNCHANGED, None)
    assert again.stocked is not None
    assert again.stocked.stock.as_of == LATER


def test_an_older_line_is_stale_as_a_whole() -> None:
    before = pushed()
    old = line(a_patch(price=euros(1), as_of=NOW - timedelta(seconds=1)), before, now=LATER)
    assert (old.status, old.stocked) == (LineStatus.STALE, before)
    assert old.problem is not None
    assert old.problem.code == "stale_line"


def test_a_line_of_the_same_instant_is_not_stale() -> None:
    assert line(OfferPatch(sku="A-1", quantity=6, as_of=NOW), pushed()).status is LineStatus.UPDATED


def test_a_count_from_the_future_is_refused() -> None:
    rejected = line(a_patch(as_of=NOW + timedelta(minutes=6)))
    assert rejected.problem is not None
    assert rejected.problem.code == "as_of_in_future"


def test_a_clock_that_runs_a_little_ahead_is_set_back_to_ours() -> None:
    created = line(a_patch(as_of=NOW + timedelta(minutes=4))).stocked
    assert created is not None
    assert created.stock.as_of == NOW


def test_a_lowered_count_below_open_holds_reports_the_shortage() -> None:
    before = pushed(quantity=5)
    held = before._replace(stock=before.stock.hold(4))
    lowered = line(OfferPatch(sku="A-1", quantity=1), held, now=LATER).stocked
    assert lowered is not None
    assert (lowered.stock.available, lowered.stock.shortage) == (0, 3)


def test_units_sold_since_the_count_are_not_offered_again() -> None:
    before = pushed(quantity=5)
    offer_id = before.offer.id
    counted = line(OfferPatch(sku="A-1", quantity=5), before, now=LATER, sold_since={offer_id: 2}).stocked
    assert counted is not None
    assert counted.stock.available == 3


def test_a_count_during_an_open_hold_is_booked_even_if_no_figure_changes() -> None:
    before = pushed(quantity=5)
    again = line(a_patch(quantity=5), before._replace(stock=before.stock.hold(1)), now=LATER)
    assert again.status is LineStatus.UNCHANGED
    assert again.movement is not None
    assert (again.movement.kind, again.movement.quantity) == (MovementKind.ADJUSTED, 0)


def test_a_sku_keeps_its_product() -> None:
    rejected = line(a_patch(product=MONITOR), pushed(), now=LATER)
    assert rejected.problem is not None
    assert rejected.problem.code == "sku_has_other_product"


def test_a_product_has_one_category() -> None:
    known = KnownProducts.of([Recognised(one, Product(new_id(), IPHONE)) for one in IPHONE.evidence()])
    rejected = line(a_patch(product=replace(IPHONE, category=MONITOR.category)), products=known)
    assert rejected.problem is not None
    assert rejected.problem.code == "product_category_differs"


def test_a_wrong_gtin_is_refused() -> None:
    rejected = line(a_patch(product=replace(IPHONE, gtin="4006381333932")))
    assert rejected.problem is not None
    assert rejected.problem.code == "gtin_invalid"


def test_tightened_rules_do_not_stop_a_seller_from_counting() -> None:
    before = pushed()
    strict = {"rules_for": lambda market: rules(market=market, warranty_months=24)}
    assert line(OfferPatch(sku="A-1", quantity=2), before, now=LATER, **strict).status is LineStatus.UPDATED
    assert line(OfferPatch(sku="A-1", price=euros(1)), before, now=LATER, **strict).status is LineStatus.REJECTED


@pytest.mark.parametrize(
    ("paused", "units", "state"), [(True, 5, "paused"), (False, 5, "live"), (False, 0, "out_of_stock")]
)
def test_the_state_follows_the_sellers_will_and_the_figures(paused: bool, units: int, state: str) -> None:
    one = pushed(paused=paused, quantity=units)
    assert one.offer.state(one.stock.available) == state
