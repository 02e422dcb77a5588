"""Reads a PDF back as a person would: words in order, with plain spaces."""

import pypdfium2


def paper_text(pdf: bytes) -> str:
    """All pages as one line of text."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[index].get_textpage().get_text_bounded() for index in range(len(document))]
    return " ".join(" ".join(pages).replace("\u00a0", " ").replace("\u202f", " ").split())
