"""Files of stock: uploaded, read as they were meant, worked through, and answered line by line."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, StringConstraints
from starlette.responses import Response, StreamingResponse

from catalog.api.csv_files import StockFile, Wishes, read_stock_file, rows_of
from catalog.api.csv_lines import first_lines
from catalog.api.csv_out import CSV_TYPE, csv_headers, csv_row
from catalog.api.import_schemas import (
    ColumnBody,
    FirstLineBody,
    ImportBody,
    ImportConfirmationRequest,
    ImportMovedBody,
    OfflineBody,
    ReadingBody,
)
from catalog.api.ndjson import MEDIA_TYPE
from catalog.api.pushes import active_seller, lines_out
from catalog.api.schemas import LineProblemBody, PushLineResult
from catalog.api.seller_offers import result_line
from catalog.domain.amounts import DecimalMark
from catalog.domain.errors import LineProblem
from catalog.domain.stock_import import ImportMode, StockImport
from catalog.domain.stock_import_errors import ImportForgotten
from catalog.use_cases.cancel_import import CancelImport, cancel_import
from catalog.use_cases.confirm_import import ConfirmImport, confirm_import
from catalog.use_cases.ports import Rulebook
from catalog.use_cases.ports_imports import ImportQueries, ImportView
from catalog.use_cases.receive_import import ReceiveImport, receive_import
from chassis.kernel.errors import Invalid
from chassis.kernel.ids import Id, new_id
from chassis.kernel.tables import DELIMITERS, unguarded
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write, refusing

router = APIRouter(prefix="/v1/seller/imports", tags=["seller offers"])

_Reader = Annotated[Subject, require("stock:read")]
_Writer = Annotated[Subject, require("stock:write")]

_FIRST_LINES = 5
_MAPPED = r"^[^\x00-\x1f\x7f]{1,120}:[a-z_]{1,40}$"
_BINARY = {"schema": {"type": "string", "format": "binary"}, "example": "(the bytes of the file)"}
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A table with a header, at most 10 MB as it is sent; as gzip at most 64 MB unpacked, 500,000 rows",
        "content": {CSV_TYPE: _BINARY, "application/gzip": _BINARY},
    }
}
_CSV_OUT: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table in UTF-8", "content": {CSV_TYPE: {"schema": {"type": "string"}}}}
}
_LINES_OUT = lines_out(PushLineResult, "One line per row of the file that was worked on, in order")
_SIGNS = dict(zip(("comma", "semicolon", "tab", "pipe"), DELIMITERS, strict=True))
_NAMES = {sign: name for name, sign in _SIGNS.items()}


@router.post("", status_code=202, response_model=ImportBody, openapi_extra=_FILE)
async def upload_stock_file(
    request: Request,
    subject: _Writer,
    write: Write,
    mode: Annotated[
        Literal["update", "full_sync"],
        Query(description="`full_sync` takes offline what the file does not name, as of the file's instant"),
    ] = "update",
    dry_run: Annotated[bool, Query(description="Judge every line and change none")] = False,
    as_of: Annotated[AwareDatetime | None, Query(description="When the figures were right; now, if not sent")] = None,
    confirm_prices: Annotated[bool, Query(description="As `confirm_price` on every line")] = False,
    encoding: Annotated[
        Literal["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-15"] | None, Query()
    ] = None,
    delimiter: Annotated[Literal["comma", "semicolon", "tab", "pipe"] | None, Query()] = None,
    decimal_mark: Annotated[Literal["point", "comma"] | None, Query()] = None,
    currency: Annotated[
        str | None,
        Query(pattern=r"^[A-Z]{3}$", description="Of amounts whose line names none; your markets', if not sent"),
    ] = None,
    column: Annotated[
        list[Annotated[str, StringConstraints(pattern=_MAPPED)]] | None,
        Query(max_length=60, description="`Your header:our_column`, where the guess is wrong"),
    ] = None,
) -> Response:
    """Upload a table of stock (CSV, or a CSV as gzip). What was not said is guessed, and the guess is in the answer.

    The file is worked through in the background, 1,000 rows at a time, by the rules of a push; look at `state`, `lines_done`
    and `counts`. One file of a seller at a time. A full sync that would take more than 10 offers and more than 20 % of
    those on sale offline waits for your confirmation, for a day, before it changes anything.
    """
    seller = await active_seller(request, subject)
    rulebook: Rulebook = request.app.state.rulebook
    today = request.app.state.executor.clock.now().date()
    currencies = {code for market in seller.markets for code in rulebook.of(market, today).currencies}
    wishes = Wishes(
        encoding,
        _SIGNS[delimiter] if delimiter else None,
        DecimalMark(decimal_mark) if decimal_mark else None,
        # Where all markets of a seller pay in one currency, there is nothing to guess.
        currency or (next(iter(currencies)) if len(currencies) == 1 else None),
        dict(one.rsplit(":", 1) for one in column or ()),
    )
    # Up to 64 MB are looked at twice: in a thread, so that nobody else waits for it.
    try:
        file = await asyncio.to_thread(read_stock_file, await request.body(), wishes)
    except Invalid as refusal:
        return await write.answer(subject.tenant, refusing(refusal), _moved)
    command = _received(file, subject, ImportMode(mode), as_of, dry_run=dry_run, confirm_prices=confirm_prices)
    first = file.parts[0].packed if file.parts else None

    def shown(received: StockImport) -> ImportBody:
        return _body(ImportView(received, 0, 0, {}, {}, True), first)

    return await write.answer(
        subject.tenant,
        partial(receive_import, command),
        shown,
        status=202,
        location=lambda received: f"/v1/seller/imports/{received.id}",
    )


@router.get("")
async def list_stock_files(request: Request, subject: _Reader, paging: Paging) -> Page[ImportBody]:
    """Your imports, newest first."""
    found = await _queries(request).of_seller(subject.company_id, paging.limit + 1, paging.after_id)
    return paging.page_of(found, _body, lambda view: [view.one.id])


@router.get("/{import_id}")
async def show_stock_file(request: Request, import_id: Id, subject: _Reader) -> ImportBody:
    """One import: how the file was understood, and how far it has come."""
    queries = _queries(request)
    return _body(await queries.one(subject.company_id, import_id), await queries.first_rows(import_id))


@router.get("/{import_id}/results.ndjson", responses=_LINES_OUT, response_class=Response)
async def read_import_results(request: Request, import_id: Id, subject: _Reader) -> Response:
    """The fate of every line so far, as a push would have answered it. `line` 0 stands for an offer that the file does not
    name. A dry run says in `changes` what each line would change."""
    await _kept(request, subject, import_id)

    async def lines() -> AsyncIterator[str]:
        async for _, results in _queries(request).settled_parts(import_id):
            yield "".join(result_line(one) for one in results)

    return StreamingResponse(lines(), media_type=MEDIA_TYPE)


@router.get("/{import_id}/errors.csv", responses=_CSV_OUT, response_class=Response)
async def read_import_errors(request: Request, import_id: Id, subject: _Reader) -> Response:
    """The rows that were refused or stale, as you sent them, with line, code and problem. Mend the cells and upload the
    file again as it is; for a price that moved far, write yes under confirm_price."""
    view = await _kept(request, subject, import_id)
    headers = [column.header for column in view.one.reading.columns if column.column is not None]
    asks = "confirm_price" not in {column.column for column in view.one.reading.columns}

    async def lines() -> AsyncIterator[str]:
        yield csv_row([*headers, *(["confirm_price"] if asks else []), "line", "code", "problem"], first=True)
        async for packed, results in _queries(request).settled_parts(import_id):
            if packed is None:
                continue
            wrong = {one.line: one.problem for one in results if one.problem}
            for number, cells, _ in rows_of(packed) if wrong else ():
                if problem := wrong.get(number):
                    given = [unguarded(cell) for cell in cells]
                    yield csv_row([*given, *([""] if asks else []), str(number), problem.code, _told(problem)])

    return StreamingResponse(lines(), headers=csv_headers(f"errors-{import_id}.csv"), media_type=CSV_TYPE)


@router.post("/{import_id}/confirmation", response_model=ImportMovedBody)
async def confirm_stock_file(
    request: Request, import_id: Id, body: ImportConfirmationRequest, subject: _Writer, write: Write
) -> Response:
    """Let a full sync go on that waits for your word; repeat the number of offers that go offline."""
    command = ConfirmImport(subject.company_id, import_id, body.offers_going_offline)
    return await write.answer(subject.tenant, partial(confirm_import, command), _moved)


@router.post("/{import_id}/cancellation", response_model=ImportMovedBody)
async def cancel_stock_file(request: Request, import_id: Id, subject: _Writer, write: Write) -> Response:
    """End an import before its end. Lines that were applied stay applied."""
    command = CancelImport(subject.company_id, import_id)
    return await write.answer(subject.tenant, partial(cancel_import, command), _moved)


def _received(
    file: StockFile, subject: Subject, mode: ImportMode, as_of: datetime | None, *, dry_run: bool, confirm_prices: bool
) -> ReceiveImport:
    return ReceiveImport(
        id=new_id(),
        seller_id=subject.company_id,
        mode=mode,
        dry_run=dry_run,
        confirm_prices=confirm_prices,
        as_of=as_of,
        sha256=file.sha256,
        rows=file.rows,
        reading=file.reading,
        parts=file.parts,
    )


async def _kept(request: Request, subject: Subject, import_id: Id) -> ImportView:
    view = await _queries(request).one(subject.company_id, import_id)
    if not view.lines_kept:
        raise ImportForgotten()
    return view


def _queries(request: Request) -> ImportQueries:
    queries: ImportQueries = request.app.state.imports
    return queries


def _told(problem: LineProblem) -> str:
    return f"{problem.title}: {problem.detail}" if problem.detail else problem.title


def _moved(one: StockImport) -> ImportMovedBody:
    return ImportMovedBody(id=one.id, version=one.version, state=one.state.value, reason=one.reason)


def _body(view: ImportView, first: bytes | None = None) -> ImportBody:
    one, reading = view.one, view.one.reading
    offline = one.offline
    return ImportBody(
        id=one.id,
        version=one.version,
        state=one.state.value,
        mode=one.mode.value,
        dry_run=one.dry_run,
        as_of=one.as_of,
        file_sha256=one.sha256,
        lines=one.rows,
        lines_done=view.lines_done,
        counts=dict(view.counts),
        problems=dict(view.problems),
        reading=ReadingBody(
            encoding=reading.encoding,
            delimiter=_NAMES[reading.delimiter],
            decimal_mark=reading.decimal_mark.value if reading.decimal_mark else None,
            decimal_marks_contradict=reading.decimal_marks_contradict,
            currency=reading.currency,
            columns=[ColumnBody(header=one.header, column=one.column) for one in reading.columns],
            first_lines=[_first(line) for line in first_lines(first, reading, _FIRST_LINES)] if first else [],
        ),
        offline=OfflineBody(offers_on_sale=offline.live, offers_going_offline=offline.going) if offline else None,
        received_at=one.received_at,
        ended_at=one.ended_at,
        reason=one.reason,
        lines_kept=view.lines_kept,
    )


def _first(line: dict[str, Any]) -> FirstLineBody:
    problem: LineProblem | None = line["problem"]
    return FirstLineBody(
        line=line["line"],
        understood=line["understood"],
        problem=LineProblemBody(code=problem.code, title=problem.title, detail=problem.detail) if problem else None,
    )
