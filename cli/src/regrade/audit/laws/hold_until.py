"""I15: the deadline of a hold is the one the market's rule gives, worked out by other code."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from regrade.audit.business_days import knows, last_second, last_second_days_later, table_version
from regrade.audit.facts import Facts, HoldRule, Order, Picture
from regrade.audit.law import Finding, Witness, nothing_yet


def hold_deadlines_can_be_recomputed(facts: Facts) -> Iterator[Finding]:
    """The last second of the n-th business day after the order's local day, in the market's calendar and zone."""
    for picture in facts.pictures:
        yield _look(picture, facts)


def _look(picture: Picture, facts: Facts) -> Finding:
    found: list[Witness] = []
    checked = 0
    for order in picture.orders:
        rule = facts.hold_rules.get((order.market, order.policy_version))
        if order.hold_until is None or order.held_at is None or rule is None or not _can_count(order, rule):
            continue
        checked += 1
        expected = deadline(rule, order.held_at)
        if order.hold_until != expected:
            sentence = f"order {order.id} may be paid until {order.hold_until.isoformat()}, the rule gives {expected.isoformat()}"
            found.append(Witness(sentence, {"order_id": order.id}))
    idle = nothing_yet(not any(order.hold_until for order in picture.orders), "no stock is held yet")
    return Finding(picture.where, checked, "deadlines", tuple(found), idle)


def deadline(rule: HoldRule, held_at: datetime) -> datetime:
    """The end of the n-th business day; where the market says so, not before so many days after the last reminder."""
    ends = last_second(rule.calendar, held_at, rule.business_days)
    if rule.end_calendar_days_after_reminder is None or not rule.reminder_business_days:
        return ends
    # The reminder leaves when its business day is over.
    reminded = last_second(rule.calendar, held_at, max(rule.reminder_business_days)) + timedelta(seconds=1)
    return max(ends, last_second_days_later(rule.calendar, reminded, rule.end_calendar_days_after_reminder))


def _can_count(order: Order, rule: HoldRule) -> bool:
    made_with = order.hold_calendar
    return knows(rule.calendar) and (made_with is None or made_with.partition("/")[0] == table_version())
