"""Files as they arrive over a bad line or from somebody who tries: cut short, or with bytes changed, always the same ones."""

import random
from collections.abc import Iterator


def damaged(sound: bytes, *, times: int, seed: int = 12) -> Iterator[bytes]:
    """`times` spoilt copies of a file: each third one cut, the others with one to eight bytes changed."""
    dice = random.Random(seed)
    for number in range(times):
        if number % 3 == 0:
            yield sound[: dice.randrange(len(sound))]
            continue
        spoilt = bytearray(sound)
        for _ in range(dice.choice((1, 1, 2, 8))):
            spoilt[dice.randrange(len(spoilt))] = dice.choice((0, 255, dice.randrange(256)))
        yield bytes(spoilt)
