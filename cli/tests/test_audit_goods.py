"""The audit's laws about stock, orders, deadlines and papers, each against a platform with one thing wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cli.tests.audit_world import (
    HISTORY,
    HOLD_UNTIL,
    INVOICE,
    NOW,
    ORDER,
    PICTURE,
    PLACED,
    UNITS,
    broken,
    facts_of,
    verdict,
    with_picture,
)
from regrade.audit.facts import HoldRule, Movement, Paper, Push, Reservation, Shipment, Step, StockRow
from regrade.audit.law import Verdict
from regrade.audit.laws.hold_until import deadline


def test_figures_that_are_not_the_fold_of_their_movements_are_found() -> None:
    drifted = StockRow("f1", 10, 9, 0, 1, 0)
    assert "its movements give (10, 8, 0, 2, 0)" in broken("I8", "fold", with_picture(stock=(drifted,)))


def test_a_unit_that_was_held_twice_is_found() -> None:
    both = (Movement("f1", "pushed", 1, PLACED), *(Movement("f1", "held", 1, PLACED),) * 2)
    sentence = broken("I8", "fold", with_picture(movements=both, stock=(StockRow("f1", 1, 0, 2, 0, 1),)))
    assert sentence == "offer f1, movement 3: 1 units were held when 0 were free"


def test_more_units_released_than_held_are_found() -> None:
    given = (Movement("f1", "pushed", 5, PLACED), Movement("f1", "released", 1, PLACED))
    assert "movement 2" in broken("I8", "fold", with_picture(movements=given, stock=(StockRow("f1", 5, 5, 0, 0, 0),)))


def test_a_sale_before_the_count_is_in_the_count_already() -> None:
    later = PLACED + timedelta(hours=1)
    recounted = (*(PICTURE.movements or ()), Movement("f1", "adjusted", -2, later))
    assert (
        verdict("I8", "fold", with_picture(movements=recounted, stock=(StockRow("f1", 8, 8, 0, 0, 0),))) is Verdict.OK
    )


def test_a_push_that_leaves_free_units_and_a_shortage_is_found() -> None:
    assert "short 1" in broken("I8", "told after each push", with_picture(pushes=(Push("f1", 10, 1, 1),)))


@pytest.mark.parametrize(
    ("order_state", "reservation_state"),
    [("completed", "held"), ("auto_cancelled", "consumed"), ("awaiting_payment", "released"), ("refused", "held")],
)
def test_a_reservation_that_contradicts_its_order_is_found(order_state: str, reservation_state: str) -> None:
    facts = with_picture(
        orders=(replace(ORDER, state=order_state),), reservations=(Reservation("o1", reservation_state, {"f1": 2}),)
    )
    assert broken("I9", "", facts) == f"order o1 is {order_state} and its reservation is {reservation_state}"


def test_an_order_that_the_catalogue_does_not_know_is_found() -> None:
    assert "the catalogue knows nothing of it" in broken("I9", "", with_picture(reservations=()))


def test_an_order_that_never_got_an_answer_is_found() -> None:
    facts = with_picture(orders=(replace(ORDER, state="reserving"),))
    assert broken("I9", "", facts) == "order o1 is reserving though nothing is under way"


@pytest.mark.parametrize("state", ["awaiting_approval", "refused", "cancelled_by_buyer"])
def test_an_order_that_was_never_approved_holds_nothing(state: str) -> None:
    never = replace(ORDER, state=state, was_placed=False)
    quiet = with_picture(orders=(never,), reservations=())
    assert verdict("I9", "", quiet) is not Verdict.VIOLATED
    held = with_picture(orders=(never,), reservations=(Reservation("o1", "released", {"f1": 2}),))
    assert broken("I9", "", held) == "the catalogue keeps stock for order o1, which was never placed"


def test_an_order_whose_limits_were_never_looked_at_is_found() -> None:
    facts = with_picture(orders=(replace(ORDER, state="checking_limits", was_placed=False),))
    assert broken("I9", "", facts) == "order o1 is checking_limits though nothing is under way"


def test_a_reservation_of_other_units_is_found() -> None:
    assert "other units" in broken("I9", "", with_picture(reservations=(Reservation("o1", "consumed", {"f1": 1}),)))


def test_more_sold_than_was_ever_pushed_is_found() -> None:
    little = with_picture(movements=None, pushes=(Push("f1", 1, 1, 0),))
    assert broken("I10", "sold", little) == "offer f1: 2 units are sold, 1 were pushed"


def test_a_device_that_left_twice_is_found() -> None:
    second = (*PICTURE.shipments, Shipment("h2", "p1", {1: UNITS}))
    assert f"device {min(UNITS)} left twice" == broken("I10", "ships", with_picture(shipments=second))


def test_a_parcel_with_fewer_units_than_ordered_is_found() -> None:
    short = Shipment("h1", "p1", {1: UNITS[:1]})
    assert "does not carry what was ordered" in broken("I10", "ships", with_picture(shipments=(short,)))


def test_a_state_that_no_move_leads_to_is_found() -> None:
    jump = (HISTORY[0], replace(HISTORY[1], to_state="secured"))
    facts = with_picture(history=jump, orders=(replace(ORDER, state="secured"),), seller_orders=())
    assert broken("I11", "stored history", facts).endswith("no move leads from reserving to secured")


def test_a_version_that_is_missing_in_a_history_is_found() -> None:
    assert "version 4 follows 2" in broken("I11", "stored history", with_picture(history=(*HISTORY[:2], *HISTORY[4:])))


def test_a_history_whose_end_is_not_todays_state_is_found() -> None:
    facts = with_picture(orders=(replace(ORDER, state="delivered"),))
    assert broken("I11", "stored history", facts) == "orders.order o1 is delivered, its history ends in completed"


def test_a_seller_order_without_a_history_is_found() -> None:
    only_order = tuple(step for step in HISTORY if step.machine == "orders.order")
    assert broken("I11", "stored history", with_picture(history=only_order)).startswith("orders.seller_order p1")


def test_a_history_that_begins_in_the_middle_is_found() -> None:
    begun = (Step("orders.order", "o1", "secure", "awaiting_payment", "secured", 1),)
    assert "it was None" in broken("I11", "stored history", with_picture(history=begun, seller_orders=()))


def test_an_order_that_waits_past_its_deadline_is_found() -> None:
    waiting = replace(ORDER, state="awaiting_payment")
    assert broken("I13", "", with_picture(orders=(waiting,))).startswith("order o1 is awaiting_payment")
    assert verdict("I13", "", with_picture(orders=(waiting,), now=HOLD_UNTIL)) is Verdict.OK


def test_a_gap_in_the_invoice_numbers_is_found() -> None:
    third = replace(INVOICE, id="i3", n=3, number="SELL-2026-000003")
    assert "where number 2 should stand is 3" in broken("I14", "numbers", with_picture(invoices=(INVOICE, third)))


def test_an_invoice_number_that_comes_twice_is_found() -> None:
    again = replace(INVOICE, id="i2")
    assert "where number 2 should stand is 1" in broken("I14", "numbers", with_picture(invoices=(INVOICE, again)))


def test_each_series_counts_from_one() -> None:
    other = replace(INVOICE, id="i2", series="SELL-2027", number="SELL-2027-000001")
    assert verdict("I14", "numbers", with_picture(invoices=(INVOICE, other))) is Verdict.OK


def test_a_device_on_no_invoice_is_found() -> None:
    face = replace(INVOICE, units=UNITS[:1])
    assert f"device {UNITS[1]} of shipment h1 stands on 0" in broken("I14", "unit", with_picture(invoices=(face,)))


def test_a_device_on_two_invoices_is_found() -> None:
    other = replace(INVOICE, id="i2", regime="margin", gross_minor=0, units=UNITS[:1])
    assert "stands on 2 invoices" in broken("I14", "unit", with_picture(invoices=(INVOICE, other)))


def test_invoices_that_do_not_come_to_what_was_paid_are_found() -> None:
    cheap = replace(INVOICE, gross_minor=INVOICE.gross_minor - 1)
    assert "invoices of 19999 for a seller order of 20000" in broken("I14", "unit", with_picture(invoices=(cheap,)))


def test_an_invoice_that_waits_for_a_person_is_no_violation() -> None:
    blocked = replace(INVOICE, state="blocked", units=(), sha256=None, hashes=())
    assert verdict("I14", "unit", with_picture(invoices=(blocked,))) is Verdict.NOTHING_YET


def test_bytes_that_changed_between_two_reads_are_found() -> None:
    unstable = replace(INVOICE, hashes=("good", "bad"))
    assert "bad, good, told was good" in broken("I14", "documents", with_picture(invoices=(unstable,)))


def test_an_issued_invoice_without_a_file_is_found() -> None:
    lost = replace(INVOICE, hashes=())
    assert "the hash nothing" in broken("I14", "documents", with_picture(invoices=(lost,)))


def test_a_purchase_order_with_other_bytes_is_found() -> None:
    assert "of purchase order" in broken(
        "I14", "documents", with_picture(papers=(Paper("purchase order", "a", ("b",)),))
    )


def test_a_deadline_a_day_too_early_is_found() -> None:
    early = replace(ORDER, hold_until=HOLD_UNTIL - timedelta(days=1))
    assert f"the rule gives {HOLD_UNTIL.isoformat()}" in broken("I15", "", with_picture(orders=(early,)))


def test_a_deadline_made_with_other_holiday_tables_is_not_judged() -> None:
    old = replace(ORDER, hold_calendar="holidays-0.1/FR", hold_until=HOLD_UNTIL - timedelta(days=1))
    # Nothing else is there to judge, and that is said.
    assert verdict("I15", "", with_picture(orders=(old,))) is Verdict.INCONCLUSIVE


def test_a_deadline_under_unknown_rules_is_not_called_right() -> None:
    assert verdict("I15", "", facts_of(hold_rules={})) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("calendar", "start", "days", "expected"),
    [
        # Ascension Day (14 May 2026) and the weekend do not count; summer time is two hours ahead of UTC.
        ("FR", datetime(2026, 5, 12, 8, tzinfo=UTC), 5, datetime(2026, 5, 20, 21, 59, 59, tzinfo=UTC)),
        # 23:30 UTC is the next day in Paris already.
        ("FR", datetime(2026, 11, 19, 23, 30, tzinfo=UTC), 5, datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC)),
        # 25 and 26 December, in Denmark; Christmas Eve is a working day there by law.
        ("DK", datetime(2026, 12, 23, 8, tzinfo=UTC), 2, datetime(2026, 12, 28, 22, 59, 59, tzinfo=UTC)),
        # St Patrick's Day is a holiday in Northern Ireland, not in England.
        ("GB-NIR", datetime(2026, 3, 16, 8, tzinfo=UTC), 1, datetime(2026, 3, 18, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_deadlines_are_counted_in_the_places_own_days(
    calendar: str, start: datetime, days: int, expected: datetime
) -> None:
    assert deadline(HoldRule(calendar, days), start) == expected


def test_a_hold_may_end_only_days_after_the_last_reminder() -> None:
    rule = HoldRule("GB-NIR", 5, reminder_business_days=(2, 4), end_calendar_days_after_reminder=7)
    # Monday 2 November: the fourth business day is Friday the 6th, the reminder leaves as Saturday the 7th begins.
    assert deadline(rule, datetime(2026, 11, 2, 9, tzinfo=UTC)) == datetime(2026, 11, 14, 23, 59, 59, tzinfo=UTC)


def test_the_clock_of_the_platform_is_needed_to_judge_deadlines() -> None:
    assert NOW > HOLD_UNTIL
    assert verdict("I13", "", with_picture(now=None)) is Verdict.NOT_ASKED
