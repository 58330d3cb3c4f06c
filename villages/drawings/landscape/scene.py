"""What every picture starts from: its frame, its throws of chance, its colours, and the sheet it is drawn on.

Lengths are in picture units: a picture is 400 units high and, unless asked otherwise, 640 wide. y grows downwards.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

from villages.drawings.landscape.palette import LIGHTS, mix

HEIGHT = 400
USUAL_WIDTH = 640
ANY_LIGHT = ("dawn", "noon", "noon", "evening", "evening", "autumn")

T = TypeVar("T")


class Dice:
    """A small linear generator seeded by a text: the same throws on every machine and every Python, for ever."""

    def __init__(self, seed: str) -> None:
        self._state = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") | 1

    def unit(self) -> float:
        """A number in [0, 1)."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) / 2**31

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.unit() * len(choices))]


def trace(*parts: str | float, places: int = 0) -> str:
    """Path data from letters and numbers, as short as SVG allows: rounded to `places`, a minus sign separating by itself."""
    out = ""
    for part in parts:
        if isinstance(part, str):
            out += part
            continue
        number = f"{round(part, places) + 0.0:g}"  # + 0.0 turns a negative zero into a plain one
        out += number if not out or out[-1].isalpha() or number[0] == "-" else " " + number
    return out


class Scene:
    """One picture in the making: chance, colours and frame to read, `fill` and `stroke` to draw, `svg` to finish.

    `effort`, from 1 down to 0, says how much detail the budget of bytes leaves room for.
    """

    def __init__(
        self,
        code: str,
        *,
        population: int,
        latitude: float,
        mountains_seen_from: float | None,
        width: int,
        effort: float,
        light: str | None,
        lights: Sequence[str] = ANY_LIGHT,
    ) -> None:
        self.dice = dice = Dice(code)
        self.population, self.width, self.effort = population, width, effort
        self.latitude, self.mountains_seen_from = latitude, mountains_seen_from
        self.stretch = width / USUAL_WIDTH
        thrown = dice.pick(lights)  # thrown even when a light is asked for: the rest of the picture must not move
        self.light = light or thrown
        self.colours = dict(LIGHTS[self.light])
        for name in ("green", "vine", "wheat"):  # no two villages own the same green
            towards = dice.pick(("wheat", "deep", "haze"))
            self.colours[name] = mix(self.colours[name], self.colours[towards], dice.between(0, 0.16))
        self.sun_left = dice.unit() < 0.5
        banner = width > USUAL_WIDTH
        self.focus = dice.between(*(0.56, 0.68) if banner else (0.32, 0.68)) * width
        sun = dice.between(*(0.1, 0.3) if self.sun_left else (0.7, 0.9))
        self.sun_x = ((0.36 if self.sun_left else 0.88) if banner else sun) * width
        self.horizon = round(dice.between(186, 204))
        self._key = f"g{code}" + (f"w{width}" if banner else "")
        self._pieces: list[str] = []

    def name(self, suffix: str) -> str:
        """An id for a piece to be used again, unique to this commune and width so that pictures may share a page."""
        return self._key + suffix

    def shade_of(self, first: str, second: str, share: float) -> str:
        """A mix of two colours of the palette, by their names."""
        return mix(self.colours[first], self.colours[second], share)

    def inside(self, x: float) -> float:
        return max(0.0, min(float(self.width), x))

    def add(self, markup: str) -> None:
        self._pieces.append(markup)

    def fill(self, colour: str, outlines: str | Iterable[str], extra: str = "") -> None:
        """A filled path; nothing at all when there is no outline."""
        if data := "".join(outlines):
            self.add(f'<path fill="{colour}"{extra} d="{data}"/>')

    def reusable(self, colour: str, outline: str, suffix: str) -> None:
        """A filled path that `again` can draw in another colour: the colour sits on a group, where it can be overridden."""
        self.add(f'<g fill="{colour}"><path id="{self.name(suffix)}" d="{outline}"/></g>')

    def again(self, suffix: str, extra: str) -> None:
        self.add(f'<use href="#{self.name(suffix)}" {extra}/>')

    def stroke(self, colour: str, lines: str | Iterable[str], extra: str = "") -> None:
        """A stroked path; nothing at all when there is no line."""
        if data := "".join(lines):
            self.add(f'<path fill="none" stroke="{colour}"{extra} d="{data}"/>')

    def svg(self) -> str:
        frame = f'viewBox="0 0 {self.width} {HEIGHT}" aria-hidden="true" stroke-linecap="round"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{"".join(self._pieces)}</svg>'
