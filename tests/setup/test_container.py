"""The compose file is valid, keeps its secrets outside, and gives each service only what it needs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sen.postgres import CHECKOUT

COMPOSE = CHECKOUT / "docker-compose.yml"
SERVICES = {"proxy", "web", "worker", "sealer", "migrate", "database", "mail", "scanner"}


def compose() -> dict:
    return YAML(typ="safe").load(COMPOSE.read_text())


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).parent / "check-jsonschema"),
        "--builtin-schema",
        "vendor.compose-spec",
        str(path),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_compose_file_follows_the_compose_specification():
    found = validate(COMPOSE)
    assert found.returncode == 0, found.stdout


def test_a_fault_in_the_compose_file_is_seen(tmp_path):
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE.read_text().replace("cap_drop: [ALL]", "cap_drop: 7"))
    assert validate(broken).returncode != 0


def test_the_services_and_profiles_are_there():
    services = compose()["services"]
    assert set(services) == SERVICES
    assert {name for name, service in services.items() if service.get("profiles")} == {"mail"}


def test_no_secret_is_written_down():
    settings = [
        line for line in COMPOSE.read_text().splitlines() if re.search(r"(PASSWORD|SECRET_KEY|DATABASE_URL)\w*:", line)
    ]
    assert len(settings) > 5
    assert [line for line in settings if "${" not in line] == []


def test_only_the_migration_knows_the_owner_of_the_schema():
    knowing = {
        name
        for name, service in compose()["services"].items()
        if "SEN_OWNER_DATABASE_URL" in service.get("environment", {})
    }
    assert knowing == {"migrate"}


def test_only_the_sealer_holds_the_key_of_the_seals():
    assert holding("SEN_SEAL_KEYS") == {"sealer"}


def test_only_the_web_server_holds_the_keys_of_legacy_ssns():
    assert holding("SEN_SSN_KEYS") == {"web"}
    services = compose()["services"].items()
    assert {name for name, service in services if "SEN_MASTER_KEY" in service.get("environment", {})} == {"web"}


def holding(folder: str) -> set[str]:
    services = compose()["services"].items()
    return {name for name, service in services if any(folder in volume for volume in service.get("volumes", []))}


@pytest.mark.parametrize("name", ["web", "worker", "sealer"])
def test_ours_run_in_production_mode_without_rights_on_the_machine(name):
    service = compose()["services"][name]
    assert service["environment"]["SEN_MODE"] == "production"
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True


def test_only_the_proxy_can_be_reached_from_other_machines():
    ports = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}
    assert {name for name, found in ports.items() if not all(port.startswith("127.0.0.1:") for port in found)} == {
        "proxy"
    }


def test_every_file_that_the_compose_file_mounts_exists():
    mounted = re.findall(r"- (\./[^:]+):", COMPOSE.read_text())
    assert len(mounted) >= 2
    assert [path for path in mounted if not (CHECKOUT / path).exists()] == []
