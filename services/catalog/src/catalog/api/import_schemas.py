"""Shapes of imports."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog.api.schemas import LineProblemBody
from chassis.kernel.ids import Id

ImportStateName = Literal["received", "running", "awaiting_confirmation", "done", "failed", "cancelled"]


class ColumnBody(BaseModel):
    """A column of the file and what it was taken for; `column` null: it means nothing to us and was left out."""

    header: str
    column: str | None


class FirstLineBody(BaseModel):
    """One of the first rows as it was understood; amounts in minor units, as in a pushed line."""

    line: int
    understood: dict[str, Any] | None
    problem: LineProblemBody | None


class ReadingBody(BaseModel):
    """How the file was read: guessed, unless you said so. Look at `first_lines` before you trust it with money."""

    encoding: str
    delimiter: str
    decimal_mark: Literal["point", "comma"] | None = Field(
        description="Null where no amount of the file tells: then each amount has to speak for itself"
    )
    decimal_marks_contradict: bool
    currency: str | None
    columns: list[ColumnBody]
    first_lines: list[FirstLineBody] = Field(description="Empty in lists, and when the lines are no longer kept")


class OfflineBody(BaseModel):
    """Of so many offers on sale, so many are not in the file and would go offline."""

    offers_on_sale: int
    offers_going_offline: int


class ImportBody(BaseModel):
    """An uploaded file and how far it has come. `counts` are lines by verdict, and `taken_offline`; `problems` are lines by
    the code of their problem."""

    id: Id
    version: int
    state: ImportStateName
    mode: Literal["update", "full_sync"]
    dry_run: bool
    as_of: datetime
    file_sha256: str
    lines: int
    lines_done: int
    counts: dict[str, int]
    problems: dict[str, int]
    reading: ReadingBody
    offline: OfflineBody | None = Field(
        description="Of a full sync, once it has begun; what is to be confirmed while `awaiting_confirmation`"
    )
    received_at: datetime
    ended_at: datetime | None
    reason: str | None = Field(description="Why it failed or was cancelled: a stable code")
    lines_kept: bool = Field(description="Whether the results can still be read; they are kept for 30 days")


class ImportMovedBody(BaseModel):
    """Where the import stands now."""

    id: Id
    version: int
    state: ImportStateName
    reason: str | None


class ImportConfirmationRequest(BaseModel):
    """The figure you were shown: whoever has seen another one has not seen this one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    offers_going_offline: int = Field(ge=0)
