"""Who has to approve what, and who may: limits, steps, delegates, and nobody for themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id
from orders.domain.approval import Approval, Purchase, Reason, Spent, Word, month_around, need_of
from orders.domain.errors import CostCentreRequired, CostCentreUnknown, NotYourApproval, PoNumberRequired
from orders.domain.purchasing import Delegation, PurchasingRules, SpendingLimit
from services.orders.tests.builders import ANN, BEN, BUYER, CAS, DEE, NOW, an_approval, own_rules

NOTHING = Spent(0, 0)


def bought(gross: int, *, by: Id | None = DEE, cost_centre: str | None = None, currency: str = "EUR") -> Purchase:
    return Purchase(by, cost_centre, currency, gross)


def reasons(rules: PurchasingRules, purchase: Purchase, spent: Spent = NOTHING) -> list[Reason]:
    need = need_of(rules, purchase, spent)
    return [] if need is None else list(need.reasons)


def limits(*limits: SpendingLimit) -> PurchasingRules:
    return own_rules(limits=limits, cost_centres=frozenset({"IT", "OPS"}))


def test_the_limit_itself_may_be_spent_and_one_cent_more_may_not() -> None:
    assert reasons(own_rules(), bought(20_000)) == []
    assert reasons(own_rules(), bought(20_001)) == [Reason("person_per_order", 20_000, 0, 1)]


def test_a_month_counts_what_went_before() -> None:
    rules = limits(SpendingLimit(DEE, None, "EUR", None, 50_000))
    assert reasons(rules, bought(20_000), Spent(30_000, 99_000)) == []
    assert reasons(rules, bought(20_001), Spent(30_000, 0)) == [Reason("person_per_month", 50_000, 30_000, 1)]


def test_every_limit_that_is_crossed_is_named() -> None:
    rules = limits(SpendingLimit(DEE, None, "EUR", 10_000, 15_000), SpendingLimit(None, "IT", "EUR", 12_000, 100_000))
    assert reasons(rules, bought(13_000, cost_centre="IT"), Spent(4_000, 90_000)) == [
        Reason("person_per_order", 10_000, 0, 3_000),
        Reason("person_per_month", 15_000, 4_000, 2_000),
        Reason("cost_centre_per_order", 12_000, 0, 1_000),
        Reason("cost_centre_per_month", 100_000, 90_000, 3_000),
    ]


@pytest.mark.parametrize(
    "purchase",
    [
        bought(90_000, by=BEN),
        bought(90_000, currency="GBP"),
        bought(90_000, cost_centre="OPS"),
        # A program is no person: what binds it is the cost centre's limit.
        bought(90_000, by=None, cost_centre="OPS"),
    ],
)
def test_limits_of_others_do_not_count(purchase: Purchase) -> None:
    rules = limits(SpendingLimit(CAS, None, "EUR", 1, 1), SpendingLimit(None, "IT", "EUR", 1, 1))
    if purchase.currency == "GBP":
        rules = own_rules()
    assert reasons(rules, purchase) == []


def test_a_program_is_bound_by_the_limits_of_cost_centres() -> None:
    rules = limits(SpendingLimit(None, "IT", "EUR", 1_000, None))
    assert reasons(rules, bought(1_001, by=None, cost_centre="IT")) == [Reason("cost_centre_per_order", 1_000, 0, 1)]


@pytest.mark.parametrize(
    ("steps", "owners", "by", "asked"),
    [
        (((BEN,), (ANN,)), (ANN,), DEE, ((BEN,), (ANN,))),
        # Where no steps are named the owners approve.
        ((), (ANN,), DEE, ((ANN,),)),
        # Who placed it is left out; a step that only the placer could take falls to the other owners.
        (((BEN, CAS),), (ANN,), BEN, ((CAS,),)),
        (((BEN,),), (ANN,), BEN, ((ANN,),)),
        (((ANN,),), (ANN, CAS), ANN, ((CAS,),)),
    ],
)
def test_who_is_asked(
    steps: tuple[tuple[Id, ...], ...], owners: tuple[Id, ...], by: Id, asked: tuple[tuple[Id, ...], ...]
) -> None:
    rules = own_rules(steps=steps, owner_ids=owners, limits=(SpendingLimit(by, None, "EUR", 1, None),))
    need = need_of(rules, bought(2, by=by), NOTHING)
    assert need is not None
    assert need.steps == asked
    assert need.can_be_met


@pytest.mark.parametrize("steps", [(), ((ANN,),), ((BEN,), (ANN,))])
def test_an_owner_alone_cannot_have_an_order_approved(steps: tuple[tuple[Id, ...], ...]) -> None:
    rules = own_rules(steps=steps, limits=(SpendingLimit(ANN, None, "EUR", 1, None),))
    need = need_of(rules, bought(2, by=ANN), NOTHING)
    assert need is not None
    assert not need.can_be_met


def test_a_month_is_the_markets_own_calendar_month() -> None:
    # 23:30 UTC on the 31st of October is the 1st of November in Paris, which is back on winter time.
    at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert month_around(at, "Europe/Paris") == (
        datetime(2026, 10, 31, 23, 0, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 0, tzinfo=UTC),
    )
    assert month_around(datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "Europe/Paris")[1] == datetime(
        2026, 12, 31, 23, 0, tzinfo=UTC
    )
    assert month_around(at, "Europe/London")[0] == datetime(2026, 9, 30, 23, 0, tzinfo=UTC)


def stands_in(for_whom: Id = BEN, who: Id = CAS) -> Delegation:
    return Delegation(for_whom, who, NOW, NOW + timedelta(days=1))


def who(approval: Approval, rules: PurchasingRules, at: datetime = NOW, by: Id | None = DEE) -> dict[Id, Id]:
    return dict(approval.who_may_decide(rules, by, at))


def test_a_delegate_stands_in_on_the_days_that_were_named_only() -> None:
    rules = own_rules(delegations=(stands_in(),))
    assert who(an_approval(), rules) == {BEN: BEN, CAS: BEN}
    for at in (NOW - timedelta(seconds=1), NOW + timedelta(days=1)):
        assert who(an_approval(), rules, at) == {BEN: BEN}


def test_a_delegate_who_placed_the_order_does_not_stand_in() -> None:
    assert who(an_approval(), own_rules(delegations=(stands_in(who=CAS),)), by=CAS) == {BEN: BEN}


def test_a_step_whose_people_have_left_falls_to_the_owners_and_who_stands_in_for_them() -> None:
    rules = own_rules(approver_ids=frozenset({ANN, CAS}), delegations=(stands_in(ANN, CAS),))
    assert who(an_approval(), rules) == {ANN: ANN, CAS: ANN}
    assert who(an_approval(steps=((BEN, CAS),)), rules) == {CAS: CAS}


def test_steps_are_those_of_the_day_it_was_placed() -> None:
    today = own_rules(steps=((CAS,),))
    assert who(an_approval(), today) == {BEN: BEN}


def test_each_step_is_taken_once_by_one_of_its_people_and_in_order() -> None:
    two = an_approval(steps=((BEN, CAS), (ANN,)))
    with pytest.raises(NotYourApproval):
        two.decided(Word(ANN, True), own_rules(), DEE, NOW)
    first = two.decided(Word(CAS, True, "fine"), own_rules(), DEE, NOW)
    assert (first.step, first.is_given) == (2, False)
    with pytest.raises(NotYourApproval):
        first.decided(Word(BEN, True), own_rules(), DEE, NOW)
    second = first.decided(Word(ANN, True), own_rules(), DEE, NOW)
    assert (second.step, second.is_given) == (2, True)
    assert [(one.step, one.person_id, one.comment) for one in second.decisions] == [(1, CAS, "fine"), (2, ANN, None)]


def test_what_a_delegate_says_names_whom_it_was_said_for() -> None:
    given = an_approval().decided(Word(CAS, True), own_rules(delegations=(stands_in(),)), DEE, NOW)
    (said,) = given.decisions
    assert (said.person_id, said.on_behalf_of) == (CAS, BEN)


def test_nobody_approves_an_order_of_their_own() -> None:
    with pytest.raises(NotYourApproval):
        an_approval(steps=((BEN,), (ANN,))).decided(Word(BEN, True), own_rules(), BEN, NOW)


@pytest.mark.parametrize(
    ("rules", "po_number", "cost_centre", "refusal"),
    [
        (own_rules(po_number_required=True), None, None, PoNumberRequired),
        (own_rules(po_number_required=True), "", None, PoNumberRequired),
        (own_rules(), None, "IT", CostCentreUnknown),
        (limits(SpendingLimit(None, "IT", "EUR", 1, None)), None, None, CostCentreRequired),
        (limits(SpendingLimit(None, "IT", "EUR", 1, None)), None, "it", CostCentreUnknown),
    ],
)
def test_what_the_company_wants_on_each_order_is_asked_for_by_name(
    rules: PurchasingRules, po_number: str | None, cost_centre: str | None, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        rules.must_be_named(po_number, cost_centre)
    replace(rules, cost_centres=frozenset({"IT"})).must_be_named("PO 7", "IT")


def test_rules_that_ask_nothing_do_not_bind() -> None:
    assert not PurchasingRules(BUYER, 1, steps=((BEN,),), approver_ids=frozenset({BEN}), owner_ids=(ANN,)).bind
    assert own_rules().bind
    assert PurchasingRules(BUYER, 1, po_number_required=True).bind
    assert PurchasingRules(BUYER, 1, cost_centres=frozenset({"IT"})).bind
