"""Passports of devices, as sellers push and read them and as anybody checks them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from catalog.api.schemas import PRINTED, LineProblemBody
from chassis.kernel.ids import Id

_Short = Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTED)]
_Sku = Annotated[str, Field(min_length=1, max_length=120, pattern=PRINTED)]
_Number = Annotated[str, Field(min_length=1, max_length=60)]
State = Literal["in_stock", "shipped", "in_repair", "returned", "retired"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DiagnosticIn(_Strict):
    """One test of the device."""

    test: _Short
    result: Literal["pass", "fail", "not_tested"]
    at: AwareDatetime


class ReplacedPartIn(_Strict):
    """A part that was replaced; `original` is the maker's own."""

    part: _Short
    kind: Literal["original", "compatible"]


class ErasureIn(_Strict):
    """How the data of the last owner was erased. Keep the certificate; its SHA-256 proves later that it is the one."""

    standard: _Short
    certificate_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    at: AwareDatetime
    tool: _Short


class UnitLine(_Strict):
    """One line of a push: a device by its IMEI or else its serial. A new one needs `sku` and `grade`; afterwards a line changes
    what it sends, null is as good as not sent, and a list replaces the whole list."""

    imei: _Number | None = Field(default=None, description="Fifteen digits with a Luhn check digit")
    serial: _Number | None = Field(default=None, description="Only for what has no IMEI")
    sku: _Sku | None = Field(default=None, description="Of your offer that the device is one of")
    grade: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")] | None = None
    battery_health_percent: int | None = Field(default=None, ge=0, le=100)
    battery_cycles: int | None = Field(default=None, ge=0, le=100_000)
    diagnostics: list[DiagnosticIn] | None = Field(default=None, max_length=100)
    replaced_parts: list[ReplacedPartIn] | None = Field(default=None, max_length=50)
    erasure: ErasureIn | None = None
    state: Literal["in_stock", "retired"] | None = Field(
        default=None, description="`in_stock` after a return; `retired` where it will not be sold here"
    )


class UnitLineResult(BaseModel):
    """What became of a line of a push, by its number in the body."""

    line: int
    number: str | None
    status: Literal["created", "updated", "unchanged", "rejected"]
    unit_id: Id | None = None
    state: State | None = None
    check_url: str | None = None
    problem: LineProblemBody | None = None


class DiagnosticBody(BaseModel):
    """One test of the device."""

    test: str
    result: Literal["pass", "fail", "not_tested"]
    at: datetime


class ReplacedPartBody(BaseModel):
    """A part that was replaced."""

    part: str
    kind: Literal["original", "compatible"]


class ErasureBody(BaseModel):
    """How the data of the last owner was erased."""

    standard: str
    certificate_sha256: str
    at: datetime
    tool: str


class UnitBody(BaseModel):
    """Your passport of a device."""

    id: Id
    version: int
    imei: str | None
    serial: str | None
    state: State
    offer_id: Id
    sku: str
    title: str
    category: str
    grade: str
    battery_health_percent: int | None
    battery_cycles: int | None
    diagnostics: list[DiagnosticBody]
    replaced_parts: list[ReplacedPartBody]
    erasure: ErasureBody | None
    check_url: str = Field(description="The public page of the passport, which says nothing of you or of a buyer")
    created_at: datetime
    updated_at: datetime


class UnitChangeBody(BaseModel):
    """One entry of a passport's history; `changes` gives each fact before and after."""

    what: Literal["registered", "described", "shipped", "received", "sent_back", "returned", "restocked", "retired"]
    at: datetime
    version: int
    changes: dict[str, Any]


class UnitDetailBody(UnitBody):
    """Your passport of a device with all that happened to it here."""

    history: list[UnitChangeBody]


class UnitEventBody(BaseModel):
    """Where the device was when."""

    what: Literal["registered", "shipped", "received", "sent_back", "returned", "restocked", "retired"]
    at: datetime


class UnitCheckBody(BaseModel):
    """What anybody who holds the device may know: the device, not whose it was or is."""

    title: str
    category: str
    number_kind: Literal["imei", "serial"]
    masked_number: str = Field(description="The last four characters, to compare with what is on the device")
    state: State
    grade: str
    battery_health_percent: int | None
    battery_cycles: int | None
    diagnostics: list[DiagnosticBody]
    replaced_parts: list[ReplacedPartBody]
    erasure: ErasureBody | None
    history: list[UnitEventBody]
