"""Where words of somebody stand: a search through every table, kept file, topic, log and mail of a platform."""

import asyncio
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import pypdfium2

from chassis.testing.kafka import records_of
from launcher.stack import Stack
from regrade.audit.machines import MACHINES
from regrade.platform import Caller

TOPICS = sorted(MACHINES)
SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")


class Traces:
    """What a platform keeps; words are found whatever their case, in files too, where they are packed or compressed."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def tables_with(self, *words: str) -> set[str]:
        """`service.table` wherever one of them stands in a row, or in the text of a kept file."""
        return {table for table, found in asyncio.run(self._tables(words)).items() if found}

    def words_in_tables(self, *words: str) -> dict[str, set[str]]:
        """Which of them stand where; a table without any is not named."""
        return {table: found for table, found in asyncio.run(self._tables(words)).items() if found}

    def topics_with(self, *words: str) -> set[str]:
        """Every topic with one of them in any message since the beginning."""
        return asyncio.run(self._topics(words))

    def logs_with(self, *words: str) -> set[str]:
        """Every log of ours; the sandbox is the world outside."""
        logs = [self._stack.paths.logs / f"{service}.log" for service in SERVICES]
        return {log.name for log in logs if log.exists() and found_in(log.read_text(), words)}

    def mails_with(self, outside: Caller, *words: str, since: datetime) -> set[str]:
        """Subjects of the mails after that moment that hold one of them, in a header, a text, or a paper."""
        found = set()
        for mail in outside.each("/mailbox/messages", limit=100):
            if datetime.fromisoformat(mail["at"]) < since:
                continue
            whole = outside.get(f"/mailbox/messages/{mail['id']}")
            papers = [
                texts_of(outside.content(f"/mailbox/messages/{mail['id']}/attachments/{one['n']}"))
                for one in whole["attachments"]
            ]
            said = [str(whole), *(text for texts in papers for text in texts)]
            if any(found_in(one, words) for one in said):
                found.add(mail["subject"])
        return found

    async def _tables(self, words: Sequence[str]) -> dict[str, set[str]]:
        server, found = self._stack.admin_url().rsplit("/", 1)[0], dict[str, set[str]]()
        for service in SERVICES:
            connection = await asyncpg.connect(f"{server}/{service}")
            try:
                for row in await connection.fetch("select tablename from pg_tables where schemaname = 'public'"):
                    name = row["tablename"]
                    found[f"{service}.{name}"] = await _in_rows(connection, name, words) | await _in_files(
                        connection, name, words
                    )
            finally:
                await connection.close()
        return found

    async def _topics(self, words: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for topic in TOPICS:
            records = await records_of(self._stack.ports.address("kafka"), topic)
            if any(found_in(record.value.decode(), words) for record in records if record.value is not None):
                found.add(topic)
        return found


def found_in(text: str, words: Sequence[str]) -> set[str]:
    """Those of the words that stand there."""
    lower = text.casefold()
    return {one for one in words if one.casefold() in lower}


def texts_of(content: bytes) -> Iterator[str]:
    """Everything that can be read in a file: its bytes, a PDF's pages and what is attached to it, what a ZIP holds."""
    yield content.decode("utf-8", errors="ignore")
    if content.startswith(b"%PDF"):
        yield from _of_pdf(content)
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from texts_of(archive.read(name))
    elif content.startswith(b"\x1f\x8b"):
        yield from texts_of(zlib.decompress(content, wbits=31))


def _of_pdf(content: bytes) -> Iterator[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        yield str(document.get_metadata_dict())
        for page in document:
            text = page.get_textpage().get_text_range()
            yield text
            # A name may be broken over two lines.
            yield " ".join(text.split())
        for n in range(document.count_attachments()):
            yield from texts_of(bytes(document.get_attachment(n).get_data()))
    finally:
        document.close()


async def _in_rows(connection: Any, table: str, words: Sequence[str]) -> set[str]:
    columns = ", ".join(
        f"coalesce(bool_or(strpos(lower(t::text), lower(${n})) > 0), false)" for n in range(1, len(words) + 1)
    )
    row = await connection.fetchrow(f'select {columns} from "{table}" t', *words)
    return {word for word, there in zip(words, row, strict=True) if there}


async def _in_files(connection: Any, table: str, words: Sequence[str]) -> set[str]:
    columns = await connection.fetch(
        "select column_name from information_schema.columns "
        "where table_schema = 'public' and table_name = $1 and data_type = 'bytea'",
        table,
    )
    found: set[str] = set()
    for column in columns:
        async with connection.transaction():
            async for row in connection.cursor(f'select "{column["column_name"]}" from "{table}"'):
                if row[0] is not None:
                    found |= {word for text in texts_of(bytes(row[0])) for word in found_in(text, words)}
    return found
