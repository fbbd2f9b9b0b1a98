# SPDX-License-Identifier: EUPL-1.2
import multiprocessing
import socket

import pytest

from tjc.demo import preflight
from tjc.demo.preflight import DemoRefusedError


@pytest.fixture
def busy_port():
    """A port that somebody listens on; the next one is free."""
    for _ in range(50):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            if port < 65535 and preflight.is_free(port + 1):
                yield port
                return
    pytest.fail("no port with a free neighbour")


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "80 00", "８０００", "8000.0"])
def test_a_wrong_port_is_refused_in_one_sentence(text):
    with pytest.raises(DemoRefusedError) as refused:
        preflight.port_from(text)
    assert str(refused.value) == f"PORT={text} kan niet: kies een getal van 1 tot en met 65535."
    assert refused.value.code == 2


def test_a_taken_port_names_the_next_free_one(busy_port):
    with pytest.raises(DemoRefusedError) as refused:
        preflight.check_port(busy_port)
    assert str(refused.value) == (
        f"Poort {busy_port} is bezet: start met PORT={busy_port + 1} make demo."
    )
    assert refused.value.code == 3


def test_a_port_is_free_again_after_its_listener(busy_port):
    assert preflight.is_free(busy_port) is False
    assert preflight.is_free(busy_port + 1) is True


def test_the_folder_is_made(tmp_path):
    preflight.check_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused_in_one_sentence(tmp_path):
    # Also refused to root, who may write everywhere else.
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DemoRefusedError) as refused:
        preflight.check_folder(tmp_path / "file" / "var")
    assert str(refused.value) == (
        f"In {tmp_path}/file/var mag niet geschreven worden (Not a directory): "
        "kies een andere map met TJC_VAR=/pad/naar/map make demo."
    )


def _hold(folder, started, finish):
    with preflight.only_demo_in(folder):
        started.set()
        finish.wait(20)


def test_only_one_demo_per_folder(tmp_path):
    context = multiprocessing.get_context("spawn")
    started, finish = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, started, finish))
    other.start()
    assert started.wait(20)
    with pytest.raises(DemoRefusedError) as refused, preflight.only_demo_in(tmp_path):
        pytest.fail("two demos in one folder")
    assert str(refused.value).startswith(f"Er draait al een demo met de gegevens in {tmp_path}:")
    finish.set()
    other.join()
    with preflight.only_demo_in(tmp_path):
        pass
