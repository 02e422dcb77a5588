"""The recipes of the images parse, copy what exists, and install what the lock says."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "deploy" / "images"
PROGRAM_RECIPE = IMAGES / "Dockerfile"
EDGE_RECIPE = ROOT / "deploy" / "edge" / "Dockerfile"
PROGRAMS = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway", "sandbox")
INSTRUCTIONS = {
    "ARG",
    "FROM",
    "ENV",
    "RUN",
    "WORKDIR",
    "COPY",
    "LABEL",
    "USER",
    "EXPOSE",
    "HEALTHCHECK",
    "STOPSIGNAL",
    "CMD",
}


def instructions(recipe: Path) -> list[tuple[str, str]]:
    """(instruction, rest) of each logical line."""
    lines = [line for line in recipe.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


@pytest.mark.parametrize("recipe", [PROGRAM_RECIPE, EDGE_RECIPE], ids=["program", "edge"])
def test_recipe_is_made_of_known_instructions_and_ends_unprivileged(recipe: Path) -> None:
    words = instructions(recipe)
    assert {word for word, _ in words} <= INSTRUCTIONS
    users = [rest for word, rest in words if word == "USER"]
    assert users
    assert users[-1].split(":")[0] not in ("0", "root")
    assert [word for word, _ in words].count("HEALTHCHECK") == 1
    assert words[-1][0] == "CMD"


@pytest.mark.parametrize(
    ("recipe", "context"), [(PROGRAM_RECIPE, ROOT), (EDGE_RECIPE, EDGE_RECIPE.parent)], ids=["program", "edge"]
)
def test_everything_copied_exists_and_is_let_into_the_context(recipe: Path, context: Path) -> None:
    let_in = {
        line[1:].rstrip("/") for line in Path(f"{recipe}.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = [rest.split()[:-1] for word, rest in instructions(recipe) if word == "COPY" and "--from=" not in rest]
    sources = {source for group in copied for source in group}
    assert sources == let_in
    assert [source for source in sources if not (context / source).exists()] == []


@pytest.mark.parametrize("recipe", [PROGRAM_RECIPE, EDGE_RECIPE], ids=["program", "edge"])
def test_base_images_have_a_version(recipe: Path) -> None:
    text = recipe.read_text()
    assert ":latest" not in text
    bases = [rest.split()[0] for word, rest in instructions(recipe) if word == "FROM"]
    assert all(re.search(r":(\$\{PYTHON\}|\d+\.\d+\.\d+)", base) for base in bases)
    assert recipe is EDGE_RECIPE or re.search(r"^ARG PYTHON=3\.\d+-slim-\w+$", text, re.MULTILINE)


def test_image_and_clone_use_the_same_installer() -> None:
    version = re.search(r"^UV=(uv==\S+)$", (ROOT / "deploy" / "local" / "bootstrap.sh").read_text(), re.MULTILINE)
    assert version
    assert f"pip install --no-cache-dir {version[1]}\n" in PROGRAM_RECIPE.read_text()


def members_of(program: str) -> list[str]:
    done = subprocess.run([sys.executable, IMAGES / "members.py", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_brings_itself_and_its_libraries_only(program: str) -> None:
    home = program if program in ("gateway", "sandbox") else f"services/{program}"
    members = members_of(program)
    assert members[0] == f"./{home}"
    assert "./libs/chassis" in members
    assert all(member.startswith("./libs/") for member in members[1:])


def test_orders_bring_the_libraries_they_name() -> None:
    assert set(members_of("orders")) == {"./services/orders", "./libs/chassis", "./libs/tax", "./libs/documents"}


def test_an_unknown_program_is_refused_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, IMAGES / "members.py", "ordres"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "There is no program or library called ordres.\n"


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_package_a_program_asks_for_is_locked_with_a_hash(program: str) -> None:
    """The image installs under the lock as a constraint: a package that is not in it would come in unchecked."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text())
    hashed = {block.split("==")[0] for block in blocks if "--hash=sha256:" in block}
    for member in members_of(program):
        project = tomllib.loads((ROOT / member / "pyproject.toml").read_text())["project"]
        names = {re.split(r"[\[<>=!~; ]", need)[0].lower().replace("_", "-") for need in project["dependencies"]}
        assert {name for name in names if not name.startswith("regrade-")} - hashed == set()
