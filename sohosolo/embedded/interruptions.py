"""Ctrl-C, TERM and HUP, taken at chosen moments only, so that no child is lost between its start and its being known."""

import os
import select
import signal


class Interrupted(Exception):
    """Somebody asked for the end; `signum` says how."""

    def __init__(self, signum: int):
        super().__init__(signal.Signals(signum).name)
        self.signum = signum


class Interruptions:
    """Collects the signals; `pause` is where they are felt. Once one has been felt, the others change nothing."""

    def __init__(self) -> None:
        self._received: list[int] = []
        self._wake_read, self._wake_write = os.pipe()
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, self._note)
        signal.signal(signal.SIGTERM, self._note)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup ./run stays
            signal.signal(signal.SIGHUP, self._note)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})  # blocked by `run`

    def _note(self, signum: int, frame: object) -> None:
        self._received.append(signum)

    def pause(self, seconds: float) -> None:
        """Wait, or raise Interrupted at once when the end has been asked for."""
        if not self._received:
            select.select([self._wake_read], [], [], seconds)
        if self._received:
            raise Interrupted(self._received[0])
