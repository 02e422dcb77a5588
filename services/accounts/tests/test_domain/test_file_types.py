"""Files are what their bytes are: three types pass whole, everything else and everything double is refused."""

import pytest

from accounts.domain.errors import FileNotReadable, FileTooLarge, FileTypeRefused
from accounts.domain.file_types import FILE_MAX_BYTES, MediaType, media_type_of, plain_file_name
from chassis.kernel.errors import DomainError
from services.accounts.tests.papers import a_jpeg, a_pdf, a_png

# The harmless file that every virus scanner takes for a virus, cut so that this file is none.
EICAR_LIKE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$TEST-FILE!$H+H*"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(a_pdf(), MediaType.PDF), (a_png(), MediaType.PNG), (a_jpeg(), MediaType.JPEG)],
)
def test_a_file_is_known_by_its_content(content: bytes, media_type: MediaType) -> None:
    assert media_type_of(content) is media_type


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileTypeRefused),
        (b"<html><script>alert(1)</script></html>", FileTypeRefused),
        (b"GIF89a" + bytes(20), FileTypeRefused),
        (b"<html>" + a_pdf(), FileTypeRefused),
        (a_pdf() + b"PK\x03\x04 an archive", FileTypeRefused),
        (a_png() + b"PK\x03\x04 an archive", FileTypeRefused),
        (a_png() + EICAR_LIKE, FileTypeRefused),
        (a_jpeg() + a_pdf(), FileTypeRefused),
        (EICAR_LIKE + a_png(), FileTypeRefused),
        (b"%PDF-1.7\nno end", FileNotReadable),
        (a_png()[:-5], FileNotReadable),
        (a_png().replace(b"IDAT", b"IDAX"), FileNotReadable),
        (a_png(100_000, 100_000), FileNotReadable),
        (a_jpeg(65_000, 65_000), FileNotReadable),
        (a_jpeg()[:-2], FileNotReadable),
        (b"\xff\xd8\xff\xd9", FileNotReadable),
        (b"%PDF-" + bytes(FILE_MAX_BYTES), FileTooLarge),
    ],
)
def test_what_is_something_else_or_two_things_or_a_bomb_is_refused(content: bytes, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        media_type_of(content)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Kbis.PDF", "Kbis.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\extract.pdf.exe", "extract.pdf.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_b__Set-Cookie_ x.pdf"),
        ("...", "document.pdf"),
        ("é" * 300 + ".pdf", "é" * 120 + ".pdf"),
    ],
)
def test_a_name_means_nothing_to_a_file_system_or_a_header(typed: str, kept: str) -> None:
    assert plain_file_name(typed, MediaType.PDF) == kept
