"""Recovery codes: what is left to a person whose telephone is gone. Shown once; only hashes are kept."""

import hashlib
import secrets

from chassis.kernel.ids import Id

COUNT = 10
# No letter or digit that is mistaken for another one; 32 of them, so each is worth five bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz023456789"
_GROUPS, _GROUP_LENGTH = 4, 4


def new_recovery_codes() -> tuple[str, ...]:
    """Ten of 80 random bits, like `k7wq-9m3t-hx2p-v8rd`."""
    return tuple("-".join(_group() for _ in range(_GROUPS)) for _ in range(COUNT))


def recovery_hash(user_id: Id, typed: str) -> str:
    """However it was typed. A quick hash is right here: 80 random bits cannot be guessed."""
    code = "".join(letter for letter in typed.lower() if letter.isalnum())
    return hashlib.sha256(f"{user_id.hex} {code}".encode()).hexdigest()


def _group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH))
