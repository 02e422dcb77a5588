"""The texts of the written prior invoicing mandate: dated versions as data; only the newest can be signed."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from accounts.domain.errors import MandateVersionUnknown


@dataclass(frozen=True)
class MandateText:
    """One version, with its text by language."""

    version: str
    texts: dict[str, str]

    def text(self, language: str) -> str:
        """In that language, or in English."""
        return self.texts.get(language, self.texts["en"])


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
