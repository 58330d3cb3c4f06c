"""`python -m sohosolo.embedded`, where `run` continues once the packages are installed."""

import os
import sys
from pathlib import Path

from sohosolo.embedded import commands, console, portal
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.interruptions import Interrupted, Interruptions
from sohosolo.embedded.state import CHECKOUT, State

WITHOUT_STATE = {"test": commands.test, "lint": commands.lint, "bench": commands.bench, "chaos": commands.chaos}


def main(arguments: list[str]) -> int:
    interruptions = Interruptions()
    state = State(Path(os.environ.get("SOHOSOLO_STATE") or CHECKOUT / ".run"))
    command, *rest = arguments or ["portal"]
    try:
        if command in WITHOUT_STATE:
            return WITHOUT_STATE[command](rest, interruptions)
        state.make()
        if command == "manage":
            return commands.manage(rest, state, interruptions)
        return portal.serve(state, interruptions)
    except CannotRun as failure:
        console.complain(str(failure))
    except Interrupted as wish:
        return 128 + wish.signum
    except OSError as error:
        console.complain(console.refusal(error, state.folder))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
