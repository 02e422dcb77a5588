"""Kafka's jars: pinned, checked each time, and fetched with a clear word when that fails."""

import hashlib
from pathlib import Path

import pytest

from launcher.kafka_jars import Jar, cache_folder, provide_jars, read_list
from launcher.problems import LauncherProblem

CONTENT = b"what the list promises"
JAR = Jar("org.example", "thing", "1.0", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def test_list_pins_one_kafka_and_every_jar_once() -> None:
    jars = read_list()
    assert [jar.version for jar in jars if jar.artifact == "kafka_2.13"] == ["4.3.0"]
    assert len({jar.filename for jar in jars}) == len(jars)
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)


def test_jar_in_the_cache_is_not_fetched_again(tmp_path: Path) -> None:
    kept = tmp_path / "jars" / "thing-1.0.jar"
    kept.parent.mkdir()
    kept.write_bytes(CONTENT)
    told: list[tuple[int, int]] = []
    assert provide_jars(tmp_path, lambda done, total: told.append((done, total)), [JAR]) == [kept]
    assert told == []


def test_corrupt_jar_is_deleted_and_named(tmp_path: Path) -> None:
    spoiled = tmp_path / "jars" / "thing-1.0.jar"
    spoiled.parent.mkdir()
    spoiled.write_bytes(CONTENT[:-1])
    with pytest.raises(LauncherProblem) as refusal:
        provide_jars(tmp_path, jars=[JAR])
    assert refusal.value.code == "corrupt_download"
    assert "thing-1.0.jar" in refusal.value.message
    assert JAR.sha256 in refusal.value.message
    assert not spoiled.exists()


def test_unreachable_maven_central_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing listens on the discard port: each connection is refused at once.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(LauncherProblem) as refusal:
        provide_jars(tmp_path, jars=[JAR])
    assert refusal.value.code == "no_network"
    assert list((tmp_path / "jars").iterdir()) == []


def test_cache_lies_in_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder(fallback=tmp_path / "fallback") == tmp_path / "cache" / "regrade"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder(fallback=tmp_path / "fallback") == tmp_path / "home" / ".cache" / "regrade"


def test_without_a_home_the_cache_lies_in_the_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    assert cache_folder(fallback=tmp_path / "fallback") == tmp_path / "fallback"
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert cache_folder(fallback=tmp_path / "fallback") == tmp_path / "fallback"
