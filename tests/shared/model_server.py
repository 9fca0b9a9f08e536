"""A server of one file: as a plain one that knows ranges, and as the hub answers for a commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from tiny_models import CONTENT, TINY


class ModelServer(ThreadingHTTPServer):
    """Serves `content` at every path."""

    content = CONTENT
    sent_at_most: int | None = None
    """Bytes after which an answer breaks off; None for none."""

    knows_ranges = True
    stalls = False
    """Whether an answer that breaks off leaves its client waiting."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.released = Event()
        """Set to end the waiting."""
        self.asked: list[str] = []
        """Path and range of each GET."""

    def files(self) -> list[str]:
        """What was asked, without the hub's client's questions about itself."""
        return [asked for asked in self.asked if TINY.file in asked]

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_HEAD(self) -> None:
        self._head(0)

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.server.asked.append(f"{self.path} {wanted}".strip())
        known = wanted if self.server.knows_ranges else ""
        start = int(known.removeprefix("bytes=").rstrip("-") or 0)
        self._head(start)
        self.wfile.write(self.server.content[start:][: self.server.sent_at_most])
        if self.server.stalls:
            self.server.released.wait()

    def _head(self, start: int) -> None:
        size = len(self.server.content)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(size - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("ETag", f'"{TINY.sha256}"')
        self.send_header("X-Repo-Commit", TINY.revision)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Keep silent."""


@contextmanager
def served() -> Iterator[ModelServer]:
    """Run a server within the context."""
    with ModelServer() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
