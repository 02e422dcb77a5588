"""The texts of the written prior invoicing mandate: dated versions as data; only the newest can be signed."""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from accounts.domain.errors import MandateVersionUnknown
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class MandateText:
    """One version, with its text by language."""

    version: str
    texts: dict[str, str]

    def text(self, language: str) -> str:
        """In that language, or in English."""
        return self.texts.get(language, self.texts["en"])

    def sha256(self, language: str) -> str:
        """Of the words that are read in that language, as hex."""
        return hashlib.sha256(self.text(language).encode()).hexdigest()


@dataclass(frozen=True)
class MandateAct:
    """Somebody `signed` or `revoked` a mandate; `sha256` is of the words, `at` is real time."""

    seller_id: Id
    act: str
    version: str
    sha256: str | None
    signatory: str
    by_id: Id
    at: datetime


@cache
def current_mandate() -> MandateText:
    """The version that is signed today."""
    raw = tomllib.loads(Path(__file__).with_name("mandates.toml").read_text(encoding="utf-8"))
    newest = max(raw["mandate"], key=lambda entry: entry["version"])
    return MandateText(newest["version"], {name: text for name, text in newest.items() if name != "version"})


def check_mandate_version(version: str) -> None:
    """Refuse every text but the current one."""
    if version != current_mandate().version:
        raise MandateVersionUnknown(current_version=current_mandate().version)
