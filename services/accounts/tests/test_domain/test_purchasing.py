"""Purchasing rules: what can be obeyed is kept, everything else is refused by name; the snapshot names who can act today."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.editing import must_be_at
from accounts.domain.errors import ApprovalStepWrong, CostCentreWrong, DelegationWrong, SpendingLimitWrong
from accounts.domain.membership import deactivated, with_role
from accounts.domain.purchasing import (
    AMOUNT_MAX_MINOR,
    DELEGATION_MAX,
    CostCentre,
    Delegation,
    PurchasingRules,
    SpendingLimit,
    no_rules,
)
from accounts.domain.purchasing_snapshot import snapshot_of
from accounts.domain.scopes import Role
from chassis.kernel.errors import DomainError, Overtaken
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import NOW, a_company, an_active_user

COMPANY = a_company(version=9)


def person(role: Role) -> Any:
    return an_active_user(company_id=COMPANY.id, role=role, email=f"{role}-{new_id()}@reparo.example")


OWNER, BUYER, ADA, BOB = person(Role.OWNER), person(Role.BUYER), person(Role.APPROVER), person(Role.APPROVER)
LEFT = deactivated(person(Role.APPROVER))
PEOPLE = (OWNER, BUYER, ADA, BOB, LEFT)
WEEK = timedelta(days=7)
LIMIT = SpendingLimit(BUYER.id, None, "EUR", 1_000_00, 5_000_00)
STAND_IN = Delegation(ADA.id, BOB.id, NOW, NOW + WEEK)
RULES = PurchasingRules(
    COMPANY.id,
    1,
    po_number_required=True,
    cost_centres=(CostCentre("IT", "Computers"), CostCentre("OPS", "Operations")),
    limits=(LIMIT, SpendingLimit(None, "IT", "EUR", None, 20_000_00)),
    approval_steps=((ADA.id, BOB.id), (OWNER.id,)),
    delegations=(STAND_IN,),
)


def test_rules_that_fit_replace_the_ones_before_with_the_next_version() -> None:
    after = no_rules(COMPANY.id).replaced(RULES, PEOPLE, ("EUR",))
    assert after == replace(RULES, version=2)
    with pytest.raises(Overtaken):
        must_be_at(after, 1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"cost_centres": (CostCentre("IT", "a"), CostCentre("IT", "b"))}, CostCentreWrong),
        ({"limits": (replace(LIMIT, cost_centre="IT"),)}, SpendingLimitWrong),
        ({"limits": (replace(LIMIT, person_id=None),)}, SpendingLimitWrong),
        ({"limits": (replace(LIMIT, person_id=ADA.id),)}, SpendingLimitWrong),
        ({"limits": (replace(LIMIT, person_id=new_id()),)}, SpendingLimitWrong),
        ({"limits": (replace(LIMIT, person_id=None, cost_centre="NONE"),)}, SpendingLimitWrong),
        ({"limits": (replace(LIMIT, currency="GBP"),)}, SpendingLimitWrong),
        ({"limits": (replace(LIMIT, per_order_minor=None, per_month_minor=None),)}, SpendingLimitWrong),
        ({"limits": (replace(LIMIT, per_order_minor=-1),)}, SpendingLimitWrong),
        ({"limits": (replace(LIMIT, per_month_minor=AMOUNT_MAX_MINOR + 1),)}, SpendingLimitWrong),
        ({"limits": (LIMIT, replace(LIMIT, per_order_minor=5))}, SpendingLimitWrong),
        ({"approval_steps": ((),)}, ApprovalStepWrong),
        ({"approval_steps": ((ADA.id, ADA.id),)}, ApprovalStepWrong),
        ({"approval_steps": ((BUYER.id,),)}, ApprovalStepWrong),
        ({"approval_steps": ((LEFT.id,),)}, ApprovalStepWrong),
        ({"delegations": (replace(STAND_IN, delegate_id=ADA.id),)}, DelegationWrong),
        ({"delegations": (replace(STAND_IN, delegate_id=BUYER.id),)}, DelegationWrong),
        ({"delegations": (replace(STAND_IN, ends_at=NOW),)}, DelegationWrong),
        ({"delegations": (replace(STAND_IN, ends_at=NOW + DELEGATION_MAX + WEEK),)}, DelegationWrong),
        ({"delegations": (STAND_IN, replace(STAND_IN, delegate_id=OWNER.id))}, DelegationWrong),
    ],
)
def test_rules_that_cannot_be_obeyed_are_refused_by_name(changes: dict[str, Any], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        no_rules(COMPANY.id).replaced(replace(RULES, **changes), PEOPLE, ("EUR",))


def test_a_delegation_may_begin_when_another_ends() -> None:
    after = replace(STAND_IN, starts_at=NOW + WEEK, ends_at=NOW + 2 * WEEK)
    no_rules(COMPANY.id).replaced(replace(RULES, delegations=(after, STAND_IN)), PEOPLE, ("EUR",))


def test_the_snapshot_says_all_of_it_as_data() -> None:
    snapshot = snapshot_of(COMPANY, replace(RULES, version=2), PEOPLE)
    assert (snapshot["version"], snapshot["rules_version"], snapshot["po_number_required"]) == (9, 2, True)
    assert snapshot["limits"] == [
        {
            "person_id": str(BUYER.id),
            "cost_centre": None,
            "per_order": {"amount": 1_000_00, "currency": "EUR"},
            "per_month": {"amount": 5_000_00, "currency": "EUR"},
        },
        {
            "person_id": None,
            "cost_centre": "IT",
            "per_order": None,
            "per_month": {"amount": 20_000_00, "currency": "EUR"},
        },
    ]
    assert snapshot["approval_steps"] == [
        {"approver_ids": [str(ADA.id), str(BOB.id)]},
        {"approver_ids": [str(OWNER.id)]},
    ]
    # Whoever may approve at all: an order that waits goes on under older steps.
    assert set(snapshot["approver_ids"]) == {str(OWNER.id), str(ADA.id), str(BOB.id)}
    assert snapshot["owner_ids"] == [str(OWNER.id)]


def test_who_can_no_longer_act_is_not_in_the_snapshot_and_an_empty_step_falls_to_the_owners() -> None:
    people = (OWNER, with_role(BUYER, Role.READ_ONLY), deactivated(ADA), with_role(BOB, Role.ACCOUNTANT))
    snapshot = snapshot_of(COMPANY, RULES, people)
    assert [limit["cost_centre"] for limit in snapshot["limits"]] == ["IT"]
    assert snapshot["approval_steps"] == [{"approver_ids": [str(OWNER.id)]}, {"approver_ids": [str(OWNER.id)]}]
    assert snapshot["delegations"] == []
    assert snapshot["approver_ids"] == snapshot["owner_ids"] == [str(OWNER.id)]
