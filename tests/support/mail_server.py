"""Real SMTP servers on the loopback interface: one that works, with TLS and AUTH, and scripts for trouble."""

import asyncio
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "scanner", "correct horse"
USUAL = {"EHLO": b"250 hi", "DATA": b"354 go"}  # replies by stage; all others are 250


def make_certificate(folder: Path, name: str = "localhost") -> Path:
    """Return a file with a self-signed certificate for a host name, and its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-days", "2"]
    command += ["-keyout", key, "-out", certificate, "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run(command, check=True, capture_output=True)
    return certificate


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context


@dataclass
class Postbox:
    """The handler of a real server: what came in, and which replies to give instead of success."""

    replies: dict = field(default_factory=dict)  # "RCPT address" or a stage -> reply, or a list of replies
    received: list = field(default_factory=list)  # (recipients, content) of each mail taken
    tried: list = field(default_factory=list)  # content of each mail offered
    logins: list = field(default_factory=list)

    def _reply(self, *keys):
        for key in keys:
            answer = self.replies.get(key)
            if isinstance(answer, list):
                answer = answer.pop(0) if answer else None
            if answer:
                return answer
        return None

    async def handle_MAIL(self, server, session, envelope, address, options):
        if answer := self._reply("MAIL"):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self._reply(f"RCPT {address}", "RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.tried.append(envelope.content)
        answer = self._reply("DATA")
        if answer not in (None, "hang up", "wait"):
            return answer
        self.received.append((tuple(envelope.rcpt_tos), envelope.content))
        if answer == "hang up":
            server.transport.abort()
        if answer == "wait":
            await asyncio.sleep(10)
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append(mechanism)
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=good, handled=False)


class Strict(Postbox):
    """A server that looks at the name in EHLO, as Postfix or Exim may be told to."""

    def __init__(self, bad, reply, at_greeting):
        super().__init__()
        self.names, self._bad, self._reply_to, self._early = set(), bad, reply, at_greeting

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.names.add(hostname)
        if self._early and self._bad(hostname):
            return [self._reply_to]
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self._bad(session.host_name):
            return self._reply_to
        return await super().handle_RCPT(server, session, envelope, address, options)


def strict_about_dots():
    return Strict(
        lambda name: "." not in name and not name.startswith("["),
        "504 5.5.2 Helo command rejected: need fully-qualified hostname",
        False,
    )


def strict_about_characters():
    return Strict(lambda name: "_" in name, "501 Syntactically invalid HELO argument(s)", True)


@contextmanager
def serve(postbox: Postbox, certificate: Path | None = None, implicit: bool = False, **options):
    """Serve a postbox; with a certificate STARTTLS and then AUTH are offered, or TLS from the first byte."""
    if implicit:
        options["ssl_context"] = server_context(certificate)
    elif certificate is not None:
        options |= {"tls_context": server_context(certificate), "authenticator": postbox.authenticate}
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def trickling(pause: float = 0.5, text: bytes = b"220-" + b"a" * 300):
    """Serve a greeting one byte at a time."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def run():
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        with peer:
            for number in range(len(text)):
                try:
                    peer.sendall(text[number : number + 1])
                except OSError:
                    return
                if stop.wait(pause):
                    return

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        listener.close()
        thread.join(2)


@contextmanager
def scripted(reply):
    """Serve a conversation: ``reply(stage, line)`` gives what to say, at once or in parts without an end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def say(peer, stage, said):
        found = reply(stage, said)
        for part in [found + b"\r\n"] if isinstance(found, bytes) else found:
            peer.sendall(part)

    def talk(peer):
        lines = peer.makefile("rb")
        say(peer, "", b"220 hi")
        while line := lines.readline():
            stage = line[:4].upper().decode("ascii", "replace")
            say(peer, stage, USUAL.get(stage, b"250 ok"))
            if stage == "DATA":
                while lines.readline().strip() not in (b".", b""):
                    pass
                say(peer, ".", b"250 ok")

    def accept():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                try:
                    talk(peer)
                except OSError:
                    continue

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
