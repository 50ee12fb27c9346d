"""What is shipped: lock files, wheel, image and compose file."""

import json
import re
import shlex
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.db.database import connect
from app.db.schema import require_newest
from app.identity.providers import read_providers
from tests import databases
from tests.architecture.locks import LOCKS, ROOT, lock, locked

COMPILERS = re.compile(r"\b(gcc|g\+\+|clang|build-essential|python3-dev|make)\b")


# --- lock files ---


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_versions_with_hashes_and_names_no_address(name: str) -> None:
    content = lock(name)
    assert len(locked(content)) > 20
    for address in ("://", " @ ", "git+", "--index-url", "--find-links"):
        assert address not in content


def test_developers_run_the_versions_that_are_shipped() -> None:
    shipped, developed = (locked(lock(name)) for name in LOCKS)

    assert shipped.items() <= developed.items()


def test_every_dependency_of_the_project_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    run = project["dependencies"] + extras["embedded"]

    for name, requirements in (LOCKS[0], run), (LOCKS[1], run + extras["dev"]):
        pinned = locked(lock(name))
        for requirement in requirements:
            wanted = re.match(r"[A-Za-z0-9._-]+", requirement)
            assert wanted
            assert wanted[0].lower().replace("_", "-") in pinned, requirement


# --- the wheel ---


