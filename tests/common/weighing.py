"""What the reading of a picture weighs: the reader run as the portal runs it, started by a process smaller than itself.

(A child is charged with the memory of the process it was forked from: started by the tests, it would weigh as much as they do.)
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from common.pictures import READER

TWO_SIZES = json.dumps([[1600, False], [640, False]])
STARTER = """
import json, os, subprocess, sys
file, said, *command = sys.argv[1:]
with open(file, "rb") as content, open(said, "wb") as answer:
    child = subprocess.Popen(command, stdin=content, stdout=answer, stderr=subprocess.STDOUT)
_pid, status, used = os.wait4(child.pid, 0)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([os.waitstatus_to_exitcode(status), peak, used.ru_utime + used.ru_stime]))
"""


@dataclass(frozen=True)
class Weight:
    ended: int  # 0, or less: the signal that ended it
    answer: dict  # of the reader; empty where it was ended
    peak: int  # bytes
    seconds: float  # of the processor


def weigh(content: bytes, folder: Path, wishes: str = TWO_SIZES) -> Weight:
    file, said = folder / "sent", folder / "said"
    file.write_bytes(content)
    command = [sys.executable, "-c", STARTER, str(file), str(said), sys.executable, "-P", str(READER), wishes]
    ended, peak, seconds = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    head = said.read_bytes().partition(b"\n")[0]
    return Weight(ended, json.loads(head) if ended == 0 else {}, peak, seconds)
