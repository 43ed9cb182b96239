"""A program that fork_server.c starts over and over, each time with another allocation that fails."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess


class Ending:
    """How one run ended, and what it left in its directory."""

    def __init__(self, status, calls, directory):
        self.hung = status < 0
        self.signal = os.WTERMSIG(status) if not self.hung and os.WIFSIGNALED(status) else None
        self.status = os.WEXITSTATUS(status) if not self.hung and os.WIFEXITED(status) else None
        self.calls = calls
        self.output = (directory / "stdout").read_text(errors="replace")
        self.errors = (directory / "stderr").read_text(errors="replace")
        work = directory / "work"
        self.files = {path.relative_to(work).as_posix(): path.read_bytes() for path in sorted(work.rglob("*")) if path.is_file()}
        self.temporary = sorted(path.name for path in (work / "tmp").iterdir())

    def text(self):
        how = "hung" if self.hung else signal.Signals(self.signal).name if self.signal else f"status {self.status}"
        return f"{how}, files {sorted(self.files)}, temporary {self.temporary}, standard error:\n{self.errors}"


class ForkServer:
    """Runs `command` in copies of the folder `inputs`. A copy also has the folder tmp, which TMPDIR names. Allocations
    count from main() on, of `start` from the constructors of libraries on."""

    def __init__(self, preload, command, inputs, scratch, environment, start):
        self.inputs, self.directory = pathlib.Path(inputs), pathlib.Path(scratch) / "run"
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {**os.environ, **environment, "TMPDIR": "tmp", "LD_PRELOAD": str(preload), "FAILING_MALLOC_SERVER": str(theirs.fileno())}
        if start:
            environment["FAILING_MALLOC_START"] = "1"
        with theirs:
            self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.wait()

    def run(self, number):
        """The `number`th allocation fails; of a negative number that one and all that follow; of 0 none."""
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.copytree(self.inputs, self.directory / "work")
        (self.directory / "work" / "tmp").mkdir()
        self.socket.send(f"{number} {self.directory}\n".encode())
        answer = self.socket.recv(100)
        if not answer:
            raise SystemExit(f"fork server of {self.process.args}: it ended with status {self.process.wait()}")
        status, calls = map(int, answer.split())
        return Ending(status, calls, self.directory)
