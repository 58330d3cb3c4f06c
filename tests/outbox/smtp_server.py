"""A mail server of our own, in a thread: it answers what the test tells it to, and remembers every letter it took."""

import contextlib
import socket
import threading
from collections import Counter, defaultdict, deque
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

HANG_UP = "hang up"
OK = "250 fine"


class SmtpServer:
    """`answers` gives, for a step of the conversation, the replies to give there in turn; then all is well again.

    Steps: greeting, mail, rcpt, data (before the text), text (after it). A reply is a line, HANG_UP, or (seconds, line).
    What is in `taken` was taken before the answer to `text` was given, as a server does that loses the line at that moment.
    """

    def __init__(self, **answers: str | tuple | list) -> None:
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
        with line, line.makefile("rb") as reader, contextlib.suppress(ConnectionError):
            if not self.reply(line, "greeting", "220 mail.example at your service"):
                return
            for command in reader:
                verb = command[:4].upper().decode()
                step, usual = {
                    "EHLO": ("ehlo", "250-mail.example\r\n250 8BITMIME"),
                    "MAIL": ("mail", OK),
                    "RCPT": ("rcpt", OK),
                    "DATA": ("data", "354 go on"),
                    "RSET": ("rset", OK),
                    "QUIT": ("quit", "221 good bye"),
                }.get(verb, ("unknown", "502 not here"))
                answered = self.reply(line, step, usual)
                if not answered or verb == "QUIT" or answered.startswith("421"):
                    return
                if answered.startswith("354") and not self.take(line, reader):
                    return

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
