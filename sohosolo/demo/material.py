"""What the demonstration is made of, as the territory's `demo/` folder says it."""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Material:
    """One attribute a file, as plain data; the files say themselves what their keys mean."""

    villages: Mapping[str, Mapping[str, Any]]  # by INSEE code, in the order of villages.csv
    telecentres: Mapping[str, Mapping[str, Any]]  # by INSEE code, in the order of telecentres.csv
    desk_names: Mapping[str, str]  # by kind of desk
    rates: Mapping[str, Mapping[str, Mapping[str, int]]]  # for whom, kind of desk, unit: euros
    network: Mapping[str, Any]
    team: Mapping[str, Any]
    people: Mapping[str, list[str]]
    origins: list[Mapping[str, Any]]
    trades: list[Mapping[str, Any]]
    projects: Mapping[str, Any]
    committees: Mapping[str, Any]
    housing: Mapping[str, Any]


def read_material(folder: Path) -> Material:
    """Raises FileNotFoundError or KeyError naming what the folder lacks."""
    villages, telecentres = read_toml(folder / "villages.toml"), read_toml(folder / "telecentres.toml")
    return Material(
        villages={row["insee_code"]: row | villages[row["insee_code"]] for row in read_csv(folder / "villages.csv")},
        telecentres={row["insee_code"]: row | telecentres[row["insee_code"]] for row in read_csv(folder / "telecentres.csv")},
        desk_names=telecentres["names"],
        rates=telecentres["rates"],
        network=read_toml(folder / "network.toml"),
        team=read_toml(folder / "team.toml"),
        people=read_toml(folder / "people.toml"),
        origins=read_toml(folder / "names.toml")["origins"],
        trades=read_toml(folder / "trades.toml")["trades"],
        projects=read_toml(folder / "projects.toml") | read_toml(folder.parent / "directories.toml"),
        committees=read_toml(folder / "committees.toml"),
        housing=read_toml(folder / "housing.toml"),
    )


def read_toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
