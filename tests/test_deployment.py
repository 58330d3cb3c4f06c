"""What docker-compose.yml, the Dockerfile and the Caddyfile promise: nobody has more rights, memory or reach than they need."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from common import pictures
from sohosolo.embedded import postgres

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DATA = {"postgres", "cache", "broker"}
OURS = {"migrate", "web", "worker", "beat"}
PATCH = re.compile(r"\$\{[A-Z]+_IMAGE:-[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?\}")


def networks(name: str) -> set[str]:
    return set(SERVICES[name]["networks"])


def test_every_service_is_looked_at():
    assert set(SERVICES) == OURS | DATA | {"proxy"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_gains_no_rights_and_takes_no_more_memory_than_it_is_given(name):
    service = SERVICES[name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])  # for ports 80 and 443
    assert service["read_only"] is True
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert not service.get("privileged")
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_an_image_is_named_to_the_patch_and_may_be_pinned_by_a_variable(name):
    """PostgreSQL's patch is the second number; our own image has the version of the portal."""
    assert PATCH.fullmatch(SERVICES[name]["image"]), SERVICES[name]["image"]


def test_the_portals_image_is_built_on_one_named_to_the_patch():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (named,) = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", dockerfile, re.MULTILINE)
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm", named)
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["${PYTHON_IMAGE}", "${PYTHON_IMAGE}"]
    assert SERVICES["web"]["build"]["args"]["PYTHON_IMAGE"] == f"${{PYTHON_IMAGE:-{named}}}"


def test_what_keeps_data_is_out_of_reach_of_the_proxy_and_of_the_world():
    for name in DATA:
        assert networks(name) == {"data"}
        assert "ports" not in SERVICES[name]
    assert not networks("proxy") & {"data", "mail"}
    assert networks("proxy") & networks("web") == {"front"}
    assert {name for name in SERVICES if "front" in networks(name)} == {"proxy", "web"}
    assert {name for name in SERVICES if "ports" in SERVICES[name]} == {"proxy"}
    assert COMPOSE["networks"]["data"]["internal"] is COMPOSE["networks"]["front"]["internal"] is True
    outside = {name for name in SERVICES if networks(name) & {"edge", "mail"}}
    assert outside == {"proxy", "worker"}  # certificates, letters: nobody else speaks to the world
    for name in OURS:
        assert "data" in networks(name)


def test_the_cache_forgets_when_it_is_full_and_the_broker_refuses():
    """Each is another server with another password, which stands on no command line."""
    written = {name: " ".join(SERVICES[name]["command"]) for name in ("cache", "broker")}
    assert "maxmemory-policy allkeys-lru" in written["cache"]
    assert "maxmemory-policy noeviction" in written["broker"]
    environment = SERVICES["web"]["environment"]
    for name, variable in (("cache", "REDIS_URL"), ("broker", "BROKER_URL")):
        password = f"{name.upper()}_PASSWORD"
        assert SERVICES[name]["environment"] == {"PASSWORD": f"${{{password}:?set {password}}}"}
        assert 'requirepass "$$PASSWORD"' in written[name]
        assert password not in written[name]
        assert environment[variable] == f"redis://:${{{password}:?set {password}}}@{name}:6379/0"
        limit, kept = (
            int(re.search(r"(\d+)m", SERVICES[name]["mem_limit"])[1]),
            int(re.search(r"maxmemory (\d+)mb", written[name])[1]),
        )
        assert kept < limit


def test_the_servers_log_of_the_database_is_as_terse_here_as_where_run_starts_it():
    said = dict(word.removeprefix("-c").split("=") for word in SERVICES["postgres"]["command"][1:])
    terse = {name: value for name, value in postgres._SETTINGS.items() if name in said}
    assert said == terse
    assert {"log_min_messages", "log_min_error_statement", "log_error_verbosity", "log_parameter_max_length_on_error"} <= set(said)


def test_the_proxy_writes_no_address_of_a_page():
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    for field in ("request>uri", "request>headers", "request>host", "request>remote_ip", "request>client_ip"):
        assert f"{field} delete" in caddyfile


def test_what_compose_asks_for_stands_in_the_document():
    """Whoever follows operations.md word by word has set all that must be set."""
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert asked == {"DOMAIN", "SECRET_KEY", "POSTGRES_PASSWORD", "CACHE_PASSWORD", "BROKER_PASSWORD", "EMAIL_URL"}
    for variable in asked:
        assert f"{variable}=" in told, variable
    for variable in re.findall(r"\$\{([A-Z]+_IMAGE):-", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")):
        assert variable in told, variable


def test_the_document_tells_a_proxy_of_ones_own_the_size_of_a_photograph_that_is_taken():
    """A proxy that takes less than the portal refuses photographs with an error of its own."""
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    largest = re.search(r"max_size (\d+)MB", caddyfile)[1]
    assert re.search(r"request body at most (\d+) MB", told)[1] == largest
    assert int(largest) * 1_000_000 > pictures.MOST_BYTES