@dataclass(frozen=True)
class Installed:
    """The wheel, installed where neither the checkout nor its tools are."""

    wheel: Path
    environment: Path

    def run(self, *words: str, cwd: Path, **variables: str) -> str:
        """Return what `maaraaika` with *words* writes, run in *cwd*."""
        done = subprocess.run(  # noqa: S603 (our own command)
            [self.environment / "bin" / words[0], *words[1:]],
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel, and install it in a virtual environment of its own."""
    folder = tmp_path_factory.mktemp("packaging")
    _python("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    python = environment / "bin" / "python"
    _python(
        *("-m", "pip", "--python", python, "install", "--quiet", "--no-deps"),
        *("--no-index", "--disable-pip-version-check", wheel),
    )
    # The dependencies are those of this environment, without its own link to the
    # checkout: a `.pth` file is not read where another one leads.
    (site_packages,) = environment.glob("lib/python*/site-packages")
    dependencies = sysconfig.get_path("purelib")
    (site_packages / "dependencies.pth").write_text(f"{dependencies}\n")
    return Installed(wheel, environment)


def _python(*words: str | Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """Give the URL of a database in which there is nothing yet."""
    name = databases.create(server_url)
    yield databases.url(server_url, name)
    databases.drop(server_url, name)


def test_the_wheel_has_the_service_its_migrations_and_its_licence(
    installed: Installed,
) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()

    shipped = {name.split("/")[0] for name in names}
    assert shipped == {"app", "migrations", "maaraaika-0.1.0.dist-info"}
    patterns = ("app/**/*.py", "migrations/**/*.py", "app/locales/**/*.po")
    screens = ("app/web/templates/**/*.html", "app/web/static/*")
    for pattern in (*patterns, *screens):
        files = list(ROOT.glob(pattern))
        assert files
        assert {str(file.relative_to(ROOT)) for file in files} <= set(names)
    assert "migrations/script.py.mako" in names
    assert "maaraaika-0.1.0.dist-info/licenses/LICENSE" in names
    assert not [name for name in names if "__pycache__" in name]


def test_the_installed_wheel_is_what_runs(installed: Installed, tmp_path: Path) -> None:
    place = installed.run(
        "python", "-c", "import app; print(app.__file__)", cwd=tmp_path
    )

    assert Path(place.strip()).is_relative_to(installed.environment)


def test_the_installed_wheel_explains(installed: Installed, tmp_path: Path) -> None:
    told = installed.run(
        "maaraaika", "explain", "2025-12-22", "--lang", "fi", cwd=tmp_path
    )

    assert "7.1.2026" in told
    assert "23.3.2026" in told


def test_the_installed_wheel_finds_its_migrations(
    installed: Installed, tmp_path: Path, empty_url: str
) -> None:
    installed.run(
        "maaraaika", "migrate", cwd=tmp_path, MAARAAIKA_DATABASE_URL=empty_url
    )

    database = connect(empty_url)
    require_newest(database)
    database.dispose()
    assert list(tmp_path.iterdir()) == []


# --- the image ---


@dataclass(frozen=True)
class Stage:
    """One stage of the Dockerfile: its image, its name, its instructions."""

    image: str
    name: str
    instructions: tuple[tuple[str, str], ...]

    def all(self, instruction: str) -> list[str]:
        return [words for name, words in self.instructions if name == instruction]


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    """Give the stages of the Dockerfile in order."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for line in lines:
        instruction, _, words = line.partition(" ")
        if instruction == "FROM":
            found.append((words, []))
        else:
            found[-1][1].append((instruction, words.strip()))
    return [
        Stage(*_image_and_name(words), tuple(instructions))
        for words, instructions in found
    ]


def _image_and_name(words: str) -> tuple[str, str]:
    image, _, name = words.partition(" AS ")
    return image, name


def test_the_image_is_slim_and_made_in_a_stage_of_its_own(stages: list[Stage]) -> None:
    build, final = stages

    assert build.image == final.image == "python:3.13-slim"
    assert f"--from={build.name} " in final.all("COPY")[0]
    assert len(final.all("COPY")) == 1
    assert not [run for run in final.all("RUN") if "pip" in run or "apt" in run]
    everything = [words for stage in stages for _, words in stage.instructions]
    assert not [words for words in everything if COMPILERS.search(words)]


def test_the_image_takes_the_locked_dependencies_and_the_wheel(
    stages: list[Stage],
) -> None:
    installs = [run for run in stages[0].all("RUN") if "pip install" in run]

    assert installs
    for run in installs:
        assert (
            "--require-hashes -r requirements" in run or "--no-deps --no-index" in run
        )
    assert any("requirements.lock" in run for run in installs)
    assert any("compileall" in run for run in stages[0].all("RUN"))


def test_the_image_runs_as_nobody_special_and_tells_its_health(
    stages: list[Stage],
) -> None:
    final = stages[-1]

    (user,) = final.all("USER")
    assert user.partition(":")[0] not in {"root", "0"}
    (health,) = final.all("HEALTHCHECK")
    assert "/health/ready" in health
    assert final.all("ENTRYPOINT") == ['["maaraaika"]']
    assert final.all("CMD") == ['["serve"]']
    last = [name for name, _ in final.instructions]
    assert last.index("USER") > last.index("COPY")


def test_what_the_image_copies_is_sent_to_the_builder(stages: list[Stage]) -> None:
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    sent = {line[1:] for line in ignored if line.startswith("!")}

    copied = {
        source for words in stages[0].all("COPY") for source in shlex.split(words)[:-1]
    }
    assert "*" in ignored
    assert copied == sent
    assert all((ROOT / source).exists() for source in copied)


# --- the compose file ---


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """Give the compose file."""
    content = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(content)
    return found


def test_compose_runs_postgresql_18_a_migration_and_the_service(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]

    assert services.keys() == {"postgres", "migrate", "app", "keycloak"}
    assert services["postgres"]["image"] == "postgres:18"
    # Where the image of version 18 keeps its data; before it was a folder below.
    (volume,) = services["postgres"]["volumes"]
    name, _, place = volume.partition(":")
    assert name in compose["volumes"]
    assert place == "/var/lib/postgresql"
    assert services["app"]["build"] == services["migrate"]["build"] == "."
    assert services["app"]["command"] == ["serve"]
    assert services["migrate"]["command"] == ["migrate"]


def test_compose_starts_each_service_when_what_it_needs_is_there(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]

    assert "pg_isready" in services["postgres"]["healthcheck"]["test"]
    assert "/health/ready" in " ".join(services["app"]["healthcheck"]["test"])
    assert services["migrate"]["depends_on"] == {
        "postgres": {"condition": "service_healthy"}
    }
    assert services["app"]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"}
    }
    assert "restart" not in services["migrate"]


def test_compose_is_reached_by_others_only_over_tls(compose: dict[str, Any]) -> None:
    service = compose["services"]["app"]

    url = service["environment"]["MAARAAIKA_PUBLIC_URL"]
    assert url.startswith("${MAARAAIKA_PUBLIC_URL:?")


