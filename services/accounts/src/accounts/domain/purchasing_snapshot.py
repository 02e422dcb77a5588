"""The purchasing rules as `orders` keeps them: only people who can act today."""

from collections.abc import Iterable
from typing import Any

from accounts.domain.company import Company
from accounts.domain.purchasing import MAY_APPROVE, MAY_ORDER, PurchasingRules, may
from accounts.domain.scopes import Role
from accounts.domain.user import User
from chassis.kernel.ids import Id

Json = dict[str, Any]


def snapshot_of(company: Company, rules: PurchasingRules, people: Iterable[User]) -> Json:
    """JSON-ready. `version` is the company's, which rises with the rules and with the people; times are RFC 3339 in UTC.

    Who has left, or may no longer approve, is taken out of the steps and delegations; a step that nobody is left of falls to
    the owners. Limits of people who no longer order are left out. `approver_ids` are all who may approve today, `owner_ids`
    the owners among them: an order that already waits goes on under the steps it was placed under.
    """
    known = {user.id: user for user in people}
    approvers = [user for user in known.values() if may(user, MAY_APPROVE)]
    owners = [user.id for user in approvers if user.role is Role.OWNER]
    return {
        "company_id": str(company.id),
        "version": company.version,
        "rules_version": rules.version,
        "po_number_required": rules.po_number_required,
        "cost_centres": [{"code": one.code, "name": one.name} for one in rules.cost_centres],
        "limits": [
            {
                "person_id": str(one.person_id) if one.person_id else None,
                "cost_centre": one.cost_centre,
                "per_order": _money(one.per_order_minor, one.currency),
                "per_month": _money(one.per_month_minor, one.currency),
            }
            for one in rules.limits
            if one.person_id is None or may(known.get(one.person_id), MAY_ORDER)
        ],
        "approval_steps": [
            {"approver_ids": [str(id) for id in _still(step, known) or owners]} for step in rules.approval_steps
        ],
        "delegations": [
            {
                "approver_id": str(one.approver_id),
                "delegate_id": str(one.delegate_id),
                "starts_at": one.starts_at.isoformat().replace("+00:00", "Z"),
                "ends_at": one.ends_at.isoformat().replace("+00:00", "Z"),
            }
            for one in rules.delegations
            if len(_still((one.approver_id, one.delegate_id), known)) == 2
        ],
        "approver_ids": [str(user.id) for user in approvers],
        "owner_ids": [str(id) for id in owners],
    }


def _still(ids: Iterable[Id], known: dict[Id, User]) -> list[Id]:
    return [id for id in ids if may(known.get(id), MAY_APPROVE)]


def _money(minor: int | None, currency: str) -> Json | None:
    return None if minor is None else {"amount": minor, "currency": currency}
