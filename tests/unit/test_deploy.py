"""What an operator installs: the service unit holds, and the container's files name what exists."""

import re
import subprocess

import yaml

from bot.settings import PROJECT

DEPLOY = PROJECT / "deploy"


def test_systemd_takes_the_unit_as_it_is(tmp_path):
    unit = tmp_path / "hulpchat.service"
    text = (DEPLOY / "hulpchat.service").read_text()
    unit.write_text(text.replace("/opt/hulpchat", str(PROJECT)))  # the paths must exist to be checked
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_listens_where_compose_looks_and_keeps_its_files_to_itself():
    (service,) = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"].values()
    assert service["ports"] == ["127.0.0.1:5005:5005"]
    assert service["read_only"] is True
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_what_the_container_copies_exists_and_settings_stay_out():
    lines = (DEPLOY / "Dockerfile").read_text()
    for source in re.findall(r"^COPY (?!--from)(\S+) ", lines, re.M):
        assert (PROJECT / source).exists(), source
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {".env", ".git", "models", "var"} <= set(ignored)