def test_compose_has_a_provider_for_a_trial_only_when_it_is_asked_for(
    compose: dict[str, Any],
) -> None:
    keycloak = compose["services"]["keycloak"]
    folder = compose["services"]["app"]["volumes"][1]

    assert keycloak["profiles"] == ["keycloak"]
    assert keycloak["environment"]["KC_BOOTSTRAP_ADMIN_PASSWORD"].endswith(":-}")
    assert "--import-realm" in keycloak["command"]
    assert keycloak["volumes"][0].startswith("./docs/examples/keycloak/realm.json:")
    assert folder.startswith("${IDENTITY_FOLDER:-./docs/examples/keycloak}:")


def test_what_the_realm_says_is_what_the_service_believes() -> None:
    folder = ROOT / "docs" / "examples" / "keycloak"
    realm = json.loads((folder / "realm.json").read_text(encoding="utf-8"))
    (provider,) = read_providers(folder / "identity.toml")
    clients = {client["clientId"]: client for client in realm["clients"]}
    (scope,) = realm["clientScopes"]
    mappers = {each["name"]: each["config"] for each in scope["protocolMappers"]}

    assert provider.issuer.endswith(f"/realms/{realm['realm']}")
    assert provider.roles.keys() == {role["name"] for role in realm["roles"]["realm"]}
    assert provider.claims.role == (mappers["roles"]["claim.name"],)
    assert provider.claims.units == (mappers["units"]["claim.name"],)
    for name in ("roles", "units"):
        assert mappers[name]["id.token.claim"] == "true"
        assert mappers[name]["access.token.claim"] == "true"
    assert mappers["audience"]["included.custom.audience"] == provider.audience
    assert realm["accessTokenLifespan"] <= 3600
    assert provider.sign_in is not None
    browser = clients.pop(provider.sign_in.client_id)
    assert browser["attributes"]["pkce.code.challenge.method"] == "S256"
    assert browser["redirectUris"][0].endswith("/sign-in/callback")
    assert not browser["implicitFlowEnabled"]
    assert clients.keys() == provider.sources.keys()
    for client in (browser, *clients.values()):
        assert not client["directAccessGrantsEnabled"]
        assert client["attributes"]["access.token.header.type.rfc9068"] == "true"
        assert scope["name"] in client["defaultClientScopes"]
        # It adds audiences, and a token for two is not taken.
        assert "roles" not in client["defaultClientScopes"]
    assert "secret" not in json.dumps(realm)
    assert not [user for user in realm["users"] if "credentials" in user]


def test_compose_has_no_secret_in_it_and_no_default_for_one(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]

    for name, variable in (
        ("postgres", "POSTGRES_PASSWORD"),
        ("migrate", "PGPASSWORD"),
    ):
        value = services[name]["environment"][variable]
        assert value.startswith("${POSTGRES_PASSWORD:?"), name
    for name, variable in (
        ("app", "PGPASSWORD"),
        ("migrate", "MAARAAIKA_SERVICE_PASSWORD"),
    ):
        value = services[name]["environment"][variable]
        assert value.startswith("${SERVICE_PASSWORD:?"), name
    for name, variable in (
        ("app", "MAARAAIKA_DATABASE_URL"),
        ("migrate", "MAARAAIKA_DATABASE_URL"),
        ("migrate", "MAARAAIKA_MIGRATION_DATABASE_URL"),
    ):
        url = services[name]["environment"][variable]
        assert re.fullmatch(r"postgresql://\w+@postgres:5432/\w+", url)


def test_compose_keeps_the_owner_of_the_tables_from_the_service(
    compose: dict[str, Any],
) -> None:
    service = compose["services"]["app"]["environment"]

    assert "MAARAAIKA_MIGRATION_DATABASE_URL" not in service
    assert "POSTGRES_PASSWORD" not in str(service)


def test_compose_opens_the_service_to_this_machine_only(
    compose: dict[str, Any],
) -> None:
    ports = [
        port
        for service in compose["services"].values()
        for port in service.get("ports", [])
    ]

    assert ports == ["127.0.0.1:8000:8000", "127.0.0.1:8080:8080"]
