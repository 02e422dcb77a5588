"""What a market may decide: each policy key with its type, unit, allowed values and the rule it comes from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

from chassis.kernel.calendar import UnknownCalendar, calendar

Raw = Any  # whatever a TOML file can hold

_PATTERNS: Final = {
    "text": (re.compile(r"\S(.*\S)?", re.DOTALL), "text that is neither empty nor padded with blanks"),
    "code": (re.compile(r"[a-z][a-z0-9_]*"), "a code such as like_new"),
    "country": (re.compile(r"[A-Z]{2}"), "an ISO 3166 country such as FR"),
    "currency": (re.compile(r"[A-Z]{3}"), "an ISO 4217 currency such as EUR"),
    "language": (re.compile(r"[a-z]{2}"), "an ISO 639 language such as fr"),
    "percent": (re.compile(r"(100(\.0{1,4})?|[0-9]{1,2}(\.[0-9]{1,4})?)"), 'a percentage as text, such as "10.00"'),
    "time": (re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]"), 'a time of day as text, such as "13:00"'),
    "calendar": (re.compile(r".+"), "a calendar such as FR, GB-NIR or TARGET"),
}
_SCALARS: Final = {"flag", "integer", "minor", "date", "choice", *_PATTERNS}
_COMPOUND: Final = {"list": "items", "map": "values", "records": "fields", "money": ""}


class SchemaWrong(ValueError):
    """The schema itself is wrong: the key and the reason."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Shape:
    """What one value must look like; lists, maps and records hold shapes of their own."""

    type: str
    allowed: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    items: "Shape | None" = None
    keys: "Shape | None" = None
    fields: tuple[tuple[str, "Shape"], ...] = ()

    def problems(self, value: Raw) -> Iterator[str]:
        """Why `value` does not fit, in sentences for the operator; nothing when it fits."""
        if isinstance(value, float):
            yield f"{value} is a fraction: write amounts as whole minor units and rates as text"
        elif self.type in _PATTERNS:
            yield from self._text_problems(value)
        elif self.type == "choice":
            if value not in self.allowed:
                yield f"{value!r} is none of {', '.join(self.allowed)}{_meant(value, self.allowed)}"
        elif self.type in {"integer", "minor"}:
            yield from self._integer_problems(value)
        elif self.type == "flag":
            if not isinstance(value, bool):
                yield f"{value!r} is not true or false"
        elif self.type == "date":
            if type(value) is not date:
                yield f"{value!r} is not a date such as 2027-01-01 without quotes"
        elif self.type == "list":
            yield from self._list_problems(value)
        elif self.type == "records":
            yield from self._records_problems(value)
        else:
            yield from self._table_problems(value)

    def _text_problems(self, value: Raw) -> Iterator[str]:
        pattern, wanted = _PATTERNS[self.type]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield f"{value!r} is not {wanted}"
        elif self.allowed and value not in self.allowed:
            yield f"{value!r} is none of {', '.join(self.allowed)}{_meant(value, self.allowed)}"
        elif self.type == "calendar":
            try:
                calendar(value)
            except UnknownCalendar as unknown:
                yield str(unknown)

    def _integer_problems(self, value: Raw) -> Iterator[str]:
        least = 0 if self.least is None else self.least
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{value!r} is not a whole number"
        elif value < least:
            yield f"{value} is below {least}"
        elif self.most is not None and value > self.most:
            yield f"{value} is above {self.most}"

    def _list_problems(self, value: Raw) -> Iterator[str]:
        assert self.items is not None
        if not isinstance(value, list):
            yield f"{value!r} is not a list"
            return
        if len(value) < (self.least or 0):
            yield f"the list needs at least {self.least}"
        for item in value:
            yield from self.items.problems(item)
        if any(item in value[:i] for i, item in enumerate(value)):
            yield "the list names something twice"

    def _records_problems(self, value: Raw) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{value!r} is not a list of tables"
            return
        if len(value) < (self.least or 0):
            yield f"there must be at least {self.least}"
        for n, record in enumerate(value, start=1):
            for reason in _fields_problems(record, dict(self.fields)):
                yield f"no. {n}: {reason}"

    def _table_problems(self, value: Raw) -> Iterator[str]:
        if self.type == "money":
            yield from _fields_problems(value, {"minor": Shape("minor"), "currency": Shape("currency")})
            return
        assert self.items is not None
        assert self.keys is not None
        if not isinstance(value, dict):
            yield f"{value!r} is not a table"
            return
        for key, item in value.items():
            for reason in (*self.keys.problems(key), *self.items.problems(item)):
                yield f"{key}: {reason}"


