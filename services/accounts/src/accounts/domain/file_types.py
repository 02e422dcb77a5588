"""What an uploaded file really is: told from its content, never from its name or from what the sender says.

A file that is one thing from its first byte to its last cannot be another thing too: bytes before the signature or behind
the end are refused, and so is an image that would need more memory than any scan of a document.
"""

import struct
import zlib
from enum import StrEnum
from pathlib import PurePosixPath

from accounts.domain.errors import FileNotReadable, FileTooLarge, FileTypeRefused

FILE_MAX_BYTES = 10 * 1024 * 1024
PIXELS_MAX = 50_000_000
_NAME_MAX = 120
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_PDF = b"%PDF-"
_PDF_END = b"%%EOF"
_NOT_STARTED = range(0xD0, 0xD8)
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


class MediaType(StrEnum):
    """What is taken."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"


def media_type_of(content: bytes) -> MediaType:
    """By the first bytes, and for images by every part up to the last byte; a PDF's inside is `check_pdf_frame`'s and a parser's.

    Raises `FileTooLarge`, `FileTypeRefused`, `FileNotReadable`.
    """
    if len(content) > FILE_MAX_BYTES:
        raise FileTooLarge(max_bytes=FILE_MAX_BYTES)
    if content.startswith(_PNG):
        _check_png(content)
        return MediaType.PNG
    if content.startswith(_JPEG):
        _check_jpeg(content)
        return MediaType.JPEG
    if content.startswith(_PDF):
        _check_pdf_frame(content)
        return MediaType.PDF
    raise FileTypeRefused(allowed=[str(one) for one in MediaType])


def plain_file_name(typed: str, media_type: MediaType) -> str:
    """The last part of the name without signs that mean something to a file system or a header, with the type's own ending."""
    last = typed.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in last)
    stem = PurePosixPath(kept.strip(" .")).stem.strip(" .")[:_NAME_MAX] or "document"
    return f"{stem}.{_ENDINGS[media_type]}"


def _check_png(content: bytes) -> None:
    position, seen_data = len(_PNG), False
    while position < len(content):
        if position + 12 > len(content):
            raise FileNotReadable("a part of the image is cut off")
        length = int.from_bytes(content[position : position + 4], "big")
        kind = content[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(content):
            raise FileNotReadable("a part of the image is cut off")
        body = content[position + 8 : end - 4]
        if zlib.crc32(kind + body) != int.from_bytes(content[end - 4 : end], "big"):
            raise FileNotReadable("a part of the image is damaged")
        if (position == len(_PNG)) != (kind == b"IHDR"):
            raise FileNotReadable("the image has no proper head")
        if kind == b"IHDR":
            if length != 13:
                raise FileNotReadable("the image has no proper head")
            _check_pixels(*struct.unpack(">II", body[:8]))
        seen_data = seen_data or kind == b"IDAT"
        position = end
        if kind == b"IEND":
            break
    else:
        raise FileNotReadable("the image has no end")
    if not seen_data:
        raise FileNotReadable("the image shows nothing")
    if position != len(content):
        raise FileTypeRefused("something follows the end of the image")


def _check_jpeg(content: bytes) -> None:
    position, seen_frame = 2, False
    while True:
        marker, position = _jpeg_marker(content, position)
        if marker == 0xD9:
            break
        if marker == 0x01 or marker in _NOT_STARTED:
            continue
        length = int.from_bytes(content[position : position + 2], "big")
        end = position + length
        if length < 2 or end > len(content):
            raise FileNotReadable("a part of the image is cut off")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[position + 3 : position + 7].ljust(4, b"\0"))
            _check_pixels(width, height)
            seen_frame = True
        position = _end_of_scan(content, end) if marker == 0xDA else end
    if not seen_frame:
        raise FileNotReadable("the image shows nothing")
    if position != len(content):
        raise FileTypeRefused("something follows the end of the image")


def _jpeg_marker(content: bytes, position: int) -> tuple[int, int]:
    if content[position : position + 1] != b"\xff":
        raise FileNotReadable("the image is damaged")
    while content[position : position + 1] == b"\xff":
        position += 1
    if position >= len(content):
        raise FileNotReadable("the image has no end")
    return content[position], position + 1


def _end_of_scan(content: bytes, position: int) -> int:
    """Where the next real marker begins: in the picture's data 0xFF is followed by 0 or by a restart."""
    while (position := content.find(b"\xff", position)) != -1 and position + 1 < len(content):
        if content[position + 1] != 0 and content[position + 1] not in _NOT_STARTED:
            return position
        position += 2
    raise FileNotReadable("the image has no end")


def _check_pixels(width: int, height: int) -> None:
    if not 0 < width * height <= PIXELS_MAX:
        raise FileNotReadable("the image has too many pixels, or none", pixels_max=PIXELS_MAX)


def _check_pdf_frame(content: bytes) -> None:
    end = content.rfind(_PDF_END)
    if end == -1:
        raise FileNotReadable("the PDF has no end")
    if content[end + len(_PDF_END) :].strip():
        raise FileTypeRefused("something follows the end of the PDF")


_ENDINGS = {MediaType.PDF: "pdf", MediaType.PNG: "png", MediaType.JPEG: "jpg"}
