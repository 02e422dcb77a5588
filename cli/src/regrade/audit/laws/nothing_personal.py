"""I21: nothing personal on the topics, which keep what they are told for ever."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from regrade.audit.facts import Facts
from regrade.audit.law import Finding, Witness

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
# A message id looks like an address and names no person; it is made of our own ids.
_MESSAGE_ID = re.compile(r"<[0-9a-f-]{36}@[A-Za-z0-9.-]+>")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b")
# How long an IBAN of each country is (ISO 13616 registry): without it one text in a hundred would look like one.
_IBAN_LENGTHS = {
    "NO": 15, "BE": 16, "DK": 18, "FI": 18, "NL": 18, "SI": 19, "AT": 20, "EE": 20, "LT": 20, "LU": 20, "HR": 21, "LV": 21,
    "CH": 21, "LI": 21, "BG": 22, "DE": 22, "GB": 22, "IE": 22, "CZ": 24, "ES": 24, "RO": 24, "SE": 24, "SK": 24, "PT": 25,
    "IS": 26, "FR": 27, "GR": 27, "IT": 27, "MC": 27, "SM": 27, "CY": 28, "HU": 28, "PL": 28, "MT": 31,
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_NAME_WORDS_MAX = 6


def no_person_is_named(facts: Facts) -> Iterator[Finding]:
    """No e-mail address, no IBAN but the virtual one of a company, and no name, address or account that the databases know."""
    if facts.events is None:
        return
    names = _by_words(facts)
    found = []
    for event in facts.events:
        for path, text in _texts(event.data):
            if told := _personal(path, text, facts, names):
                # The witness says what kind of thing it is and where; repeating it here would spread it further.
                sentence = f"{event.type} at {event.place} tells {told} in {path or 'its body'}"
                found.append(Witness(sentence, {"event_id": event.id, "place": event.place}))
    yield Finding("topics", len(facts.events), "events", tuple(found))


def _personal(path: str, text: str, facts: Facts, names: frozenset[tuple[str, ...]]) -> str | None:
    folded = text.casefold()
    if _EMAIL.search(_MESSAGE_ID.sub("", text)):
        return "an e-mail address"
    compact = text.replace(" ", "")
    canaries = facts.canaries
    if canaries is not None and compact in canaries.ibans:
        return "somebody's bank account"
    if not path.endswith("virtual_account.iban") and any(_is_iban(one) for one in _IBAN.findall(compact)):
        return "an IBAN"
    if canaries is not None and (folded in canaries.names or _names_in(folded, names)):
        return "a person's name"
    return None


def _names_in(folded: str, names: frozenset[tuple[str, ...]]) -> bool:
    """Whether a name of several words stands somewhere in the text; a single word could be any word."""
    if not names:
        return False
    words = tuple(_WORD.findall(folded))
    return any(
        words[start : start + length] in names
        for length in range(2, min(len(words), _NAME_WORDS_MAX) + 1)
        for start in range(len(words) - length + 1)
    )


def _by_words(facts: Facts) -> frozenset[tuple[str, ...]]:
    known = facts.canaries.names if facts.canaries else frozenset()
    return frozenset(words for name in known if len(words := tuple(_WORD.findall(name))) > 1)


def _is_iban(text: str) -> bool:
    """ISO 13616: moved to the end and read as digits, it leaves 1 by 97."""
    if _IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, path)