@dataclass(frozen=True, slots=True)
class Key:
    """One policy key, such as `hold.business_days`.

    `row` names the row of the policy table that the key answers, `enforced` says whether the machine acts on it
    (or only documents show it), `per_market` that the base has no value and every market must give its own.
    """

    name: str
    shape: Shape
    unit: str
    row: str
    doc: str
    enforced: bool = True
    per_market: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """All keys by name."""

    keys: Mapping[str, Key]

    def unknown(self, name: str) -> str:
        """The reason why `name` is refused, with the key that was probably meant."""
        return f"there is no such key{_meant(name, self.keys)}"


def read_schema(raw: Mapping[str, Raw]) -> Schema:
    """The schema from its file: one table per key, plus `sets` of names that several keys allow; raises SchemaWrong."""
    sets = raw.get("sets", {})
    return Schema({name: _key(name, entry, sets) for name, entry in raw.items() if name != "sets"})


def parsed(shape: Shape, value: Raw) -> Raw:
    """The value that programs read: lists become tuples, tables read-only, times of day `time`."""
    if shape.type == "time":
        return time.fromisoformat(value)
    if shape.type == "list":
        assert shape.items is not None
        return tuple(parsed(shape.items, item) for item in value)
    if shape.type == "map":
        assert shape.items is not None
        return MappingProxyType({key: parsed(shape.items, item) for key, item in value.items()})
    if shape.type == "money":
        return MappingProxyType(dict(value))
    if shape.type == "records":
        fields = dict(shape.fields)
        return tuple(
            MappingProxyType({name: parsed(fields[name], item) for name, item in record.items()}) for record in value
        )
    return value


def _key(name: str, entry: Raw, sets: Mapping[str, Raw]) -> Key:
    if not re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", name) or not isinstance(entry, dict):
        raise SchemaWrong(name, "a key is a table named group.name")
    rest = dict(entry)
    return Key(
        name=name,
        unit=_about(name, rest, "unit"),
        row=_about(name, rest, "row"),
        doc=_about(name, rest, "doc"),
        enforced=_flag(name, rest, "enforced", True),
        per_market=_flag(name, rest, "per_market", False),
        shape=_shape(name, rest, sets),  # last: by now only the shape is left of the entry
    )


def _about(name: str, rest: dict[str, Raw], part: str) -> str:
    text = rest.pop(part, None)
    if not isinstance(text, str) or not text:
        raise SchemaWrong(name, f"{part} is missing")
    return text


def _flag(name: str, rest: dict[str, Raw], part: str, otherwise: bool) -> bool:
    flag = rest.pop(part, otherwise)
    if not isinstance(flag, bool):
        raise SchemaWrong(name, f"{part} must be true or false")
    return flag


def _shape(name: str, entry: Raw, sets: Mapping[str, Raw]) -> Shape:
    entry = {"type": entry} if isinstance(entry, str) else dict(entry)
    kind = entry.pop("type", None)
    if kind not in _SCALARS and kind not in _COMPOUND:
        raise SchemaWrong(name, f"there is no type {kind!r}")
    allowed = entry.pop("allowed", [])
    allowed = sets.get(allowed, []) if isinstance(allowed, str) else allowed
    if kind == "choice" and not allowed:
        raise SchemaWrong(name, "a choice needs what is allowed")
    items = entry.pop(_COMPOUND.get(kind) or "items", None)
    keys, least, most = entry.pop("keys", None), entry.pop("least", None), entry.pop("most", None)
    if entry:
        raise SchemaWrong(name, f"does not know {', '.join(entry)}")
    if kind in {"list", "map", "records"} and items is None:
        raise SchemaWrong(name, f"a {kind} needs {_COMPOUND[kind]}")
    return Shape(
        type=kind,
        allowed=tuple(allowed),
        least=least,
        most=most,
        items=_shape(name, items, sets) if kind in {"list", "map"} else None,
        keys=_shape(name, keys or "code", sets) if kind == "map" else None,
        fields=tuple((n, _shape(name, field, sets)) for n, field in items.items()) if kind == "records" else (),
    )


def _fields_problems(record: Raw, fields: Mapping[str, Shape]) -> Iterator[str]:
    if not isinstance(record, dict):
        yield f"{record!r} is not a table with {', '.join(fields)}"
        return
    for name in record.keys() - fields.keys():
        yield f"does not know {name}{_meant(name, fields)}"
    for name, shape in fields.items():
        if name not in record:
            yield f"{name} is missing"
            continue
        for reason in shape.problems(record[name]):
            yield f"{name}: {reason}"


def _meant(name: Raw, known: Mapping[str, object] | tuple[str, ...]) -> str:
    close = get_close_matches(name, list(known), n=1) if isinstance(name, str) else []
    return f"; did you mean {close[0]}?" if close else ""
