"""What is said of a product in each category: typed attributes, and which of them tell two products apart."""

import json
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

TEXT_MAX = 120
# As JSON knows them; a decimal may come as a number or as text.
SentValue = str | int | float | bool
AttributeValue = str | int | bool


class Category(StrEnum):
    """The categories of `markets/schema.toml`; VAT rules and delivery times depend on them."""

    SMARTPHONE = "smartphone"
    TABLET = "tablet"
    LAPTOP = "laptop"
    DESKTOP = "desktop"
    MONITOR = "monitor"
    WATCH = "watch"
    CONSOLE = "console"
    ACCESSORY = "accessory"


class Misfit(NamedTuple):
    """Something sent that is no value of its attribute, or whose attribute there is not, as text."""

    sent: str


# By name, in the order of the names. Values of one attribute have one type, so that equal descriptions are equal tuples.
Attributes = tuple[tuple[str, AttributeValue | Misfit], ...]


class AttributeType(StrEnum):
    """How a value is written. A decimal is kept and answered as text, so that nobody's reader rounds it."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    CHOICE = "choice"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Attribute:
    """`least` and `most` are inclusive, in `unit`; `identifying` says that two products may differ by nothing else."""

    name: str
    type: AttributeType
    unit: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    choices: tuple[str, ...] = ()
    identifying: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether a value is written in one way only: 13.3 inches are not 133, but an `Intel i5` is an `intel I5`."""
        return self.type is not AttributeType.TEXT

    def value_of(self, sent: SentValue) -> AttributeValue | None:
        """The one way this value is kept, or None where it is not a value of this attribute."""
        match self.type:
            case AttributeType.BOOLEAN:
                return sent if isinstance(sent, bool) else None
            case AttributeType.INTEGER:
                if isinstance(sent, bool) or not isinstance(sent, int):
                    return None
                return sent if self._in_range(Decimal(sent)) else None
            case AttributeType.DECIMAL:
                return self._decimal(sent)
            case AttributeType.CHOICE:
                found = sent.strip().casefold() if isinstance(sent, str) else ""
                return found if found in self.choices else None
            case AttributeType.TEXT:
                text = " ".join(sent.split()) if isinstance(sent, str) else ""
                return text if 0 < len(text) <= TEXT_MAX and text.isprintable() else None

    def words(self, value: AttributeValue | Misfit) -> str:
        """The value as people read it."""
        text = str(value).replace("_", " ") if self.type is AttributeType.CHOICE else str(value)
        return f"{text} {self.unit}" if self.unit else text

    def allowed(self) -> str:
        """What may be sent, as a seller reads it."""
        match self.type:
            case AttributeType.CHOICE:
                return f"one of {', '.join(self.choices)}"
            case AttributeType.BOOLEAN:
                return "true or false"
            case AttributeType.TEXT:
                return f"1 to {TEXT_MAX} printable characters"
            case AttributeType.INTEGER:
                return f"a whole number from {self.least} to {self.most}{self._of_unit()}"
            case AttributeType.DECIMAL:
                return f"a number from {self.least} to {self.most} with at most one decimal{self._of_unit()}"

    def _of_unit(self) -> str:
        return f" ({self.unit})" if self.unit else ""

    def _in_range(self, number: Decimal) -> bool:
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)

    def _decimal(self, sent: SentValue) -> str | None:
        if isinstance(sent, bool) or (isinstance(sent, float) and not math.isfinite(sent)):
            return None
        try:
            number = Decimal(str(sent).strip())
        except InvalidOperation:
            return None
        if not number.is_finite() or not self._in_range(number):
            return None
        tenths = number.quantize(Decimal("0.1"))
        return str(tenths) if tenths == number else None


def _integer(name: str, unit: str | None, least: int, most: int, *, identifying: bool = False) -> Attribute:
    return Attribute(name, AttributeType.INTEGER, unit, Decimal(least), Decimal(most), identifying=identifying)


def _decimal(name: str, unit: str, least: int, most: int, *, identifying: bool = False) -> Attribute:
    return Attribute(name, AttributeType.DECIMAL, unit, Decimal(least), Decimal(most), identifying=identifying)


def _text(name: str, *, identifying: bool = False) -> Attribute:
    return Attribute(name, AttributeType.TEXT, identifying=identifying)


def _choice(name: str, *choices: str, identifying: bool = False) -> Attribute:
    return Attribute(name, AttributeType.CHOICE, choices=choices, identifying=identifying)


def _flag(name: str) -> Attribute:
    return Attribute(name, AttributeType.BOOLEAN)


_PANEL = _choice("panel", "ips", "va", "tn", "lcd", "oled", "amoled", "mini_led")
_CONNECTIVITY = _choice("connectivity", "wifi", "wifi_cellular", identifying=True)
_KEYBOARD = _choice(
    "keyboard_layout",
    "azerty_fr",
    "azerty_be",
    "qwerty_us",
    "qwerty_uk",
    "qwerty_international",
    "qwerty_nordic",
    "qwerty_es",
    "qwerty_it",
    "qwertz_de",
    "qwertz_ch",
    identifying=True,
)
_SYSTEM = _choice(
    "operating_system",
    "none",
    "windows_10_home",
    "windows_10_pro",
    "windows_11_home",
    "windows_11_pro",
    "macos",
    "chromeos",
    "linux",
)
_DISK = _choice("disk_type", "ssd", "hdd", "emmc", "hybrid")
_PROCESSOR = _text("processor", identifying=True)
_GRAPHICS = _text("graphics", identifying=True)
_RESOLUTION = _choice(
    "resolution",
    "1280x800",
    "1366x768",
    "1440x900",
    "1600x900",
    "1680x1050",
    "1920x1080",
    "1920x1200",
    "2560x1080",
    "2560x1440",
    "2560x1600",
    "2880x1800",
    "3440x1440",
    "3840x1600",
    "3840x2160",
    "5120x2880",
)

