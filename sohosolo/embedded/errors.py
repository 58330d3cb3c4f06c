"""The one kind of failure that reaches the terminal."""

import errno


class CannotRun(Exception):
    """The message is one sentence that says what went wrong and what to do; it is shown without a traceback."""


DISK_FULL = "the disk is full: free some space, then start again (the data are kept)."


def cannot_write(path: object, error: OSError) -> CannotRun:
    """What an operating system's refusal to make or write a file means for the person at the terminal."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CannotRun(f"{path}: {DISK_FULL}")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CannotRun(
            f"{path} cannot be written to ({error.strerror}): give it to the user who starts ./run, "
            "or choose another folder with SOHOSOLO_STATE."
        )
    return CannotRun(f"{path}: {error.strerror or error}; choose another folder with SOHOSOLO_STATE.")
