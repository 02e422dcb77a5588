"""What a service keeps of companies and people, said once per table: from that come the export, the erasure and their proof.

A service declares its tables in `storage/personal_data.py`. A test finds every column that could hold words and is not
declared, so that a new one cannot be forgotten.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import LargeBinary, MetaData, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Business, Kept, Obeyed, OpenItem, Subject

# The errand that tells `accounts` what was erased and what is kept.
CONFIRM_ERASURE = "confirm_erasure"
# Newer than any snapshot that may still be on its way: what was erased is not written again.
LAST_VERSION = 2_147_483_647

_WORDS = (String, JSONB, LargeBinary, TSVECTOR)

Json = dict[str, Any]


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


@dataclass(frozen=True)
class Holding:
    """One table. All names of columns are separated by blanks.

    `of_company` and `of_person` are conditions with `:company_id` and `:person_id` that find the subject's rows; without one,
    nothing in the table is theirs. `plain` holds codes, states, numbers and the like. `erase` says what a column becomes
    (SQL) when its company is erased, `erase_of_person` when its person is; with `delete` and `delete_of_person` the rows go
    altogether. `unshown` (a secret) is never exported, `kept` stays although it is personal, which `Kept` explains. `files`
    are PDFs and the like.
    """

    table: str
    of_company: str | None = None
    of_person: str | None = None
    plain: str = ""
    erase: Mapping[str, str] = field(default_factory=dict)
    erase_of_person: Mapping[str, str] = field(default_factory=dict)
    unshown: str = ""
    kept: str = ""
    files: str = ""
    # Blanked by an aggregate of the service, which has rules of its own for it.
    by_domain: str = ""
    delete: bool = False
    delete_of_person: bool = False
    # What the columns become when the time is over for which the law wanted them.
    erase_when_over: Mapping[str, str] = field(default_factory=dict)
    exported: bool = True

    def condition(self, subject: Subject) -> str | None:
        """Which rows are the subject's."""
        return self.of_company if subject.person_id is None else self.of_person

    def erasing(self, subject: Subject) -> str | None:
        """The statement that erases the subject's rows, or None where nothing of it is personal."""
        condition = self.condition(subject)
        deletes = self.delete if subject.person_id is None else self.delete_of_person
        becomes = self.erase if subject.person_id is None else self.erase_of_person
        if condition is None or not (deletes or becomes):
            return None
        if deletes:
            return f"delete from {self.table} where {condition}"
        return (
            f"update {self.table} set {', '.join(f'{name} = {to}' for name, to in becomes.items())} where {condition}"
        )

    def forgetting(self) -> str | None:
        """The statement for the day on which the law's time is over."""
        if not self.erase_when_over:
            return None
        becomes = ", ".join(f"{name} = {to}" for name, to in self.erase_when_over.items())
        return f"update {self.table} set {becomes} where {self.of_company}"

    def said(self) -> frozenset[str]:
        """Every column it says something about."""
        named = _words(f"{self.plain} {self.unshown} {self.kept} {self.files} {self.by_domain}")
        return named | frozenset(self.erase) | frozenset(self.erase_of_person)


class Uow(Protocol):
    """What the erasure works with."""

    @property
    def connection(self) -> AsyncConnection: ...
    @property
    def timers(self) -> Any: ...


KeepForNow = Callable[[Any, Subject, datetime], Awaitable[Sequence[Kept]]]


async def _keep_nothing(uow: Any, subject: Subject, now: datetime) -> Sequence[Kept]:
    return ()


# Every service has these tables. An answer that was given once is given again for a month: it goes with its company.
COMMON = (
    Holding(
        "receipts",
        "tenant = cast(cast(:company_id as uuid) as text)",
        plain="tenant key fingerprint headers",
        kept="",
        delete=True,
    ),
    # What somebody else was answered about it: a seller that looked into its return, an operator that changed its profile.
    Holding(
        "receipts",
        "strpos(coalesce(body::text, ''), cast(cast(:company_id as uuid) as text)) > 0",
        delete=True,
        exported=False,
    ),
)


@dataclass(frozen=True)
class OpenBusiness:
    """What is not finished yet: a select of `id` and `state` with `:company_id`."""

    kind: str
    statement: str


