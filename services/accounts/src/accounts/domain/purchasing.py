"""A buyer company's purchasing rules: cost centres, spending limits, who approves, who stands in, and the PO number.

`accounts` keeps and checks them; whether an order needs an approval is decided by `orders`, from the snapshot.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from accounts.domain.errors import (
    ApprovalStepWrong,
    CostCentreWrong,
    DelegationWrong,
    SpendingLimitWrong,
)
from accounts.domain.scopes import SCOPES
from accounts.domain.user import User, UserState
from chassis.kernel.ids import Id

MAY_ORDER, MAY_APPROVE = "orders:write", "orders:approve"
# Ten thousand million of any currency: whoever needs more needs no limit.
AMOUNT_MAX_MINOR = 10**12
DELEGATION_MAX = timedelta(days=366)


@dataclass(frozen=True)
class CostCentre:
    """What an order is charged to in the buyer's books; `code` is unique in the company."""

    code: str
    name: str


@dataclass(frozen=True)
class SpendingLimit:
    """What a person, or all orders of a cost centre together, may spend without an approval; minor units of the currency.

    Exactly one of `person_id` and `cost_centre` is set, and at least one of the amounts. A month is a calendar month.
    """

    person_id: Id | None
    cost_centre: str | None
    currency: str
    per_order_minor: int | None
    per_month_minor: int | None


@dataclass(frozen=True)
class Delegation:
    """`delegate_id` may approve in place of `approver_id` from `starts_at` until before `ends_at` (business time)."""

    approver_id: Id
    delegate_id: Id
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class PurchasingRules:
    """`id` is the company's. `approval_steps` are taken in order; of each step any one of its people is enough."""

    id: Id
    version: int
    po_number_required: bool = False
    cost_centres: tuple[CostCentre, ...] = ()
    limits: tuple[SpendingLimit, ...] = ()
    approval_steps: tuple[tuple[Id, ...], ...] = ()
    delegations: tuple[Delegation, ...] = field(default=())

    def replaced(self, by: "PurchasingRules", people: Iterable[User], currencies: Collection[str]) -> "PurchasingRules":
        """The new rules, checked against the company's people of today and the currencies of its market."""
        by.check({user.id: user for user in people}, currencies)
        return replace(by, id=self.id, version=self.version + 1)

    def check(self, people: Mapping[Id, User], currencies: Collection[str]) -> None:
        """Refuse by name what cannot be obeyed, the first fault found."""
        codes = [centre.code for centre in self.cost_centres]
        if doubled := _doubled(codes):
            raise CostCentreWrong("it stands there twice", cost_centre=doubled)
        for limit in self.limits:
            _check_limit(limit, codes, people, currencies)
        if _doubled([(one.person_id, one.cost_centre, one.currency) for one in self.limits]):
            raise SpendingLimitWrong("two limits for the same person or cost centre in one currency")
        for step in self.approval_steps:
            _check_step(step, people)
        for delegation in self.delegations:
            _check_delegation(delegation, people)
        _check_overlaps(self.delegations)


def no_rules(company_id: Id) -> PurchasingRules:
    """What holds until a company says otherwise: everybody who may order may order everything."""
    return PurchasingRules(company_id, 1)


def may(user: User | None, scope: str) -> bool:
    """Whether somebody is there, and has the scope."""
    return user is not None and user.state is UserState.ACTIVE and scope in SCOPES[user.kind, user.role]


def _check_limit(
    limit: SpendingLimit, codes: Collection[str], people: Mapping[Id, User], currencies: Collection[str]
) -> None:
    if (limit.person_id is None) == (limit.cost_centre is None):
        raise SpendingLimitWrong("a limit is for a person or for a cost centre")
    if limit.person_id is not None and not may(people.get(limit.person_id), MAY_ORDER):
        raise SpendingLimitWrong("this person does not order for the company", person_id=str(limit.person_id))
    if limit.cost_centre is not None and limit.cost_centre not in codes:
        raise SpendingLimitWrong("there is no such cost centre", cost_centre=limit.cost_centre)
    if limit.currency not in currencies:
        raise SpendingLimitWrong("the market does not trade in this currency", currency=limit.currency)
    amounts = [amount for amount in (limit.per_order_minor, limit.per_month_minor) if amount is not None]
    if not amounts or min(amounts) < 0 or max(amounts) > AMOUNT_MAX_MINOR:
        raise SpendingLimitWrong(
            "a limit has an amount per order or per month, none negative", max_minor=AMOUNT_MAX_MINOR
        )


def _check_step(step: tuple[Id, ...], people: Mapping[Id, User]) -> None:
    if not step or _doubled(step):
        raise ApprovalStepWrong("a step names at least one person, and nobody twice")
    if strangers := [str(id) for id in step if not may(people.get(id), MAY_APPROVE)]:
        raise ApprovalStepWrong("these people may not approve for the company", person_ids=strangers)


def _check_delegation(delegation: Delegation, people: Mapping[Id, User]) -> None:
    both = (delegation.approver_id, delegation.delegate_id)
    if both[0] == both[1]:
        raise DelegationWrong("nobody stands in for themselves")
    if strangers := [str(id) for id in both if not may(people.get(id), MAY_APPROVE)]:
        raise DelegationWrong("these people may not approve for the company", person_ids=strangers)
    if not timedelta() < delegation.ends_at - delegation.starts_at <= DELEGATION_MAX:
        raise DelegationWrong("a delegation ends after it starts, and within a year")


def _check_overlaps(delegations: Iterable[Delegation]) -> None:
    ordered = sorted(delegations, key=lambda one: (one.approver_id, one.starts_at))
    for before, after in itertools.pairwise(ordered):
        if before.approver_id == after.approver_id and after.starts_at < before.ends_at:
            raise DelegationWrong("two delegations of one person overlap", person_id=str(before.approver_id))


def _doubled(values: Collection[object]) -> object | None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
