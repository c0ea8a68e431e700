"""`server.toml`: what it may say, and every fault of one at once, with the cure."""

from pathlib import Path

import pytest

from publishing.errors import ServerError
from publishing.model import Smoke
from publishing.settings import default_text, parse_settings, read_settings

FILE = Path("/srv/atogaki/server.toml")


def text(**lines):
    """A file with good values, and what a test puts in their place."""
    values = {"name": '"atogaki"', "web": 'names = ["columns.example"]'} | lines
    return f"name = {values.pop('name')}\n" + "".join(
        f"[{table}]\n{lines}\n" for table, lines in values.items()
    )


def faults(given):
    with pytest.raises(ServerError) as caught:
        parse_settings(FILE, given)
    return [line.removeprefix(f"{FILE}: ") for line in str(caught.value).splitlines()]


def test_what_a_new_server_says_is_what_it_is_asked_for():
    settings = parse_settings(FILE, default_text(FILE.parent, "atogaki", "columns.example"))
    assert settings == parse_settings(FILE, text())
    assert settings.smoke == Smoke(url="http://127.0.0.1:8079/", host="columns.example")
    assert settings.certificate == "/etc/letsencrypt/live/columns.example/fullchain.pem"


def test_without_a_loopback_no_release_is_examined():
    assert parse_settings(FILE, text(web='names = ["x"]\nloopback = ""')).smoke is None


_NO_HOST = "is no host name; write columns.example"
_NO_LISTEN = 'is no port or address; write "80" or "[::]:80"'
_NO_LOOPBACK = 'is no address of this machine; write 127.0.0.1:8079, or ""'
_NO_PATH = "is no absolute path; letters, digits and /._@+- only"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (text(name='"My site"'), 'name: "My site" is no name; write atogaki or my-site'),
        (text(web='names = ["a b"]'), f'web.names[0]: "a b" {_NO_HOST}'),
        (text(web='names = ["x;}"]'), f'web.names[0]: "x;}}" {_NO_HOST}'),
        (text(web='names = ["-x"]'), f'web.names[0]: "-x" {_NO_HOST}'),
        (text(web="names = []"), "web.names: is empty; write at least one"),
        (text(web='names = ["x"]\nlisten = ["80;"]'), f'web.listen[0]: "80;" {_NO_LISTEN}'),
        (text(web='names = ["x"]\nlisten = ["host:80"]'), f'web.listen[0]: "host:80" {_NO_LISTEN}'),
        (text(web='names = ["x"]\nloopback = "0.0.0.0:80"'),
         f'web.loopback: "0.0.0.0:80" {_NO_LOOPBACK}'),
        (text(web='names = ["x"]\nnewsletter = "mail.example:80"'),
         f'web.newsletter: "mail.example:80" {_NO_LOOPBACK}'),
        (text(tls='key = "key.pem"'), f'tls.key: "key.pem" {_NO_PATH}'),
        (text(tls='key = "/a\\";"'), f'tls.key: "/a";" {_NO_PATH}'),
        (text(tls="hsts_seconds = -1"), "tls.hsts_seconds: Input should be greater than or equal"
         " to 0"),
        (text(build="seconds = 0"), "build.seconds: Input should be greater than or equal to 1"),
        (text(build="push_mb = 0"), "build.push_mb: Input should be greater than or equal to 1"),
        (text(build="memory = 5"), "build.memory: Extra inputs are not permitted"),
        (text(wbe="x = 1"), "wbe: Extra inputs are not permitted"),
        ("name = \n", "Invalid value (at line 1, column 8)"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_the_cure(given, fault):
    assert [fault] == faults(given)


def test_all_faults_are_said_at_once():
    assert len(faults(text(name='"A"', web='names = ["a b"]', build="seconds = 0"))) == 3


def test_a_missing_file_says_what_writes_it(tmp_path):
    with pytest.raises(
        ServerError, match=r"server\.toml: is missing; invoke server-install writes"
    ):
        read_settings(tmp_path / "server.toml")
