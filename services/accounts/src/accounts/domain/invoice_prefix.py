"""The prefix of a seller's invoice numbers, such as RESA in RESA-2026-000042: short, readable and its own for ever."""

import unicodedata
from collections.abc import Collection

_LENGTH_MAX = 4


def invoice_prefix(legal_name: str, taken: Collection[str]) -> str:
    """Letters and digits of the name, then a number where somebody has it: REPA, REPA2, REPA3, …"""
    stem = _letters(legal_name)[:_LENGTH_MAX].ljust(2, "X")
    if stem not in taken:
        return stem
    n = 2
    while f"{stem}{n}" in taken:
        n += 1
    return f"{stem}{n}"


def _letters(name: str) -> str:
    # The invoice number may only hold A-Z, 0-9 and few signs (BR-FR-01), so accents are taken off.
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    return "".join(character for character in plain if character.isalnum())
