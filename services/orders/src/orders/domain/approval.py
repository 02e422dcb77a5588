"""The approval of an order: whether it needs one, why, by whom, and who may give it today.

Limits are on what the company pays, VAT and shipping included: that is what stands on its bank account. A month is a
calendar month where the market is, and what was refused, cancelled or not paid does not count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from chassis.kernel.ids import Id
from orders.domain.errors import NotYourApproval
from orders.domain.money import Totals
from orders.domain.purchasing import PurchasingRules


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is weighed: who buys (None: a program), for which cost centre, and what it comes to in minor units."""

    person_id: Id | None
    cost_centre: str | None
    currency: str
    gross: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What the person and the cost centre have spent this month before this order, in minor units of its currency."""

    by_person: int
    by_cost_centre: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A limit that the order goes over, and by how much: `limit` minor units, of which `spent` were gone before it.

    `code`: person_per_order, person_per_month, cost_centre_per_order or cost_centre_per_month.
    """

    code: str
    limit: int
    spent: int
    over: int


@dataclass(frozen=True, slots=True)
class Word:
    """A person's yes or no."""

    person_id: Id
    approved: bool
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said in a step; `on_behalf_of` is the approver a delegate stood in for."""

    step: int
    person_id: Id
    on_behalf_of: Id | None
    approved: bool
    comment: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Need:
    """Why an order needs an approval, and of whom, step by step; a step without anybody cannot be taken."""

    reasons: tuple[Reason, ...]
    steps: tuple[tuple[Id, ...], ...]

    @property
    def can_be_met(self) -> bool:
        """Whether there is somebody for each step."""
        return bool(self.steps) and all(self.steps)


@dataclass(frozen=True, slots=True)
class Approval:
    """Frozen when the order was placed: reasons, steps, and the sums that are approved. `asked` are who was asked last."""

    reasons: tuple[Reason, ...]
    steps: tuple[tuple[Id, ...], ...]
    totals: Totals
    lapses_at: datetime
    asked: tuple[Id, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def step(self) -> int:
        """The step it waits in, or ended in, from 1."""
        return min(1 + sum(one.approved for one in self.decisions), len(self.steps))

    @property
    def is_given(self) -> bool:
        """Whether every step has said yes."""
        return sum(one.approved for one in self.decisions) == len(self.steps)

    def who_may_decide(self, rules: PurchasingRules, placed_by: Id | None, at: datetime) -> Mapping[Id, Id]:
        """Who may decide the present step at this instant → for whom: its approvers, and who stands in for them that day.

        Of a frozen step only those count who may still approve; a step that nobody is left of falls to the owners. Nobody
        approves an order of their own.
        """
        step = self.steps[self.step - 1]
        theirs = [id for id in step if id in rules.approver_ids and id != placed_by]
        theirs = theirs or [id for id in rules.owner_ids if id != placed_by]
        found = {id: id for id in theirs}
        for one in rules.delegations:
            if one.approver_id in theirs and one.starts_at <= at < one.ends_at and one.delegate_id != placed_by:
                found.setdefault(one.delegate_id, one.approver_id)
        return found

    def decided(self, word: "Word", rules: PurchasingRules, placed_by: Id | None, at: datetime) -> "Approval":
        """With this person's word in the present step; raises NotYourApproval."""
        allowed = self.who_may_decide(rules, placed_by, at)
        if word.person_id not in allowed:
            raise NotYourApproval(step=self.step)
        for_whom = allowed[word.person_id]
        stood_in_for = for_whom if for_whom != word.person_id else None
        said = Decision(self.step, word.person_id, stood_in_for, word.approved, word.comment, at)
        return replace(self, decisions=(*self.decisions, said))

    def asking(self, rules: PurchasingRules, placed_by: Id | None, at: datetime) -> "Approval":
        """With the people of the present step as those who are asked."""
        return replace(self, asked=tuple(self.who_may_decide(rules, placed_by, at)))


def need_of(rules: PurchasingRules, purchase: Purchase, spent: Spent) -> Need | None:
    """Whether this purchase needs an approval, by whom, and why; None if it stays within every limit.

    Where the company names no steps its owners approve. Who placed the order is taken out of each step; what is left empty
    falls to the owners, and where there is no other owner the need cannot be met.
    """
    reasons: list[Reason] = []
    for limit in rules.limits_on(purchase.person_id, purchase.cost_centre, purchase.currency):
        whose, before = (
            ("person", spent.by_person) if limit.person_id is not None else ("cost_centre", spent.by_cost_centre)
        )
        if limit.per_order is not None and purchase.gross > limit.per_order:
            reasons.append(Reason(f"{whose}_per_order", limit.per_order, 0, purchase.gross - limit.per_order))
        if limit.per_month is not None and before + purchase.gross > limit.per_month:
            over = before + purchase.gross - limit.per_month
            reasons.append(Reason(f"{whose}_per_month", limit.per_month, before, over))
    if not reasons:
        return None
    return Need(tuple(reasons), _steps(rules, purchase.person_id))


def month_around(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The calendar month of that place around an instant: its first instant and that of the next one, in UTC."""
    local = at.astimezone(ZoneInfo(zone)).date()
    first = local.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return _midnight(first, zone), _midnight(following, zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _steps(rules: PurchasingRules, placed_by: Id | None) -> tuple[tuple[Id, ...], ...]:
    owners = tuple(id for id in rules.owner_ids if id != placed_by)
    wanted = rules.steps or (rules.owner_ids,)
    return tuple(tuple(id for id in step if id != placed_by) or owners for step in wanted)
