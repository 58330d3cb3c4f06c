"""A mail server of our own, in a thread: it answers what the test tells it to, and remembers every letter it took."""

import contextlib
import datetime as dt
import socket
import ssl
import threading
from collections import Counter, defaultdict, deque
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HANG_UP = "hang up"
OK = "250 fine"


class SmtpServer:
    """`answers` gives, for a step of the conversation, the replies to give there in turn; then all is well again.

    Steps: greeting, mail, rcpt, data (before the text), text (after it). A reply is a line, HANG_UP, or (seconds, line).
    What is in `taken` was taken before the answer to `text` was given, as a server does that loses the line at that moment.
    With a `certificate`, the conversation is encrypted from the start, or when `on_demand` once the client asks for it.
    """

    def __init__(self, *, certificate: "Certificate | None" = None, on_demand: bool = False, **answers: str | tuple | list) -> None:
        self.certificate, self.on_demand = certificate, on_demand
        self.offers = "250-STARTTLS\r\n" if on_demand else ""
        self.answers = defaultdict(deque)
        for step, replies in answers.items():
            self.answers[step].extend(replies if isinstance(replies, list) else [replies])
        self.taken: list[EmailMessage] = []
        self.conversations = 0
        self.reached: Counter[str] = Counter()
        self.closing = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(self, *exception) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    @property
    def message_ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.taken]

    def listen(self) -> None:
        while True:
            try:
                line, _address = self.socket.accept()
            except OSError:
                return
            self.conversations += 1
            threading.Thread(target=self.converse, args=[line], daemon=True).start()

    def converse(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the client goes, or does not trust our certificate
            if self.certificate and not self.on_demand:
                line = self.certificate.encrypt(line)
            with line:
                if self.reply(line, "greeting", "220 mail.example at your service") and self.answer_commands(line):
                    with self.certificate.encrypt(line) as encrypted:
                        self.answer_commands(encrypted)

    def answer_commands(self, line: socket.socket) -> bool:
        """True when the rest of the conversation is to be encrypted."""
        with line.makefile("rb") as reader:
            for command in reader:
                verb = command[:4].upper().decode("latin-1")
                step, usual = {
                    "EHLO": ("ehlo", "250-mail.example\r\n" + self.offers + "250 8BITMIME"),
                    "STAR": ("starttls", "220 go on"),
                    "MAIL": ("mail", OK),
                    "RCPT": ("rcpt", OK),
                    "DATA": ("data", "354 go on"),
                    "RSET": ("rset", OK),
                    "QUIT": ("quit", "221 good bye"),
                }.get(verb, ("unknown", "502 not here"))
                answered = self.reply(line, step, usual)
                if not answered or verb == "QUIT" or answered.startswith("421"):
                    return False
                if verb == "STAR" and answered.startswith("220"):
                    return True
                if answered.startswith("354") and not self.take(line, reader):
                    return False
        return False

    def take(self, line: socket.socket, reader) -> str:
        text = b""
        for part in reader:
            if part == b".\r\n":
                break
            text += part.removeprefix(b".")
        else:
            return ""  # the client died while it was writing
        refused = self.answers["text"] and str(self.answers["text"][0])[0] in "45"
        if not refused:
            self.taken.append(message_from_bytes(text, policy=policy.default))
        return self.reply(line, "text", OK)

    def reply(self, line: socket.socket, step: str, usual: str) -> str:
        """The reply given, or nothing when the conversation is over."""
        self.reached[step] += 1
        answer = self.answers[step].popleft() if self.answers[step] else usual
        if isinstance(answer, tuple):
            seconds, answer = answer
            if self.closing.wait(seconds):
                return ""
        if answer == HANG_UP:
            return ""
        line.sendall(f"{answer}\r\n".encode())
        return answer


class Certificate:
    """A self-signed certificate for a host, kept as a file that a client may be told to trust."""

    def __init__(self, folder: Path, host: str = "localhost", *, ends: dt.datetime | None = None) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        ends = ends or dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        certificate = (
            x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - dt.timedelta(days=30))
            .not_valid_after(ends)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.path = folder / f"{host}-{certificate.serial_number}.pem"
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.path)

    def encrypt(self, line: socket.socket) -> ssl.SSLSocket:
        return self.context.wrap_socket(line, server_side=True)