@dataclass(frozen=True)
class PersonalData:
    """All holdings of a service, erased in this order. `keep` says what has to stay, and sees to its end.

    While any of `open_business` is there the company cannot be closed. `last_purchase` selects one time, or null.
    """

    holdings: tuple[Holding, ...]
    keep: KeepForNow = _keep_nothing
    open_business: tuple[OpenBusiness, ...] = ()
    last_purchase: str | None = None

    def all(self) -> Iterable[Holding]:
        """With those of the chassis."""
        return (*self.holdings, *COMMON)

    async def erase(self, uow: Uow, subject: Subject, now: datetime) -> Obeyed:
        """Erase what may be erased, in the transaction of the unit of work. Twice is as once."""
        kept = tuple(await self.keep(uow, subject, now))
        erased: dict[str, int] = {}
        for holding in self.all():
            statement = holding.erasing(subject)
            if statement is not None:
                done = await uow.connection.execute(text(statement), _arguments(statement, subject))
                erased[holding.table] = erased.get(holding.table, 0) + done.rowcount
        return Obeyed({table: rows for table, rows in erased.items() if rows}, kept)

    async def forget(self, uow: Uow, company_id: Id) -> None:
        """Erase what was kept for the law's sake: its time is over."""
        for holding in self.holdings:
            statement = holding.forgetting()
            if statement is not None:
                await uow.connection.execute(text(statement), {"company_id": company_id})

    async def business(self, connection: AsyncConnection, company_id: Id) -> Business:
        """What of the company's is open, and when it bought last."""
        found: list[OpenItem] = []
        for one in self.open_business:
            rows = await connection.execute(text(one.statement), {"company_id": company_id})
            found.extend(OpenItem(one.kind, str(row.id), row.state) for row in rows.all())
        if self.last_purchase is None:
            return Business(tuple(found))
        last = await connection.execute(text(self.last_purchase), {"company_id": company_id})
        return Business(tuple(found), last.scalar_one())

    async def export(self, connection: AsyncConnection, subject: Subject) -> dict[str, list[Json]]:
        """Table → the subject's rows as JSON, without secrets; files are hexadecimal, as the database writes bytes."""
        found: dict[str, list[Json]] = {}
        for holding in self.holdings:
            condition = holding.condition(subject)
            if condition is None or not holding.exported:
                continue
            without = "".join(f" - '{name}'" for name in sorted(_words(holding.unshown)))
            statement = f"select to_jsonb(t){without} from (select * from {holding.table} where {condition}) t"
            rows = await connection.execute(text(statement).columns(to_jsonb=JSONB), _arguments(statement, subject))
            if told := [dict(row[0]) for row in rows.all()]:
                found[holding.table] = told
        return found

    def unsaid(self, metadata: MetaData) -> list[str]:
        """Columns of the tables that could hold words and about which nothing is said, and those that are not there."""
        # Tables of the chassis are in no service's metadata.
        shared = {*(holding.table for holding in COMMON), "timers"}
        said = {holding.table: holding.said() for holding in self.holdings if holding.table not in shared}
        of_words = {
            table.name: {column.name for column in table.columns if _holds_words(column.type)}
            for table in metadata.tables.values()
        }
        known = {table.name: {column.name for column in table.columns} for table in metadata.tables.values()}
        missing = [
            f"{table}.{one}" for table, names in of_words.items() for one in names - said.get(table, frozenset())
        ]
        gone = [
            f"{table}.{one} is not there" for table, names in said.items() for one in names - known.get(table, set())
        ]
        return sorted(missing + gone)


def _holds_words(kind: Any) -> bool:
    return isinstance(kind, _WORDS) or (isinstance(kind, ARRAY) and isinstance(kind.item_type, String))


def _arguments(statement: str, subject: Subject) -> dict[str, Id | None]:
    known = {"company_id": subject.company_id, "person_id": subject.person_id}
    return {name: value for name, value in known.items() if f":{name}" in statement}


@dataclass(frozen=True)
class EraseSubject:
    """`accounts.erasure.requested`: a company, or one person of it, shall be forgotten."""

    erasure_id: Id
    subject: Subject

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "EraseSubject":
        """From the body of the event."""
        person = data["user_id"]
        return cls(Id(data["erasure_id"]), Subject(Id(data["company_id"]), Id(person) if person else None))


async def erase_personal_data(command: EraseSubject, uow: Any, now: datetime) -> None:
    """What every holder does with the command: it obeys, and an errand confirms. `uow.personal_data` are its holdings."""
    obeyed: Obeyed = await uow.personal_data.erase(uow, command.subject, now)
    await uow.timers.set(CONFIRM_ERASURE, command.erasure_id, now, as_told(obeyed))


def as_told(obeyed: Obeyed) -> Json:
    """As it is confirmed."""
    kept = [{**asdict(one), "until": one.until.isoformat() if one.until else None} for one in obeyed.kept]
    return {"erased": dict(obeyed.erased), "kept": kept}
