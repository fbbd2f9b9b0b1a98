# SPDX-License-Identifier: EUPL-1.2
"""The file broker under readers that look at every moment. The control shows what kombu's own does."""

import threading
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from tjc import broker

MESSAGES = 400


@pytest.fixture
def options(tmp_path):
    folders = {name: tmp_path / name for name in ("queue", "processed", "control")}
    for folder in folders.values():
        folder.mkdir()
    return {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "processed_folder": str(folders["processed"]),
        "control_folder": str(folders["control"]),
        "store_processed": False,
    }


def race(transport, options):
    """One writer, one reader that never rests; the numbers read and the errors the reader met."""
    done = threading.Event()
    read, errors = [], []
    with (
        Connection(transport=transport, transport_options=options) as one,
        Connection(transport=transport, transport_options=options) as other,
    ):
        writer, reader = one.channel(), other.channel()

        def look():
            while True:
                finished = done.is_set()
                try:
                    read.append(reader._get("default")["n"])
                except Empty:
                    if finished:
                        return
                except ValueError as error:
                    errors.append(error)

        thread = threading.Thread(target=look)
        thread.start()
        for number in range(MESSAGES):
            writer._put("default", {"n": number, "padding": "x" * 2000})
        done.set()
        thread.join(30)
    return read, errors


def test_no_message_is_read_before_it_is_whole(options):
    read, errors = race(broker.Transport, options)
    assert (sorted(read), errors) == (list(range(MESSAGES)), [])


def test_control_a_half_written_message_breaks_the_reader(options):
    """What a reader meets between kombu's opening and filling of a message, played in slow motion."""
    with Connection(transport=filesystem.Transport, transport_options=options) as connection:
        channel = connection.channel()
        channel._put("default", {"n": 1})
        (message,) = Path(options["data_folder_in"]).iterdir()
        message.write_bytes(b"")
        with pytest.raises(ValueError, match="Expecting value"):
            channel._get("default")


def test_worker_of_the_product_uses_it(settings):
    assert Connection(settings.CELERY_BROKER_URL).transport_cls in {broker.SCHEME, "redis"}
