"""The colours of the country in four lights. Colours are "#rrggbb" strings throughout the package."""

from collections.abc import Mapping

Palette = Mapping[str, str]

# In each light: three stops of sky from zenith to horizon, then "haze", towards which everything far is mixed,
# the mountains, the ground (green … flower), and what people have built (wall … path). "dark" is for what is nearest.
_NAMES = "zenith sky glow sun haze peak snow green deep wheat earth vine flower wall shade roof roof2 path dark".split()


def _palette(colours: str) -> dict[str, str]:
    return {name: f"#{colour}" for name, colour in zip(_NAMES, colours.split(), strict=True)}


LIGHTS: dict[str, Palette] = {
    "dawn": _palette(
        "8FB2CB D3E1E3 F8E6C9 FFF3D2 C3D3DB 9DB5C8 F3EEE6 6F9468 3B6350 DDBD76 B58D66 5C8353 F2B632 "
        "F6E9D2 C9B9A6 C47A54 A25F44 F3E4C8 294A48"
    ),
    "noon": _palette(
        "6FA6CC A9CCE2 E3EFF2 FFF9E6 B5CFD8 86A9C4 F6F7F4 7FA35A 40703F E9C774 BF9468 55833F F5BB2E "
        "FBF2DF D5C5AC CB7648 A9563A F6EAD0 2A5140"
    ),
    "evening": _palette(
        "5B7FA3 D9B79A F9CF87 FFF0BE C9A79A 8C86A2 F6D3B4 87914F 4A5D40 E2AE58 A8724E 64743C F2A92B "
        "FBE3BA B9957F BC6440 8F4734 F4D6A2 33433F"
    ),
    "autumn": _palette(
        "8FA8B6 C9D3D2 F1E6D2 FFF6DF C2C6BF 98A9B5 F2EEE6 9A9A5A 6B6A3C D6B77C 94684A B4632F D9962E "
        "F4E7D0 C4B29C B26848 8C4B37 EBDDC2 4A4632"
    ),
}


def mix(first: str, second: str, share: float) -> str:
    """The colour `share` of the way from first (0) to second (1)."""
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
