"""How a buyer company buys, as `accounts` keeps it: what an order must name, which limits bind it, who may approve."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.kernel.ids import Id
from orders.domain.errors import CostCentreRequired, CostCentreUnknown, PoNumberRequired


@dataclass(frozen=True, slots=True)
class SpendingLimit:
    """What a person, or all orders of a cost centre together, may spend without an approval; minor units, VAT included."""

    person_id: Id | None
    cost_centre: str | None
    currency: str
    per_order: int | None
    per_month: int | None


@dataclass(frozen=True, slots=True)
class Delegation:
    """`delegate_id` may approve in place of `approver_id` from `starts_at` until before `ends_at`."""

    approver_id: Id
    delegate_id: Id
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class PurchasingRules:
    """`version` is the company's in `accounts`. `approver_ids` are all who may approve today, the owners among them."""

    company_id: Id
    version: int
    po_number_required: bool = False
    cost_centres: frozenset[str] = frozenset()
    limits: tuple[SpendingLimit, ...] = ()
    steps: tuple[tuple[Id, ...], ...] = ()
    delegations: tuple[Delegation, ...] = ()
    approver_ids: frozenset[Id] = frozenset()
    owner_ids: tuple[Id, ...] = ()

    @property
    def bind(self) -> bool:
        """Whether they ask anything of an order at all; most companies keep none."""
        return self.po_number_required or bool(self.cost_centres) or bool(self.limits)

    def must_be_named(self, po_number: str | None, cost_centre: str | None) -> None:
        """Refuse an order without what the company wants on each: a PO number, and a cost centre where those have limits.

        Without the last rule a limit on a cost centre would end where the cost centre is left out.
        """
        if self.po_number_required and not po_number:
            raise PoNumberRequired
        if cost_centre is None and any(limit.cost_centre is not None for limit in self.limits):
            raise CostCentreRequired(cost_centres=sorted(self.cost_centres))
        if cost_centre is not None and cost_centre not in self.cost_centres:
            raise CostCentreUnknown(cost_centre=cost_centre)

    def limits_on(self, person_id: Id | None, cost_centre: str | None, currency: str) -> tuple[SpendingLimit, ...]:
        """The limits of this person and this cost centre in this currency. A program is no person: no person's limit binds it."""
        return tuple(
            limit
            for limit in self.limits
            if limit.currency == currency
            and (
                (limit.person_id is not None and limit.person_id == person_id)
                or (limit.cost_centre is not None and limit.cost_centre == cost_centre)
            )
        )


def no_rules(company_id: Id) -> PurchasingRules:
    """Of a company whose rules have not come yet, or that keeps none."""
    return PurchasingRules(company_id, 0)


def rules_of(company_id: Id, snapshot: Mapping[str, Any]) -> PurchasingRules:
    """The rules in the snapshot of `accounts`."""
    return PurchasingRules(
        company_id=company_id,
        version=int(snapshot["version"]),
        po_number_required=bool(snapshot["po_number_required"]),
        cost_centres=frozenset(one["code"] for one in snapshot["cost_centres"]),
        limits=tuple(_limits(snapshot)),
        steps=tuple(tuple(Id(id) for id in step["approver_ids"]) for step in snapshot["approval_steps"]),
        delegations=tuple(
            Delegation(
                Id(one["approver_id"]),
                Id(one["delegate_id"]),
                datetime.fromisoformat(one["starts_at"]),
                datetime.fromisoformat(one["ends_at"]),
            )
            for one in snapshot["delegations"]
        ),
        approver_ids=frozenset(Id(id) for id in snapshot["approver_ids"]),
        owner_ids=tuple(Id(id) for id in snapshot["owner_ids"]),
    )


def _limits(snapshot: Mapping[str, Any]) -> Iterator[SpendingLimit]:
    for one in snapshot["limits"]:
        per_order, per_month = one["per_order"], one["per_month"]
        yield SpendingLimit(
            person_id=Id(one["person_id"]) if one["person_id"] else None,
            cost_centre=one["cost_centre"],
            currency=(per_order or per_month)["currency"],
            per_order=per_order and per_order["amount"],
            per_month=per_month and per_month["amount"],
        )
