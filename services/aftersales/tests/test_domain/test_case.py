"""What a case may do, and when: every move in every state, and deadlines counted by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aftersales.domain.case import (
    ENDED,
    MOVES,
    Case,
    CaseState,
    Complaint,
    Defect,
    Impossible,
    Remedy,
    new_case,
    rma_of,
)
from aftersales.domain.errors import NotInWarranty, RemedyNotOffered, WarrantyNotKnownYet
from chassis.kernel.ids import Id, new_id
from chassis.testing.walk import check_every_move
from services.aftersales.tests.builders import BROKEN, IMEI, a_case, a_coverage, every_case_event, the_case_rules

RULES = the_case_rules()


def first(move: Callable[[Case], Any]) -> Callable[[Case], Any]:
    """Moves give back (new case, event)."""
    return lambda case: move(case)[0]


def test_every_move_in_every_state() -> None:
    moves = {
        "authorise": first(lambda case: case.authorise(RULES, BROKEN)),
        "send": first(lambda case: case.send("RET1", BROKEN)),
        "withdraw": first(lambda case: case.withdraw(BROKEN)),
        "expire": first(lambda case: case.expire(BROKEN)),
        "receive": first(lambda case: case.receive(RULES, BROKEN)),
        "hold": first(lambda case: case.hold(BROKEN)),
        "confirm_defect": first(lambda case: case.confirm_defect(RULES, BROKEN)),
        "find_no_fault": first(lambda case: case.find_no_fault(RULES, BROKEN)),
        "exclude": first(lambda case: case.exclude("oxidation", BROKEN)),
        "repair": first(lambda case: case.choose(Remedy.REPAIR, RULES, BROKEN)),
        "replace": first(lambda case: case.choose(Remedy.REPLACEMENT, RULES, BROKEN)),
        "resolve": first(lambda case: case.resolve("BACK1", None, BROKEN)),
        "give_up": first(lambda case: case.give_up(Impossible.NO_PART, BROKEN)),
        "run_out": first(lambda case: case.run_out(BROKEN)),
        "refund": first(lambda case: case.refund(BROKEN)),
    }
    tried = check_every_move(MOVES, CaseState, a_case, moves, lambda case: case.state)
    assert tried == len(CaseState) * len(moves)


@pytest.mark.parametrize("state", CaseState)
def test_a_case_says_when_it_ended_and_only_then(state: CaseState) -> None:
    case = a_case(state)
    assert (case.ended_at is not None) == (state in ENDED) == (not case.is_open)


def test_each_fact_carries_the_version_it_made() -> None:
    for event in every_case_event():
        assert event.seq >= 1
    case = a_case(CaseState.REFUNDED)
    # opened, authorised, received, inspected, refund_due, refunded
    assert case.version == 6


def test_the_sellers_five_business_days_skip_the_weekend_and_new_year() -> None:
    # Received on Wednesday the 30th of December: 31, 4, 5, 6, 7 January are the five business days in France.
    case = a_case(CaseState.RECEIVED)
    assert case.remedy_until == datetime(2027, 1, 7, 22, 59, 59, tzinfo=UTC)


def test_the_days_are_counted_where_the_seller_works() -> None:
    # In Spain the 6th of January is a holiday, so the fifth day is the 8th.
    received, event = replace(a_case(), ship_from="ES").receive(RULES, BROKEN)
    assert received.remedy_until == event.remedy_until == datetime(2027, 1, 8, 22, 59, 59, tzinfo=UTC)
    # Where nobody said from which country it was sent, the place of the delivery counts.
    unknown, _ = replace(a_case(), ship_from=None).receive(RULES, BROKEN)
    assert unknown.remedy_until == datetime(2027, 1, 7, 22, 59, 59, tzinfo=UTC)


def test_a_locked_device_stops_the_clock_and_the_days_begin_anew() -> None:
    held = a_case(CaseState.ON_HOLD)
    assert held.remedy_until is None
    later = BROKEN + timedelta(days=12)
    inspected, event = held.confirm_defect(RULES, later)
    # Monday the 11th of January; the fifth business day after it is Monday the 18th.
    assert inspected.remedy_until == event.remedy_until == datetime(2027, 1, 18, 22, 59, 59, tzinfo=UTC)


def test_the_warranty_ends_with_its_last_second() -> None:
    coverage = a_coverage()
    line = coverage.lines[0]
    assert line.warranty_until is not None

    def ask(at: datetime) -> Case:
        return new_case(new_id(), Complaint(IMEI, Defect.SCREEN, ""), (coverage, line, IMEI), None, None, RULES, at)[0]

    assert ask(line.warranty_until).state is CaseState.REQUESTED
    with pytest.raises(NotInWarranty):
        ask(line.warranty_until + timedelta(seconds=1))


def test_a_warranty_that_is_not_known_yet_is_no_refusal() -> None:
    coverage = a_coverage(sold=())
    with pytest.raises(WarrantyNotKnownYet):
        new_case(
            new_id(), Complaint(IMEI, Defect.SCREEN, ""), (coverage, coverage.lines[0], IMEI), None, None, RULES, BROKEN
        )


def test_a_market_without_repairs_offers_none() -> None:
    rules = the_case_rules("nl-market")
    with pytest.raises(RemedyNotOffered):
        a_case(CaseState.INSPECTED, market="nl-market").choose(Remedy.REPAIR, rules, BROKEN)
    replacing, _ = a_case(CaseState.INSPECTED, market="nl-market").choose(Remedy.REPLACEMENT, rules, BROKEN)
    assert replacing.state is CaseState.REPLACING


def test_only_where_the_market_says_so_a_clean_test_costs_something() -> None:
    assert a_case(CaseState.NO_FAULT).fee is None
    danish = a_case(CaseState.NO_FAULT, market="dk-shop")
    assert danish.fee is not None
    assert (danish.fee.minor, danish.fee.currency) == (40000, "DKK")


def test_the_checklist_is_the_markets() -> None:
    assert a_case().checklist == (
        "serial_number",
        "data_backup",
        "account_logout",
        "invoice_in_parcel",
        "proper_packing",
    )
    assert a_case(market="dk-shop").checklist == ("rma_on_parcel_or_letter", "proper_packing")
    assert the_case_rules("uk-shop").checklist == ("original_packing", "complete", "manuals")


def test_the_number_can_be_read_aloud() -> None:
    number = rma_of(Id("0193f6f0-0000-7000-8000-000000000001"))
    assert number == rma_of(Id("0193f6f0-0000-7000-8000-000000000001"))
    assert len(number) == len("RMA-7K3F-92QD")
    assert not set(number.removeprefix("RMA-")) & set("01IO")
