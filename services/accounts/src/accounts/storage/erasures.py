"""Erasures: row ↔ aggregate."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.domain.erasure import Confirmation, Erasure, ErasureCause, ErasureState
from accounts.domain.errors import ErasureNotFound
from accounts.storage import tables
from chassis.db.personal_data import as_told
from chassis.db.repository import Repository
from chassis.kernel.personal_data import Kept, Obeyed, Subject


class ErasureRepository(Repository[Erasure]):
    """They name ids only, so they are kept: the proof that somebody was forgotten."""

    table = tables.erasures
    not_found = ErasureNotFound

    def to_row(self, aggregate: Erasure) -> dict[str, Any]:
        """Column values."""
        said = aggregate.confirmations.items()
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "company_id": aggregate.subject.company_id,
            "user_id": aggregate.subject.person_id,
            "state": aggregate.state,
            "cause": aggregate.cause,
            "requested_at": aggregate.requested_at,
            "confirmations": {name: {**as_told(one.obeyed), "at": one.at.isoformat()} for name, one in said},
            "done_at": aggregate.done_at,
        }

    def from_row(self, row: Mapping[str, Any]) -> Erasure:
        """The erasure of a row."""
        return erasure_of(row)


def erasure_of(row: Mapping[str, Any]) -> Erasure:
    """The erasure of a row."""
    return Erasure(
        id=row["id"],
        version=row["version"],
        subject=Subject(row["company_id"], row["user_id"]),
        state=ErasureState(row["state"]),
        cause=ErasureCause(row["cause"]),
        requested_at=row["requested_at"],
        confirmations={name: _confirmation(one) for name, one in row["confirmations"].items()},
        done_at=row["done_at"],
    )


def _confirmation(told: Mapping[str, Any]) -> Confirmation:
    kept = tuple(
        Kept(one["what"], one["why"], date.fromisoformat(one["until"]) if one["until"] else None)
        for one in told["kept"]
    )
    return Confirmation(Obeyed(told["erased"], kept), datetime.fromisoformat(told["at"]))
