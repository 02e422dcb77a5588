"""Looks inside uploaded files. PDFs are read by a process of their own, which may use little memory and little time."""

import asyncio
import sys

from accounts.clients.pdf_check import ACTIVE, READABLE
from accounts.domain.errors import FileActive, FileNotReadable
from accounts.domain.file_types import MediaType, media_type_of

_PDF_SECONDS = 15.0


class SafeFileReader:
    """One PDF at a time: however many are uploaded at once, they take no more than one processor."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def media_type(self, content: bytes) -> MediaType:
        """What it really is; raises `FileTooLarge`, `FileTypeRefused`, `FileNotReadable`, `FileActive`."""
        media_type = await asyncio.to_thread(media_type_of, content)
        if media_type is MediaType.PDF:
            async with self._turn:
                await _check_pdf(content)
        return media_type


async def _check_pdf(content: bytes) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "accounts.clients.pdf_check",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_PDF_SECONDS):
            await process.communicate(content)
    except TimeoutError:
        raise FileNotReadable("it takes too long to read") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == ACTIVE:
        raise FileActive()
    if process.returncode != READABLE:
        raise FileNotReadable("the PDF is damaged, or has no pages")
