"""A process that has imported what commands import, and runs each command line in a fork of it.

`command_line.Cli` starts one for each worker. A command is then a process of its own, as a person
starts it, without the two seconds of importing torch.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

LONGEST = 1 << 20
"""Maximum number of bytes of a request."""


class CommandServer:
    """The process, as its caller sees it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = [sys.executable, "-P", __file__, str(theirs.fileno())]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        self.process = subprocess.Popen(
            program, env=environment, pass_fds=[theirs.fileno()], **quiet
        )
        theirs.close()

    def run(
        self, words: list[str], environment: dict[str, str], folder: Path, seconds: float
    ) -> tuple[int, str, str]:
        """Run one command to its end. Returns its code and what it wrote on both streams."""
        request = json.dumps({"words": words, "env": environment, "folder": str(folder)})
        self._socket.settimeout(seconds)
        with TemporaryFile() as out, TemporaryFile() as err, open(os.devnull, "rb") as nothing:
            streams = [nothing.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(self._socket, [request.encode()], streams)
            code = int(self._socket.recv(16))
            out.seek(0)
            err.seek(0)
            return code, out.read().decode(), err.read().decode()


def serve(requests: socket.socket) -> None:
    """Answer requests until the caller is gone. In a fork, run the command and never return."""
    while True:
        request, streams, _, _ = socket.recv_fds(requests, LONGEST, 3)
        if not request:
            return
        child = os.fork()
        if not child:
            requests.close()
            _become(json.loads(request), streams)
            return
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        requests.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(request: dict, streams: list[int]) -> None:
    """Be the process of a command, and end as it ends."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    sys.argv = ["mome", *request["words"]]
    main()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import mome.answering.translator
    import mome.tune.run  # noqa: F401
    from mome.cli.main import main

    # Collecting what was imported would copy it into each fork when that ends, a second's work.
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
