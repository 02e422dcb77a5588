"""Deliveries as rows."""

from collections.abc import Mapping
from typing import Any

from chassis.db.repository import Repository
from gateway.domain.delivery import Delivery, DeliveryNotFound, DeliveryState, FailureReason, Template
from gateway.storage.tables import deliveries


class DeliveryRepository(Repository[Delivery]):
    """Row ↔ delivery."""

    table = deliveries
    not_found = DeliveryNotFound

    def to_row(self, aggregate: Delivery) -> dict[str, Any]:
        """Column values."""
        return {
            **vars(aggregate),
            "state": aggregate.state.value,
            "template": aggregate.template.value,
            "facts": dict(aggregate.facts),
            "reason": aggregate.reason.value if aggregate.reason else None,
        }

    def from_row(self, row: Mapping[str, Any]) -> Delivery:
        """The delivery of a row."""
        return Delivery(
            **{
                **row,
                "state": DeliveryState(row["state"]),
                "template": Template(row["template"]),
                "reason": FailureReason(row["reason"]) if row["reason"] else None,
            }
        )
