"""How an e-mail address is spelled: one way, and in one script per part, so that none can be mistaken for another."""

import re
import unicodedata

from accounts.domain.errors import EmailMixesScripts, EmailNotReadable
from chassis.kernel.ids import Id

_FORM = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
# Scripts that are written together in one word.
_TOGETHER = {"HIRAGANA": "JAPANESE", "KATAKANA": "JAPANESE", "CJK": "JAPANESE"}
# The two versions of the rules for international names read these differently, so they may lead to two domains.
_AMBIGUOUS = "ßς\u200c\u200d"


def new_address(typed: str) -> str:
    """The address of a sign-up or change as it is kept: lower case, composed, the domain as the name servers know it.

    Raises `EmailNotReadable` for what cannot be a domain, and `EmailMixesScripts` where a part mixes alphabets, such as a
    Cyrillic letter in a Latin name.
    """
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    if not _FORM.fullmatch(text):
        raise EmailNotReadable()
    local, _, domain = text.rpartition("@")
    ascii_domain = _ascii(domain)
    # What came in encoded is looked at as people would read it.
    for part in (local, *ascii_domain.encode().decode("idna").split(".")):
        if len(_scripts(part)) > 1:
            raise EmailMixesScripts()
    return f"{local}@{ascii_domain}"


def same_email(typed: str) -> str:
    """The spelling under which an address is looked up; what could never be kept finds nobody."""
    try:
        return new_address(typed)
    except (EmailMixesScripts, EmailNotReadable):
        return typed.strip().lower()


def _ascii(domain: str) -> str:
    if any(letter in _AMBIGUOUS for letter in domain):
        raise EmailNotReadable()
    try:
        encoded = domain.encode("idna").decode()
        encoded.encode().decode("idna")
    except UnicodeError as error:
        raise EmailNotReadable() from error
    return encoded.lower()


def _scripts(part: str) -> set[str]:
    found = {unicodedata.name(letter, "?").split()[0].split("-")[0] for letter in part if letter.isalpha()}
    return {_TOGETHER.get(script, script) for script in found}


def nobodys_address(id: Id) -> str:
    """Where an address stood: unique, and of a domain that no mail can ever reach (RFC 2606)."""
    return f"{id}@erased.invalid"
