"""Request and response shapes of purchasing rules."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from accounts.api.schemas import Request, Text
from accounts.domain.purchasing import CostCentre, Delegation, PurchasingRules, SpendingLimit
from chassis.kernel.ids import Id
from chassis.web.pages import MoneyBody

Code = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$")]


class CostCentreBody(Request):
    """A cost centre of the buyer's books."""

    code: Code
    name: Text


class SpendingLimitBody(Request):
    """For a person or a cost centre: what may be spent without an approval, per order and per calendar month."""

    person_id: UUID | None = None
    cost_centre: Code | None = None
    per_order: MoneyBody | None = None
    per_month: MoneyBody | None = None

    @model_validator(mode="after")
    def _one_currency(self) -> "SpendingLimitBody":
        if self.per_order and self.per_month and self.per_order.currency != self.per_month.currency:
            raise ValueError("both amounts of a limit are in one currency")
        return self

    def limit(self) -> SpendingLimit:
        """As the domain knows it."""
        amount = self.per_order or self.per_month
        return SpendingLimit(
            person_id=self.person_id,
            cost_centre=self.cost_centre,
            currency=amount.currency if amount else "",
            per_order_minor=self.per_order.amount if self.per_order else None,
            per_month_minor=self.per_month.amount if self.per_month else None,
        )


class ApprovalStepBody(Request):
    """A step of the approval: any one of these people is enough."""

    approver_ids: Annotated[list[UUID], Field(max_length=20)]


class DelegationBody(Request):
    """Who stands in for whom, and when; the end is not included."""

    approver_id: UUID
    delegate_id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class PurchasingRulesRequest(Request):
    """All of the rules; what is left out is no rule."""

    po_number_required: bool = False
    cost_centres: Annotated[list[CostCentreBody], Field(default_factory=list, max_length=500)]
    limits: Annotated[list[SpendingLimitBody], Field(default_factory=list, max_length=1000)]
    approval_steps: Annotated[list[ApprovalStepBody], Field(default_factory=list, max_length=10)]
    delegations: Annotated[list[DelegationBody], Field(default_factory=list, max_length=200)]

    def rules(self, company_id: Id) -> PurchasingRules:
        """As the domain knows them."""
        return PurchasingRules(
            id=company_id,
            version=1,
            po_number_required=self.po_number_required,
            cost_centres=tuple(CostCentre(one.code, one.name) for one in self.cost_centres),
            limits=tuple(one.limit() for one in self.limits),
            approval_steps=tuple(tuple(one.approver_ids) for one in self.approval_steps),
            delegations=tuple(
                Delegation(one.approver_id, one.delegate_id, _utc(one.starts_at), _utc(one.ends_at))
                for one in self.delegations
            ),
        )


class PurchasingRulesBody(BaseModel):
    """The rules, and their version, which is in the ETag too."""

    version: int
    po_number_required: bool
    cost_centres: list[CostCentreBody]
    limits: list[SpendingLimitBody]
    approval_steps: list[ApprovalStepBody]
    delegations: list[DelegationBody]


def shown(rules: PurchasingRules) -> PurchasingRulesBody:
    """Rules → response shape."""
    return PurchasingRulesBody(
        version=rules.version,
        po_number_required=rules.po_number_required,
        cost_centres=[CostCentreBody(code=one.code, name=one.name) for one in rules.cost_centres],
        limits=[
            SpendingLimitBody(
                person_id=one.person_id,
                cost_centre=one.cost_centre,
                per_order=_money(one.per_order_minor, one.currency),
                per_month=_money(one.per_month_minor, one.currency),
            )
            for one in rules.limits
        ],
        approval_steps=[ApprovalStepBody(approver_ids=list(step)) for step in rules.approval_steps],
        delegations=[DelegationBody(**vars(one)) for one in rules.delegations],
    )


def _money(minor: int | None, currency: str) -> MoneyBody | None:
    return None if minor is None else MoneyBody(amount=minor, currency=currency)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