TAXONOMY: Mapping[Category, tuple[Attribute, ...]] = MappingProxyType(
    {
        Category.SMARTPHONE: (
            _choice("sim", "nano_sim", "dual_nano_sim", "nano_sim_and_esim", "esim_only", identifying=True),
            _choice("network", "3g", "4g", "5g"),
            _decimal("screen_inches", "inch", 2, 12),
            _PANEL,
            _integer("camera_megapixels", "megapixel", 1, 400),
            _text("model_number"),
        ),
        Category.TABLET: (
            _CONNECTIVITY,
            _decimal("screen_inches", "inch", 5, 20, identifying=True),
            _PANEL,
            _flag("stylus_included"),
            _text("model_number"),
        ),
        Category.LAPTOP: (
            _PROCESSOR,
            _decimal("screen_inches", "inch", 9, 21, identifying=True),
            _KEYBOARD,
            _GRAPHICS,
            _SYSTEM,
            _DISK,
            _RESOLUTION,
            _flag("touchscreen"),
            _text("model_number"),
        ),
        Category.DESKTOP: (
            _PROCESSOR,
            _choice("form_factor", "tower", "small", "mini", "all_in_one", identifying=True),
            _GRAPHICS,
            _SYSTEM,
            _DISK,
            _text("model_number"),
        ),
        Category.MONITOR: (
            _decimal("screen_inches", "inch", 10, 60, identifying=True),
            _RESOLUTION,
            _PANEL,
            _integer("refresh_hertz", "hertz", 24, 600),
            _flag("curved"),
            _flag("stand_included"),
        ),
        Category.WATCH: (
            _integer("case_millimetres", "millimetre", 20, 60, identifying=True),
            _CONNECTIVITY,
            _choice("case_material", "aluminium", "steel", "titanium", "ceramic", "plastic", identifying=True),
            _flag("strap_included"),
        ),
        Category.CONSOLE: (
            _choice("edition", "disc", "digital", "handheld", identifying=True),
            _integer("controllers_included", None, 0, 4),
        ),
        Category.ACCESSORY: (
            _choice(
                "kind",
                "charger",
                "cable",
                "case",
                "keyboard",
                "mouse",
                "headphones",
                "dock",
                "stylus",
                "adapter",
                "other",
                identifying=True,
            ),
            _choice(
                "connector",
                "usb_a",
                "usb_c",
                "lightning",
                "micro_usb",
                "magsafe",
                "jack",
                "hdmi",
                "displayport",
                "wireless",
                identifying=True,
            ),
            _integer("watts", "watt", 1, 1_000, identifying=True),
            _integer("length_centimetres", "centimetre", 1, 5_000),
            _text("compatible_with"),
            _flag("original"),
        ),
    }
)
_BY_NAME = {category: {one.name: one for one in attributes} for category, attributes in TAXONOMY.items()}


@dataclass(frozen=True, slots=True)
class AttributeFault:
    """An attribute that the category does not know, or a value that it cannot have."""

    name: str
    sent: str
    allowed: str
    known: bool


def as_kept(category: Category, sent: Mapping[str, SentValue]) -> Attributes:
    """Attributes by name, each value in the one way it is kept; what does not fit is a misfit, for `faults_of` to name."""
    kept: list[tuple[str, AttributeValue | Misfit]] = []
    for name in sorted(sent):
        attribute = _BY_NAME[category].get(name)
        value = attribute.value_of(sent[name]) if attribute else None
        kept.append((name, Misfit(json.dumps(sent[name], ensure_ascii=False)) if value is None else value))
    return tuple(kept)


def faults_of(category: Category, attributes: Attributes) -> tuple[AttributeFault, ...]:
    """Everything that is wrong with these attributes of a product of the category."""
    known = _BY_NAME[category]
    faults = []
    for name, value in attributes:
        if isinstance(value, Misfit):
            attribute = known.get(name)
            allowed = attribute.allowed() if attribute else f"one of {', '.join(known)}"
            faults.append(AttributeFault(name, value.sent, allowed, attribute is not None))
    return tuple(faults)


# A feed describes the same few products thousands of times.
@lru_cache(maxsize=8192)
def identity_of(category: Category, attributes: Attributes) -> str:
    """The part of a product's key that its attributes make: `|processor=applem1|screen_inches=13.3`; empty where none of them
    identifies."""
    known = _BY_NAME[category]
    named = ((name, value) for name, value in attributes if name in known and known[name].identifying)
    return "".join(f"|{name}={value if known[name].is_exact else normalised(str(value))}" for name, value in named)


@lru_cache(maxsize=8192)
def words_of(category: Category, attributes: Attributes) -> str:
    """What identifies a product beyond its model, as its title says it: `Apple M1, 13.3 inch, azerty fr`."""
    known = _BY_NAME[category]
    named = ((known[name], value) for name, value in attributes if name in known and known[name].identifying)
    return ", ".join(one.words(value) for one, value in named)


# A feed repeats the same few brands, sizes and colours thousands of times.
@lru_cache(maxsize=8192)
def normalised(text: str) -> str:
    """Letters and digits only, in lower case; a plus stays, for a Galaxy S21 is no Galaxy S21+."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum() or char == "+")
