"""A record system that only receives: a real HTTP server that answers as a test tells it to."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came, in order, and what to answer. `answers` are used up one by one; then it is 200."""

    base_url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    received: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)

    @property
    def keys(self) -> list[str]:
        """Idempotency keys of what came with status 2xx, in order."""
        return [key for key, _ in self.received]


@contextlib.contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port; `may_answer` is set, and clearing it makes it slow."""
    state = Receiver()
    state.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.came.set()
            state.may_answer.wait(30)
            status, headers = state.answers.pop(0) if state.answers else (200, {})
            if status < 300:
                state.received.append((self.headers["Idempotency-Key"], body))
            # The other side may have been killed meanwhile.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.base_url = f"http://127.0.0.1:{server.server_port}/fhir"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.may_answer.set()
        server.shutdown()
        thread.join()
        server.server_close()
