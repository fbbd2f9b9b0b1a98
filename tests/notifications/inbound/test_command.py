# SPDX-License-Identifier: EUPL-1.2
"""manage.py receive_mail, the lease, and IMAP_URL."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from notifications import tasks
from notifications.inbound import polling
from notifications.inbound.lease import one_at_a_time
from notifications.models import InboundMessage
from tests.notifications.inbound import shapes
from tests.notifications.inbound.conftest import GONE, UNTOUCHED
from tjc.settings import env


def run(*files):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("receive_mail", *map(str, files), stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue().splitlines(), err.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), err.getvalue().splitlines(), ""


def test_files_take_the_same_path_and_each_gives_one_line(world, tmp_path):
    yes, no, vague = (tmp_path / name for name in ("ja.eml", "nee.eml", "vaag.eml"))
    yes.write_bytes(shapes.google(world.envelope.but(name="a")))
    later = world.envelope.but(name="b", stamp="20261010T091000Z")
    no.write_bytes(shapes.declined(later))
    vague.write_bytes(shapes.free_text(world.envelope.but(name="c")))
    assert run(yes, no, vague, yes) == (
        [
            f"{yes}: Komt",
            f"{no}: Komt niet",
            f"{vague}: Wacht op een mens: Een bericht van een mens",
            f"{yes}: Eerder verwerkt: Komt",
        ],
        [],
        "",
    )
    assert world.state == GONE


def test_a_file_that_cannot_be_read_is_one_sentence_and_the_others_go_on(world, tmp_path):
    gone, folder, good = tmp_path / "weg.eml", tmp_path, tmp_path / "nee.eml"
    good.write_bytes(shapes.declined(world.envelope))
    out, err, said = run(gone, folder, good)
    assert out == [f"{good}: Komt niet"]
    assert err == [
        f"{gone}: dit bestand is niet te lezen (No such file or directory).",
        f"{folder}: dit bestand is niet te lezen (Is a directory).",
    ]
    assert said == "2 bestanden waren niet te lezen."
    assert world.state == GONE


def test_an_enormous_file_is_not_read_whole(world, tmp_path):
    huge = tmp_path / "groot.eml"
    with huge.open("wb") as file:
        file.write(shapes.declined(world.envelope))
        file.truncate(3 * 1024**3)
    assert run(huge) == ([f"{huge}: Wacht op een mens: Te groot om te lezen"], [], "")
    assert world.state == UNTOUCHED


def test_one_poll_at_a_time(db, clock_in_summer):
    with one_at_a_time("imap", seconds=60) as first:
        assert first.keep()
        with one_at_a_time("imap", seconds=60) as second:
            assert second is None
        tally = polling.poll({})  # never reaches the server
        assert (tally.handled, tally.trouble) == (0, "een ander is al bezig")
        clock_in_summer.shift(dt.timedelta(seconds=61))  # the first one hangs
        with one_at_a_time("imap", seconds=60) as third:
            assert third.keep()
            assert not first.keep()
    with one_at_a_time("imap", seconds=60) as next_one:
        assert next_one is not None


def test_without_imap_url_nothing_is_polled(db, settings):
    settings.IMAP = None
    assert tasks.receive_mail() == 0
    assert InboundMessage.objects.count() == 0


def test_a_server_that_is_not_there_is_one_line_in_the_log_without_the_password(db, caplog):
    box = {"host": "127.0.0.1", "port": 1, "user": "u", "password": "geheim", "folder": "INBOX"}
    tally = polling.poll(box)
    assert tally.trouble.startswith("IMAP: ConnectionRefusedError")
    assert "geheim" not in caplog.text
    with one_at_a_time("imap", seconds=60) as free:
        assert free is not None


def test_imap_url_in_full(monkeypatch):
    monkeypatch.setenv("IMAP_URL", "imaps://post%40tjc.nl:ge%3Aheim@mail.tjc.nl/Post%20in")
    assert env.imap("IMAP_URL") == {
        "host": "mail.tjc.nl",
        "port": 993,
        "user": "post@tjc.nl",
        "password": "ge:heim",
        "folder": "Post in",
    }
    monkeypatch.delenv("IMAP_URL")
    assert env.imap("IMAP_URL") is None


@pytest.mark.parametrize(
    "value",
    [
        "imap://u:p@h/INBOX",
        "imaps://h/INBOX",
        "imaps://u:p@h",
        "imaps://u:p@h/",
        "imaps://u@h/INBOX",
        "imaps://u:p@h/INBOX?x=1",
        "imaps://u:p@/INBOX",
        "INBOX",
    ],
)
def test_a_wrong_imap_url_is_one_sentence_without_the_value(value, monkeypatch):
    monkeypatch.setenv("IMAP_URL", value)
    with pytest.raises(ImproperlyConfigured) as caught:
        env.imap("IMAP_URL")
    assert str(caught.value) == (
        "IMAP_URL must look like imaps://user:password@host:993/INBOX; percent-encode signs in user, "
        "password and folder."
    )
