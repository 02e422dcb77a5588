"""What is sent to the database, for tests that count statements."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db import direct


@contextlib.contextmanager
def sent_statements(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements sent meanwhile: through this engine, and straight to the driver by anybody in this process."""
    sent: list[str] = []
    ask = direct._ask

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        sent.append(statement)

    async def note_and_ask(driver: Any, how: str, statement: str, values: Sequence[Any]) -> Any:
        sent.append(statement)
        return await ask(driver, how, statement, values)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    direct._ask = note_and_ask
    try:
        yield sent
    finally:
        direct._ask = ask
        event.remove(engine.sync_engine, "before_cursor_execute", note)
