"""`maaraaika`, run as an operator runs it: as a process, with words and settings."""

import faulthandler
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import forkserver, get_context
from pathlib import Path
from tempfile import TemporaryDirectory

MAARAAIKA = str(Path(sys.executable).with_name("maaraaika"))
PATIENCE_SECONDS = 120.0

# A process with threads must not be forked: one of them may hold what the fork then
# waits for. The library of linear algebra starts one for each processor.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# To import the service takes a process a second, so one does it for all commands: each
# is a fork of it that has not run anything yet.
_processes = get_context("forkserver")
_processes.set_forkserver_preload(
    ["pytest", "app.cli", "app.main", "app.imports.run", "app.imports.summary"]
)


def run(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `maaraaika` with *words* in *folder* to its end."""
    done = run_binary(*words, folder=folder)
    return subprocess.CompletedProcess(
        words, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def run_binary(
    *words: str, folder: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `maaraaika` with *words* in *folder*, and give what it wrote as bytes."""
    with TemporaryDirectory() as directory:
        streams = Path(directory)
        process = _processes.Process(
            target=_command,
            args=(words, folder or Path.cwd(), dict(os.environ), streams),
        )
        process.start()
        process.join(PATIENCE_SECONDS)
        if process.exitcode is None:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGABRT)  # it tells where it hangs
            process.join()
            told = (streams / "stderr").read_text()
            raise AssertionError(f"{words} has not ended, and tells:\n{told}")
        return subprocess.CompletedProcess(
            words,
            process.exitcode,
            (streams / "stdout").read_bytes(),
            (streams / "stderr").read_bytes(),
        )


@contextmanager
def running(*words: str) -> Iterator[Path]:
    """Run `maaraaika` with *words* until the end; give where its streams are written.

    It is told to stop as an operator would tell it.
    """
    with TemporaryDirectory() as directory:
        streams = Path(directory)
        process = _processes.Process(
            target=_command, args=(words, Path.cwd(), dict(os.environ), streams)
        )
        process.start()
        try:
            yield streams
        finally:
            process.terminate()
            process.join(PATIENCE_SECONDS)


def end() -> None:
    """End the process that has imported the service, if there is one."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined] # it has no public end


def _command(
    words: tuple[str, ...], folder: Path, settings: Mapping[str, str], streams: Path
) -> None:
    # Imported where it is a fork's already; the tests need no command line themselves.
    from app.cli import main  # noqa: PLC0415

    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(streams / name, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, descriptor)
        os.close(file)
    faulthandler.enable()
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(folder)
    sys.argv = [MAARAAIKA, *words]
    main()
