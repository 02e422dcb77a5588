"""Reads `markets/`: checks every file against the schema, merges base with each market and picks rules by date.

One folder per market beside `base/`; a file holds `effective_from` and tables of values. A dated sibling such as
`checkout.2027-01-01.toml` replaces `checkout.toml` as a whole from that day on.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from chassis.kernel.policy import (
    MarketNotOpen,
    PolicyPack,
    UnknownMarket,
    UnknownPolicyVersion,
    make_pack,
    merge,
    missing,
)
from chassis.kernel.policy_rules import contradictions
from chassis.kernel.policy_schema import Schema, SchemaWrong, read_schema

_BASE = "base"
_SCHEMA_FILE = "schema.toml"
_MARKET_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILE_NAME = re.compile(r"(?P<topic>[a-z][a-z0-9_]*)(\.(?P<day>\d{4}-\d{2}-\d{2}))?\.toml")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the files: where (relative to the markets folder), which key, and why."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.reason) if part)


class MarketFilesWrong(Exception):
    """The platform must not start: `problems` lists everything that is wrong, not only the first thing."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Markets:
    """Every market's rules, at every date from which they change."""

    schema: Schema
    packs: tuple[PolicyPack, ...]

    def names(self) -> tuple[str, ...]:
        """The markets in alphabetical order."""
        return tuple(dict.fromkeys(pack.market for pack in self.packs))

    def default(self) -> str:
        """The market for whoever names none."""
        return _defaults(self.packs)[0]

    def pack(self, market: str, on: date) -> PolicyPack:
        """The rules in force in `market` on a day; raises UnknownMarket or MarketNotOpen."""
        packs = [pack for pack in self.packs if pack.market == market]
        if not packs:
            raise UnknownMarket(market=market)
        in_force = [pack for pack in packs if pack.effective_from <= on]
        if not in_force:
            raise MarketNotOpen(f"{market} opens on {packs[0].effective_from}", market=market)
        return in_force[-1]

    def in_force(self, on: date) -> tuple[PolicyPack, ...]:
        """One pack for each market that is open on that day."""
        return tuple(
            self.pack(name, on)
            for name in self.names()
            if any(pack.market == name and pack.effective_from <= on for pack in self.packs)
        )

    def all(self) -> tuple[PolicyPack, ...]:
        """Every pack, past and future ones too, by market and date."""
        return self.packs

    def by_version(self, version: str) -> PolicyPack:
        """The rules under which an older record was made; raises UnknownPolicyVersion."""
        for pack in self.packs:
            if pack.version == version:
                return pack
        raise UnknownPolicyVersion(version=version)


def load_markets(folder: Path) -> Markets:
    """All markets of the folder; raises MarketFilesWrong with every problem found."""
    markets, problems = _read(folder)
    if problems or markets is None:
        raise MarketFilesWrong(problems)
    return markets


def check_markets(folder: Path) -> tuple[Problem, ...]:
    """Everything that would keep the platform from starting; empty when all is well."""
    return tuple(_read(folder)[1])


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    topic: str
    effective_from: date
    values: Mapping[str, Any]


def _read(folder: Path) -> tuple[Markets | None, list[Problem]]:
    try:
        schema = read_schema(_toml(folder / _SCHEMA_FILE))
    except SchemaWrong as wrong:
        return None, [Problem(_SCHEMA_FILE, wrong.key, wrong.reason)]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as unreadable:
        return None, [Problem(_SCHEMA_FILE, "", f"cannot be read: {unreadable}")]
    problems: list[Problem] = []
    layers = {
        place.name: [file for path in sorted(place.iterdir()) for file in _read_file(folder, path, schema, problems)]
        for place in sorted(folder.iterdir())
        if place.is_dir() and not place.name.startswith(".")
    }
    problems += _folder_problems(layers)
    for name, files in layers.items():
        problems += _same_day_problems(name, files)
    if problems:
        # Merging half-read files would only report each mistake again, as a key that is missing.
        return None, problems
    packs = [
        pack
        for name, files in layers.items()
        if name != _BASE
        for pack in _packs(schema, name, layers[_BASE], files, problems)
    ]
    problems += _default_problems(packs)
    problems += _grade_problems(packs)
    return Markets(schema, tuple(packs)), list(dict.fromkeys(problems))


