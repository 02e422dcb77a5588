"""Purchasing rules: row ↔ aggregate; a row per company that has any."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from accounts.domain.purchasing import CostCentre, Delegation, PurchasingRules, SpendingLimit
from accounts.storage import tables
from chassis.db.repository import Repository
from chassis.kernel.ids import Id

Json = dict[str, Any]


class PurchasingRulesRepository(Repository[PurchasingRules]):
    """They are read and written as a whole, so they are one document."""

    table = tables.purchasing_rules

    def to_row(self, aggregate: PurchasingRules) -> Json:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "rules": {
                "po_number_required": aggregate.po_number_required,
                "cost_centres": [asdict(one) for one in aggregate.cost_centres],
                "limits": [
                    {**asdict(one), "person_id": str(one.person_id) if one.person_id else None}
                    for one in aggregate.limits
                ],
                "approval_steps": [[str(id) for id in step] for step in aggregate.approval_steps],
                "delegations": [_delegation_to(one) for one in aggregate.delegations],
            },
        }

    def from_row(self, row: Mapping[str, Any]) -> PurchasingRules:
        """The rules of a row."""
        kept = row["rules"]
        return PurchasingRules(
            id=row["id"],
            version=row["version"],
            po_number_required=kept["po_number_required"],
            cost_centres=tuple(CostCentre(**one) for one in kept["cost_centres"]),
            limits=tuple(
                SpendingLimit(**{**one, "person_id": Id(one["person_id"]) if one["person_id"] else None})
                for one in kept["limits"]
            ),
            approval_steps=tuple(tuple(Id(id) for id in step) for step in kept["approval_steps"]),
            delegations=tuple(_delegation_from(one) for one in kept["delegations"]),
        )


def _delegation_to(one: Delegation) -> Json:
    return {
        "approver_id": str(one.approver_id),
        "delegate_id": str(one.delegate_id),
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
    }


def _delegation_from(row: Json) -> Delegation:
    return Delegation(
        Id(row["approver_id"]),
        Id(row["delegate_id"]),
        datetime.fromisoformat(row["starts_at"]),
        datetime.fromisoformat(row["ends_at"]),
    )
