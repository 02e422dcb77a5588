"""A seller pushes passports of its devices: each line is settled, and the batch is written with a few statements."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from catalog.domain.errors import LineProblem
from catalog.domain.offer import sku_key
from catalog.domain.policies import MarketRules
from catalog.domain.seller import active
from catalog.domain.unit import (
    MOVES,
    Unit,
    UnitChange,
    UnitFacts,
    UnitOffer,
    UnitPatch,
    UnitState,
    faults_in,
    new_unit,
)
from catalog.domain.unit_errors import (
    facts_missing,
    facts_wrong,
    held_elsewhere,
    move_refused,
    sku_unknown,
    unit_repeated,
)
from catalog.domain.unit_events import UnitEvent
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.ports_units import KeptUnit
from chassis.kernel.ids import Id


class UnitLineStatus(StrEnum):
    """The verdict on a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class ReadUnitLine(NamedTuple):
    """A line of the body by its number: what it asks for, or why it could not be read."""

    line: int
    number: str | None
    patch: UnitPatch | None = None
    problem: LineProblem | None = None


@dataclass(frozen=True, slots=True)
class PushUnits:
    """A seller's batch."""

    seller_id: Id
    lines: tuple[ReadUnitLine, ...]


class UnitLineResult(NamedTuple):
    """What became of a line; the passport is the one after it."""

    line: int
    number: str | None
    status: UnitLineStatus
    unit: Unit | None = None
    problem: LineProblem | None = None


class _Settled(NamedTuple):
    status: UnitLineStatus
    unit: Unit | None = None
    problem: LineProblem | None = None
    events: tuple[UnitEvent, ...] = ()
    history: tuple[UnitChange, ...] = ()


async def push_units(command: PushUnits, uow: CatalogUnit, now: datetime) -> list[UnitLineResult]:
    """One result per line, in order. A line that cannot be applied does not keep the others out."""
    seller = active(await uow.sellers.locked(command.seller_id))
    last = {one.patch.number: (one.line, one.patch) for one in command.lines if one.patch is not None}
    stored = {one.number: one for one in await uow.units.with_numbers(list(last))}
    skus = {patch.sku for _, patch in last.values() if patch.sku} | {one.facts.sku for one in stored.values()}
    offers = await uow.units.offers_of(seller.id, {sku_key(sku) for sku in skus})
    rules = cache(lambda market: uow.rulebook.of(market, now.date()))
    settled = {
        number: _settle(patch, stored.get(number), seller.id, offers, rules, now) for number, (_, patch) in last.items()
    }
    settled |= await _write(settled, uow, now)
    return [_result(line, last, settled) for line in command.lines]


async def _write(settled: Mapping[str, _Settled], uow: CatalogUnit, now: datetime) -> dict[str, _Settled]:
    new = {n: one for n, one in settled.items() if one.status is UnitLineStatus.CREATED}
    changed = [one for one in settled.values() if one.status is UnitLineStatus.UPDATED]
    lost = {}
    if new:
        kept = await uow.units.add([KeptUnit(one.unit, one.history) for one in new.values() if one.unit], now)
        lost = {n: one for n, one in new.items() if one.unit and one.unit.id not in kept}
    if changed:
        await uow.units.save([KeptUnit(one.unit, one.history) for one in changed if one.unit], now)
    uow.publish(event for number, one in settled.items() if number not in lost for event in one.events)
    return {number: _Settled(UnitLineStatus.REJECTED, problem=held_elsewhere()) for number in lost}


def _settle(
    patch: UnitPatch,
    stored: Unit | None,
    seller_id: Id,
    offers: Mapping[str, UnitOffer],
    rules: Any,
    now: datetime,
) -> _Settled:
    if stored is not None and stored.seller_id != seller_id:
        return _refused(held_elsewhere())
    missing = [name for name in ("sku", "grade") if getattr(patch, name) is None] if stored is None else []
    if missing:
        return _refused(facts_missing(missing))
    sku = patch.sku or (stored.facts.sku if stored else "")
    offer = offers.get(sku_key(sku))
    if offer is None:
        return _refused(sku_unknown(sku), stored)
    if stored is None:
        unit = new_unit(patch, seller_id, offer)
        before = None
    else:
        unit = stored
        before = stored.facts
    facts = unit.facts if before is None else replace(before, **{**patch.facts(), "sku": offer.sku})
    if facts != before and (faults := list(faults_in(facts, offer, _without_grade(facts, offer, rules), now))):
        return _refused(facts_wrong(faults), stored)
    if before is None:
        retired = patch.state == UnitState.RETIRED.value
        if retired:
            return _refused(move_refused("retire", "unknown"))
        history = (UnitChange("registered", now, 1, changes_of(None, facts)),)
        return _Settled(UnitLineStatus.CREATED, unit, None, (unit.told("registered"),), history)
    return _changed(unit, facts, offer, patch, now)


def _changed(unit: Unit, facts: UnitFacts, offer: UnitOffer, patch: UnitPatch, now: datetime) -> _Settled:
    events: list[UnitEvent] = []
    history: list[UnitChange] = []
    after = unit
    if facts != unit.facts or offer.id != unit.offer_id:
        if not MOVES.allows("describe", unit.state):
            return _refused(move_refused("describe", str(unit.state)), unit)
        after, event = after.describe(facts, offer.id)
        events.append(event)
        history.append(UnitChange(event.name, now, after.version, changes_of(unit.facts, facts)))
    if patch.state is not None and patch.state != after.state.value:
        move = "restock" if patch.state == UnitState.IN_STOCK.value else "retire"
        if not MOVES.allows(move, after.state):
            return _refused(move_refused(move, str(after.state)), unit)
        after, event = after.move(move)
        events.append(event)
        history.append(UnitChange(event.name, now, after.version, {}))
    status = UnitLineStatus.UPDATED if events else UnitLineStatus.UNCHANGED
    return _Settled(status, after, None, tuple(events), tuple(history))


def changes_of(before: UnitFacts | None, after: UnitFacts) -> dict[str, Any]:
    """The facts that differ, each as it was and as it is."""
    was = asdict(before) if before else {}
    return {
        name: {"before": was.get(name), "after": value}
        for name, value in asdict(after).items()
        if was.get(name) != value and (value or was.get(name))
    }


def _without_grade(facts: UnitFacts, offer: UnitOffer, rules: Any) -> list[str]:
    found: list[tuple[str, MarketRules]] = [(market, rules(market)) for market in offer.markets]
    return [market for market, one in found if one.grade(facts.grade) is None]


def _refused(problem: LineProblem, unit: Unit | None = None) -> _Settled:
    return _Settled(UnitLineStatus.REJECTED, unit, problem)


def _result(
    line: ReadUnitLine, last: Mapping[str, tuple[int, UnitPatch]], settled: Mapping[str, _Settled]
) -> UnitLineResult:
    if line.patch is None:
        return UnitLineResult(line.line, line.number, UnitLineStatus.REJECTED, problem=line.problem)
    number = line.patch.number
    applied, one = last[number][0], settled[number]
    if applied != line.line:
        return UnitLineResult(line.line, number, UnitLineStatus.REJECTED, one.unit, unit_repeated(applied))
    return UnitLineResult(line.line, number, one.status, one.unit, one.problem)