def _read_file(folder: Path, path: Path, schema: Schema, problems: list[Problem]) -> Iterator[_File]:
    shown = path.relative_to(folder).as_posix()
    if path.name.startswith(".") or path.suffix == ".md":
        return
    name = _FILE_NAME.fullmatch(path.name)
    if name is None:
        problems.append(Problem(shown, "", "must be named topic.toml or topic.2027-01-01.toml"))
        return
    try:
        raw = _toml(path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as unreadable:
        problems.append(Problem(shown, "", f"cannot be read: {unreadable}"))
        return
    effective_from = raw.pop("effective_from", None)
    if type(effective_from) is not date:
        reason = f"{effective_from!r} is not a date such as 2027-01-01 without quotes"
        problems.append(Problem(shown, "effective_from", reason))
        return
    if name["day"] is not None and name["day"] != effective_from.isoformat():
        problems.append(
            Problem(shown, "effective_from", f"is {effective_from}, but the file's name says {name['day']}")
        )
    values: dict[str, Any] = {}
    for group, table in raw.items():
        if not isinstance(table, dict):
            problems.append(Problem(shown, group, "stands outside of any table"))
            continue
        for key, value in table.items():
            full = f"{group}.{key}"
            declared = schema.keys.get(full)
            reasons = [schema.unknown(full)] if declared is None else list(declared.shape.problems(value))
            problems.extend(Problem(shown, full, reason) for reason in reasons)
            values[full] = value
    yield _File(shown, name["topic"], effective_from, values)


def _folder_problems(layers: Mapping[str, Sequence[_File]]) -> Iterator[Problem]:
    if not layers.get(_BASE):
        yield Problem(_BASE, "", "there are no base values")
    if not layers.keys() - {_BASE}:
        yield Problem("", "", "there is no market")
    for name, files in layers.items():
        if not _MARKET_NAME.fullmatch(name):
            yield Problem(name, "", "a market is named in lower case with dashes, such as fr-pro")
        if not files and name != _BASE:
            yield Problem(name, "", "the market has no readable file")


def _same_day_problems(name: str, files: Sequence[_File]) -> Iterator[Problem]:
    seen: dict[tuple[str, date], str] = {}
    for file in files:
        twin = seen.setdefault((file.topic, file.effective_from), file.path)
        if twin != file.path:
            yield Problem(file.path, "effective_from", f"is the same as in {twin}")
    for day in sorted({file.effective_from for file in files}):
        owner: dict[str, str] = {}
        for file in _in_force(files, day):
            for key in file.values:
                twin = owner.setdefault(key, file.path)
                if twin != file.path:
                    yield Problem(file.path, key, f"has a value in {twin} already")


def _packs(
    schema: Schema, market: str, base: Sequence[_File], own: Sequence[_File], problems: list[Problem]
) -> Iterator[PolicyPack]:
    opens = min(file.effective_from for file in own)
    days = {max(file.effective_from, opens) for file in (*base, *own)}
    for day in sorted(days):
        base_files, own_files = _in_force(base, day), _in_force(own, day)
        base_values, own_values = _joined(base_files), _joined(own_files)
        gaps = missing(schema, base_values, own_values)
        problems.extend(Problem(_BASE if where == _BASE else market, key, reason) for where, key, reason in gaps)
        if gaps:
            continue
        values = merge(base_values, own_values)
        sources = {key: file.path for file in (*base_files, *own_files) for key in file.values}
        wrong = list(contradictions(values))
        problems.extend(Problem(sources[key], key, f"{reason} (in {market} from {day})") for key, reason in wrong)
        # Every pack counts from the day on which its newest file begins, so that its version says when it came.
        yield make_pack(schema, market, day, values, sources)


def _in_force(files: Sequence[_File], day: date) -> list[_File]:
    """Of each topic the newest file that has begun by `day`."""
    newest: dict[str, _File] = {}
    for file in sorted(files, key=lambda file: file.effective_from):
        if file.effective_from <= day:
            newest[file.topic] = file
    return list(newest.values())


def _joined(files: Iterable[_File]) -> dict[str, Any]:
    return {key: value for file in files for key, value in file.values.items()}


def _default_problems(packs: Sequence[PolicyPack]) -> Iterator[Problem]:
    defaults = _defaults(packs)
    if packs and len(defaults) != 1:
        named = ", ".join(defaults) or "none"
        yield Problem("", "identity.is_default", f"exactly one market must be the default, not {named}")


def _grade_problems(packs: Sequence[PolicyPack]) -> Iterator[Problem]:
    """Sellers name a grade by its code alone, so a code cannot mean one thing here and another thing there."""
    first: dict[str, tuple[int, str]] = {}
    for pack in packs:
        for grade in pack.records("grades.scale"):
            rung, market = first.setdefault(grade["code"], (grade["rung"], pack.market))
            if rung != grade["rung"]:
                reason = f"{grade['code']} stands on rung {grade['rung']}, and in {market} on rung {rung}"
                yield Problem(pack.market, "grades.scale", reason)


def _defaults(packs: Iterable[PolicyPack]) -> list[str]:
    newest = {pack.market: pack for pack in packs}
    return [name for name, pack in newest.items() if pack.flag("identity.is_default")]


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
