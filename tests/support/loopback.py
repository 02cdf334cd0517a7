"""A web server on the loopback interface that answers as a service might, and in every way it might fail."""

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What to send: a status, headers, a body, and how the sending goes wrong."""

    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=dict)
    # Declare more bytes than are sent and hang up.
    truncate: bool = False
    # Seconds of silence before the answer.
    hang: float = 0.0
    # Seconds between single bytes.
    trickle: float = 0.0


@dataclass
class Served:
    """A running server: its address, and the paths it was asked for."""

    url: str
    paths: list


@contextmanager
def serve(answer: Callable[[str], Answer]):
    """Serve ``answer(path)``; the path holds the query."""
    paths: list = []
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            reply = answer(self.path)
            if stop.wait(reply.hang):
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) + (100 if reply.truncate else 0)))
            self.end_headers()
            self.send(reply)

        def send(self, reply):
            try:
                if not reply.trickle:
                    self.wfile.write(reply.body)
                for start in range(len(reply.body) if reply.trickle else 0):
                    self.wfile.write(reply.body[start : start + 1])
                    if stop.wait(reply.trickle):
                        return
            except (BrokenPipeError, ConnectionResetError):
                return

        do_POST = do_GET

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", paths)
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def in_turn(*answers: Answer) -> Callable[[str], Answer]:
    """Answer with these one after the other, and with the last from then on."""
    left = list(answers)
    return lambda path: left.pop(0) if len(left) > 1 else left[0]


def soon(seconds: float = 5.0) -> float:
    """Return a deadline."""
    return time.monotonic() + seconds
