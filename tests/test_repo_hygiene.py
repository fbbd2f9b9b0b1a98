# SPDX-License-Identifier: EUPL-1.2
"""What a public codebase owes its readers: files, licence, honest documentation, no secrets."""

import hashlib
import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

from tjc import __version__

ROOT = Path(__file__).resolve().parent.parent
SOURCE = {".py", ".css", ".js", ".mjs"}
PUBLICCODE = yaml.safe_load((ROOT / "publiccode.yml").read_text())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@cache
def tracked():
    """Files of the repository; outside git (an unpacked archive) whatever lies there but what was built."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        names = [name for name in done.stdout.split("\0") if name]
    else:
        built = {".venv", "node_modules", "var", "dist", ".build", "__pycache__"}
        names = [
            str(path.relative_to(ROOT))
            for path in ROOT.rglob("*")
            if path.is_file() and not built & set(path.relative_to(ROOT).parts)
        ]
    return [ROOT / name for name in sorted(names) if (ROOT / name).is_file()]


@cache
def texts():
    found = {}
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw:
            found[str(path.relative_to(ROOT))] = raw.decode()
    return found


def source_files():
    return {name: text for name, text in texts().items() if Path(name).suffix in SOURCE}


def pages():
    return {name: text for name, text in texts().items() if name.endswith(".md")}


@pytest.mark.parametrize(
    "name",
    [
        "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "GOVERNANCE.md", "SECURITY.md",
        "CODE_OF_CONDUCT.md", "publiccode.yml", "Dockerfile", "docker-compose.yml", ".dockerignore",
        ".env.example", ".ci/run", "Makefile", "docs/architecture.md", "docs/operations.md",
        "docs/privacy.md", "docs/accessibility.md", "docs/standards.md", "docs/glossary.md",
        "docs/handleiding-coordinator.md", "docs/handleiding-trainer.md",
        "docs/decisions/0001-structure.md", "base/templates/base/README.md",
    ],
)  # fmt: skip
def test_a_reader_finds(name):
    assert (ROOT / name).stat().st_size > 100


def test_the_licence_is_the_whole_eupl_1_2():
    """Compared by its words, so that line breaks do not matter."""
    words = re.findall(r"[^\W_]+", (ROOT / "LICENSE").read_text())
    digest = hashlib.sha256(" ".join(words).lower().encode()).hexdigest()
    assert digest == "7718466afa7e13afafe2acc2edd2f73ac7fa41ee5a2982df3934dd1fc702940c"
    assert len(words) == 2239


def test_every_source_file_names_the_licence():
    without = [
        name
        for name, text in source_files().items()
        if "SPDX-License-Identifier: EUPL-1.2" not in "\n".join(text.splitlines()[:3])
        and text.strip()
        and "/migrations/" not in name
    ]
    assert without == []


def test_no_source_file_asks_to_be_two():
    """house style: 400 lines for a source file, 250 for views."""
    long = []
    for name, text in source_files().items():
        limit = 250 if re.search(r"(^|/)views(/|\.py)", name) else 400
        if name.startswith("tests/") or "/migrations/" in name:
            continue
        if len(text.splitlines()) > limit:
            long.append(name)
    assert long == []


def test_no_path_of_somebodys_machine():
    machine = re.compile(r"(?<![\w.])/(?:home|Users|root|work|tmp/tjc)/\w")
    found = [name for name, text in texts().items() if machine.search(text)]
    assert found == []


def test_lock_files_name_no_host():
    lock = texts()["package-lock.json"]
    assert lock.count('"resolved"') == 0
    assert re.findall(r"https?://[^\"]*registry", lock) == []
    requirements = {
        name: text for name, text in texts().items() if re.match(r"requirements/.*\.txt$", name)
    }
    assert sorted(requirements) == [
        "requirements/base.txt", "requirements/dev.txt", "requirements/frontend.txt",
        "requirements/full.txt",
    ]  # fmt: skip
    for text in requirements.values():
        assert re.findall(r"https?://|--index-url|--find-links|^-i ", text, re.MULTILINE) == []


def test_every_locked_package_has_a_hash():
    for name, text in texts().items():
        if re.match(r"requirements/.*\.txt$", name):
            packages = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
            hashed = re.findall(r"^[\w.\[\]-]+==[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE)
            assert len(packages) == len(hashed) > 0
    entries = json.loads(texts()["package-lock.json"])["packages"]
    assert [key for key, row in entries.items() if key and "integrity" not in row] == []


SECRETS = [
    r"-----BEGIN (?:RSA |EC |OPENSSH |)PRIVATE KEY-----",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bglpat-[\w-]{20}\b",
    r"\bxox[baprs]-[\w-]{10,}",
    r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.",
    r"://[\w.%-]+:(?!password|pass|p%|secret|geheim|wachtwoord)[\w%+/-]{12,}@",
]


@pytest.mark.parametrize("pattern", SECRETS)
def test_no_secret(pattern):
    found = [name for name, text in texts().items() if re.search(pattern, text)]
    assert found == []


def test_the_patterns_for_secrets_find_one():
    """Control: without it the test above proves nothing."""
    samples = [
        "-----BEGIN " + "PRIVATE KEY-----",
        "AKIA" + "A" * 16,
        "ghp_" + "a" * 36,
        "glpat-" + "a" * 20,
        "xoxb-" + "1" * 12,
        "eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + ".c",
        "smtp://user:" + "Zx81Qpw" * 3 + "@mail",
    ]
    assert [bool(re.search(*pair)) for pair in zip(SECRETS, samples, strict=True)] == [True] * 7


def test_no_environment_file_is_kept():
    assert [name for name in texts() if re.search(r"(^|/)\.env(?!\.example)", name)] == []


# Versions


def test_one_version_everywhere():
    frontend = json.loads((ROOT / "package.json").read_text())
    assert {
        __version__, PROJECT["version"], frontend["version"], PUBLICCODE["softwareVersion"],
    } == {__version__}  # fmt: skip
    assert PROJECT["license"] == frontend["license"] == PUBLICCODE["legal"]["license"] == "EUPL-1.2"


def test_the_changelog_tells_about_this_version():
    headings = re.findall(r"^## \[(.+?)\]", texts()["CHANGELOG.md"], re.MULTILINE)
    assert headings[0] == __version__


# publiccode.yml


def test_publiccode_says_what_the_standard_asks():
    assert set(PUBLICCODE) >= {
        "publiccodeYmlVersion", "name", "url", "softwareVersion", "platforms", "developmentStatus",
        "softwareType", "description", "legal", "maintenance", "localisation",
    }  # fmt: skip
    assert PUBLICCODE["softwareType"] == "standalone/web"
    assert PUBLICCODE["developmentStatus"] in {"concept", "development", "beta", "stable"}
    assert PUBLICCODE["platforms"] == ["web"]
    assert PUBLICCODE["maintenance"]["type"] == "internal"
    assert [sorted(row) for row in PUBLICCODE["maintenance"]["contacts"]] == [["email", "name"]]
    assert re.fullmatch(r"https://\S+", PUBLICCODE["url"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", PUBLICCODE["releaseDate"])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_publiccode_describes_itself_within_the_limits(language):
    description = PUBLICCODE["description"][language]
    assert 1 <= len(description["shortDescription"]) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert len(description["features"]) >= 1
    assert max(len(feature) for feature in description["features"]) <= 100


def test_publiccode_knows_the_languages_of_the_pages(settings):
    assert PUBLICCODE["localisation"] == {
        "localisationReady": True,
        "availableLanguages": [code for code, _name in settings.LANGUAGES],
    }


# Documentation tells the truth


def variables():
    """Every variable that settings, server and health check read."""
    read = set()
    for name, text in texts().items():
        if re.match(r"(tjc/settings|deploy)/.*\.py$", name):
            read |= set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', text))
            read |= set(re.findall(r'\benviron(?:\.\w+\(|\[)\s*[\'"]([A-Z_]+)[\'"]', text))
    return read


def test_operations_explains_every_variable_that_is_read():
    explained = set(re.findall(r"`([A-Z][A-Z_]+)`", texts()["docs/operations.md"]))
    assert len(variables()) > 20
    assert variables() - explained == set()


def test_operations_explains_no_variable_that_nobody_reads():
    table = texts()["docs/operations.md"].split("## Environment")[1].split("## Start")[0]
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    assert rows - variables() == {"DJANGO_SETTINGS_MODULE"}  # Django's own


def anchors(text):
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_inside_the_repository_leads_somewhere():
    broken = []
    for name, text in pages().items():
        prose = re.sub(r"^    .*$|`[^`]*`", "", text, flags=re.MULTILINE)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"[a-z]+:", target):
                continue
            path, _hash, anchor = target.partition("#")
            file = (ROOT / name).parent / path if path else ROOT / name
            if not file.exists() or (anchor and anchor not in anchors(file.read_text())):
                broken.append(f"{name}: {target}")
    assert broken == []


def test_every_make_target_in_the_documentation_exists():
    made = set(re.findall(r"^([a-z-]+):", texts()["Makefile"], re.MULTILINE))
    named = set()
    for text in pages().values():
        named |= set(re.findall(r"(?:`|    |=\d+ )make ([a-z-]+)", text))
    assert named - made == set()
    assert named >= {"demo", "test"}


def test_every_management_command_in_the_documentation_exists():
    commands = {
        Path(name).stem for name in texts() if re.search(r"/management/commands/\w+\.py$", name)
    }
    django = {"check", "migrate", "collectstatic", "createsuperuser"}
    named = set()
    for text in pages().values():
        named |= set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert named - commands - django == set()


def test_every_file_named_in_the_documentation_exists():
    """`accounts/roo/` and the like: a path in backticks is a promise."""
    rooms = "tjc|reach|notifications|matching|courses|accounts|base|tests|docs|deploy|requirements"
    missing = []
    for name, text in pages().items():
        if name.startswith("base/"):
            continue  # speaks of templates by their Django name
        paths = re.findall(rf"`((?:{rooms})/[\w./-]*)`", text)
        missing += [f"{name}: {path}" for path in paths if not (ROOT / path).exists()]
    assert missing == []


def test_glossary_names_models_that_exist():
    from django.apps import apps

    rooms = {"accounts", "courses", "notifications", "reach", "matching"}
    models = {model.__name__ for model in apps.get_models() if model._meta.app_label in rooms}
    rows = re.findall(r"^\| ([A-Z][A-Za-z]+)(?::| \|)", texts()["docs/glossary.md"], re.MULTILINE)
    assert set(rows) - models == set()


BANNED = ("middels", "indien", "teneinde", "reeds", "dienen te", "dient te", "inschrijv")


def test_dutch_texts_use_no_office_words():
    found = []
    for name, text in texts().items():
        if name.startswith("tests/"):
            continue
        if name.startswith("docs/handleiding") or "/templates/" in name:
            words = text.lower()
            found += [f"{name}: {word}" for word in BANNED if re.search(rf"\b{word}", words)]
    assert found == []


@pytest.mark.parametrize("room", ["accounts", "courses"])
def test_the_architecture_names_every_signal(room):
    signals = re.findall(
        r"^(\w+) = Signal\(\)", (ROOT / room / "signals.py").read_text(), re.MULTILINE
    )
    page = (ROOT / "docs" / "architecture.md").read_text()
    assert len(signals) >= 10
    assert [name for name in signals if f"`{name}`" not in page] == []
