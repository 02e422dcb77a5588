"""A market's rules as one immutable value: merged from base and market, typed, versioned and comparable."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType
from typing import Any, TypeVar

from chassis.kernel.errors import Invalid, NotFound
from chassis.kernel.money import Money
from chassis.kernel.policy_schema import Schema, parsed

Values = Mapping[str, Any]
_T = TypeVar("_T")


class UnknownMarket(Invalid):
    """No folder of that name under `markets/`. A market is named in bodies and queries, so it is the request that is wrong."""

    code = "unknown_market"
    title = "There is no market of that name"


class MarketNotOpen(NotFound):
    """The market has no rules in force on that day."""

    code = "market_not_open"
    title = "The market was not open on that day"


class UnknownPolicyVersion(NotFound):
    """No file under `markets/` yields that version: somebody edited a dated file instead of adding one."""

    code = "unknown_policy_version"
    title = "There is no policy of that version"


@dataclass(frozen=True, slots=True)
class PolicyPack:
    """All rules of one market from one day on.

    Keys are `group.name` as `markets/schema.toml` declares them. Asking for an undeclared key, or by another
    type than declared, is a mistake in the program and raises KeyError or TypeError.
    """

    market: str
    version: str
    effective_from: date
    values: Values = field(hash=False)
    sources: Mapping[str, str] = field(hash=False, compare=False)

    def text(self, key: str) -> str:
        """Texts, codes, choices, countries, currencies, calendars; percentages as text such as "10.00"."""
        return _typed(key, self.values[key], str)

    def integer(self, key: str) -> int:
        """Counts, days, and amounts in minor units of the order's currency."""
        return _typed(key, self.values[key], int)

    def flag(self, key: str) -> bool:
        """True or false."""
        return _typed(key, self.values[key], bool)

    def time(self, key: str) -> time:
        """A local time of day."""
        return _typed(key, self.values[key], time)

    def money(self, key: str) -> Money:
        """An amount with its currency."""
        amount = self.mapping(key)
        return Money(_typed(key, amount["minor"], int), _typed(key, amount["currency"], str))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, codes or choices, in the order of the file."""
        return tuple(_typed(key, item, str) for item in _typed(key, self.values[key], tuple))

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, in the order of the file."""
        return tuple(_typed(key, item, int) for item in _typed(key, self.values[key], tuple))

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A table from code to value; the schema says of what type."""
        return _typed(key, self.values[key], MappingProxyType)

    def records(self, key: str) -> tuple[Mapping[str, Any], ...]:
        """A list of tables with the fields that the schema declares."""
        return tuple(_typed(key, item, MappingProxyType) for item in _typed(key, self.values[key], tuple))


@dataclass(frozen=True, slots=True)
class Difference:
    """One key on which two packs disagree."""

    key: str
    left: Any
    right: Any


def merge(base: Values, market: Values) -> Values:
    """Base with the market's differences on top, key by key.

    A value is never mixed: a list or table given by the market replaces the base's as a whole, so that what stands
    in the market's file is what holds there, and an entry can also be taken away.
    """
    return {**base, **market}


def missing(schema: Schema, base: Values, market: Values) -> tuple[tuple[str, str, str], ...]:
    """Keys without a value where one is needed, or with one where none may be: (base or market, key, reason)."""
    found = []
    for key in schema.keys.values():
        if key.per_market and key.name in base:
            found.append(("base", key.name, "belongs into each market, a common value would be a guess"))
        if key.per_market and key.name not in market:
            found.append(("market", key.name, f"is missing: every market says its own ({key.doc})"))
        if not key.per_market and key.name not in base:
            found.append(("base", key.name, "has no base value"))
    return tuple(found)


def make_pack(
    schema: Schema, market: str, effective_from: date, values: Values, sources: Mapping[str, str]
) -> PolicyPack:
    """The pack of merged values that have passed the schema; `sources` says which file each value came from."""
    return PolicyPack(
        market=market,
        version=_version(market, effective_from, values),
        effective_from=effective_from,
        values=MappingProxyType({name: parsed(key.shape, values[name]) for name, key in schema.keys.items()}),
        sources=MappingProxyType(dict(sources)),
    )


def diff(left: PolicyPack, right: PolicyPack) -> tuple[Difference, ...]:
    """Every key on which the two packs disagree, in the order of the schema."""
    return tuple(
        Difference(key, value, right.values[key]) for key, value in left.values.items() if value != right.values[key]
    )


def _version(market: str, effective_from: date, values: Values) -> str:
    # Twelve hex digits are 48 bits: two packs of one platform never collide, and people can still read them out.
    canonical = json.dumps([market, values], sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return f"{effective_from.isoformat()}.{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"


def _typed(key: str, value: object, kind: type[_T]) -> _T:
    # Exact types: a flag must not pass for a number.
    if type(value) is not kind:
        raise TypeError(f"{key} is {type(value).__name__}, not {kind.__name__}")
    return value
