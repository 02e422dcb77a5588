"""The jars of Kafka: listed with their SHA-256 in kafka.jars, fetched once from Maven Central into the cache."""

import hashlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from launcher.problems import LauncherProblem

_LIST = Path(__file__).with_name("kafka.jars")
_CONNECTIONS = 8

# Called with bytes fetched so far and bytes in all, from several threads, one at a time.
Fetched = Callable[[int, int], None]


@dataclass(frozen=True)
class Jar:
    """One line of kafka.jars: Maven coordinates, size in bytes, SHA-256 in hex."""

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def read_list(path: Path = _LIST) -> list[Jar]:
    jars = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            coordinates, size, sha256 = line.split()
            group, artifact, version = coordinates.split(":")
            jars.append(Jar(group, artifact, version, int(size), sha256))
    return jars


def cache_folder(fallback: Path) -> Path:
    """`$XDG_CACHE_HOME/regrade`, else `~/.cache/regrade`, else `fallback` where there is no home to write to."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME", ""), ".cache")
    if os.path.isabs(base):
        folder = Path(base, "regrade")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return fallback
        if os.access(folder, os.W_OK):
            return folder
    return fallback


def provide_jars(
    cache: Path, fetched: Fetched = lambda done, total: None, jars: Iterable[Jar] | None = None
) -> list[Path]:
    """Paths of all jars, fetching what is missing. Each is checked against its SHA-256, each time.

    A jar that is not what the list says is deleted and named: the next start fetches it again.
    """
    wanted = list(jars or read_list())
    folder = cache / "jars"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in wanted if not (folder / jar.filename).exists()]
    if missing:
        _fetch_all(missing, folder, fetched)
    for jar in wanted:
        _check(jar, folder / jar.filename)
    return [folder / jar.filename for jar in wanted]


def _fetch_all(jars: list[Jar], folder: Path, fetched: Fetched) -> None:
    total, done, lock = sum(jar.size for jar in jars), 0, threading.Lock()

    def count(jar: Jar) -> None:
        nonlocal done
        with lock:
            done += jar.size
            fetched(done, total)

    fetched(0, total)
    # Fetched beside and moved when checked, so that an interrupted download is never taken for a jar.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as unfinished:
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            fetches = [pool.submit(_fetch, jar, Path(unfinished), folder, count) for jar in jars]
        for fetch in fetches:
            fetch.result()


def _fetch(jar: Jar, unfinished: Path, folder: Path, count: Callable[[Jar], None]) -> None:
    # Imported here: jgo brings `requests`, and a start with a full cache needs neither.
    import requests
    from jgo.maven import MavenContext

    # jgo warns about the missing checksum file of a jar; ours is the stronger check.
    logging.getLogger("jgo").setLevel(logging.ERROR)
    context = MavenContext(repo_cache=unfinished, timeout=60)
    try:
        path = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    except requests.ConnectionError as error:
        raise LauncherProblem(
            "no_network",
            f"Kafka could not be downloaded: Maven Central cannot be reached ({_root_cause(error)}).",
            "Check the network (HTTPS_PROXY is obeyed), then start again; what is here already is kept.",
        ) from error
    except (requests.RequestException, RuntimeError) as error:
        raise LauncherProblem(
            "download_failed", f"{jar.filename} could not be downloaded: {error}.", "Start again in a while."
        ) from error
    _check(jar, path)
    shutil.move(path, folder / jar.filename)
    count(jar)


def _check(jar: Jar, path: Path) -> None:
    with path.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != jar.sha256:
        path.unlink()
        raise LauncherProblem(
            "corrupt_download",
            f"{jar.filename} is not the file it should be (SHA-256 {found}, expected {jar.sha256}); it was deleted.",
            "Start again to download it afresh.",
        )


def _root_cause(error: BaseException) -> str:
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__
