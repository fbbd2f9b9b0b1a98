# SPDX-License-Identifier: EUPL-1.2
"""manage.py rank: files in, TREC lines out, and a clear word about a record that is wrong."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

TRAINERS = [
    {"id": "t1", "expertise": "Archivaris", "courses": []},
    {
        "id": "t2",
        "expertise": "Controller",
        "courses": [{"title": "Excel draaitabellen", "description": "Lange lijsten samenvatten."}],
        "organisation": "Gemeente Voorbeeld",
        "languages": ["nl"],
        "online_ok": True,
    },
    {"id": "t3", "expertise": "Woo-jurist", "courses": [{"title": "Wet open overheid"}]},
]


def written(path: Path, rows: list[Any]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def ranked(tmp_path: Path, requests: list[Any], *options: str, **more: Any) -> list[list[str]]:
    output = tmp_path / "run.txt"
    call_command(
        "rank",
        "--letters",
        *options,
        trainers=written(tmp_path / "t.jsonl", more.pop("trainers", TRAINERS)),
        requests=written(tmp_path / "r.jsonl", requests),
        output=output,
        verbosity=0,
        **more,
    )
    return [line.split() for line in output.read_text(encoding="utf-8").splitlines()]


def test_lines_are_those_of_trec(tmp_path: Path) -> None:
    lines = ranked(tmp_path, [{"id": "q1", "text": "Draaitabellen in Excel?"}], depth=2)

    assert [line[:4] + line[5:] for line in lines] == [
        ["q1", "Q0", "t2", "1", "tjc"],
        ["q1", "Q0", lines[1][2], "2", "tjc"],
    ]
    assert float(lines[0][4]) > float(lines[1][4])


def test_abbreviation_finds_its_full_name(tmp_path: Path) -> None:
    lines = ranked(tmp_path, [{"id": "q1", "text": "Help, er ligt een Woo-verzoek."}])
    assert lines[0][2] == "t3"


def test_title_counts_too(tmp_path: Path) -> None:
    lines = ranked(
        tmp_path, [{"id": "q1", "title": "Draaitabellen", "text": "Hoe werkt dat precies?"}]
    )
    assert lines[0][2] == "t2"


def test_same_files_give_the_same_run(tmp_path: Path) -> None:
    requests = [{"id": "q1", "text": "lijsten"}, {"id": "q2", "text": "archief"}]
    assert ranked(tmp_path, requests) == ranked(tmp_path, requests)


def test_request_without_words_gets_no_lines(tmp_path: Path) -> None:
    lines = ranked(tmp_path, [{"id": "q1", "text": "🙂"}, {"id": "q2", "text": "archief"}])
    assert {line[0] for line in lines} == {"q2"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("{", "line 2: no JSON"),
        ('"text"', "line 2: is no object"),
        ('{"text": "x"}', "line 2: “id” is missing"),
        ('{"id": "a b", "text": "x"}', "line 2: “id” is missing, or has a space"),
        ('{"id": "q2"}', "line 2: “text” is missing"),
        ('{"id": "q2", "text": 3}', "line 2: “text” is no text"),
        ('{"id": "q1", "text": "y"}', "“q1” is there twice"),
        ('{"id": 1.5, "text": "y"}', "line 2: “id” is missing"),
        ('{"id": true, "text": "y"}', "line 2: “id” is missing"),
        ('{"id": "\\ud83d", "text": "y"}', "line 2: “id” has half a character"),
        ('{"id": ' + "9" * 5000 + ', "text": "y"}', "line 2: cannot be read"),
        ("[" * 200_000, "line 2: cannot be read"),
        ('{"id": "q2", "text": ["y"]}', "line 2: “text” is no text"),
    ],
)
def test_wrong_request_is_told_with_its_line(tmp_path: Path, wrong: str, sentence: str) -> None:
    trainers = written(tmp_path / "t.jsonl", TRAINERS)
    requests = tmp_path / "r.jsonl"
    requests.write_text('{"id": "q1", "text": "x"}\n' + wrong + "\n", encoding="utf-8")
    output = tmp_path / "run.txt"

    with pytest.raises(CommandError) as refused:
        call_command("rank", "--letters", trainers=trainers, requests=requests, output=output)

    assert sentence in str(refused.value)
    assert not output.exists()


def test_what_is_missing_empty_or_unknown_is_no_obstacle(tmp_path: Path) -> None:
    trainers = [
        {"id": 7},
        {"id": "8", "expertise": None, "courses": None, "examples": None, "rating": 9.5},
        {"id": "9", "courses": [{}, {"title": "Excel", "description": None, "hours": 2}]},
    ]
    requests = [
        {"id": 1, "text": "Excel", "title": None, "lang": "nl", "deadline": ["morgen"]},
        {"id": 2, "text": ""},
    ]
    lines = ranked(tmp_path, requests, trainers=trainers)
    assert {line[0] for line in lines} == {"1"}
    assert next(line[2] for line in lines) == "9"
    assert {line[2] for line in lines} == {"7", "8", "9"}
    assert ranked(tmp_path, requests, trainers=[]) == []
    assert ranked(tmp_path, []) == []


@pytest.mark.parametrize(
    "piece",
    ["Excel ", "(http://", "a.", "\ud83d", "😀", "\0", "Woo-", "ééé", "[](", "\n"],
    ids=ascii,
)
def test_a_text_of_a_million_characters_takes_no_minutes(tmp_path: Path, piece: str) -> None:
    huge = "Draaitabellen in Excel. " + piece * (1_000_000 // len(piece))
    began = time.process_time()
    lines = ranked(
        tmp_path,
        [{"id": "q1", "text": huge, "title": huge}],
        trainers=[
            *TRAINERS,
            {"id": "t4", "expertise": huge, "courses": [{"title": huge, "description": huge}] * 3},
        ],
    )
    assert len(lines) == 4
    assert time.process_time() - began < 10


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"PK\x03\x04\x00", b"\x00\x01"], ids=repr)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    trainers = tmp_path / "t.jsonl"
    trainers.write_bytes(content)
    with pytest.raises(CommandError, match=r"no JSON|no UTF-8"):
        call_command("rank", trainers=trainers, requests=trainers, output=tmp_path / "run.txt")


@pytest.mark.parametrize(
    ("courses", "sentence"),
    [("Excel", "“courses” is no list"), ([1], "“courses” is no list"), ([{"title": 1}], "“title”")],
)
def test_wrong_trainer_is_told(tmp_path: Path, courses: Any, sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        ranked(tmp_path, [], trainers=[{"id": "t1", "courses": courses}])
    assert "line 1" in str(refused.value)
    assert sentence in str(refused.value)


def test_missing_file_and_wrong_depth_are_told(tmp_path: Path) -> None:
    trainers = written(tmp_path / "t.jsonl", TRAINERS)
    with pytest.raises(CommandError, match="nergens"):
        call_command(
            "rank", trainers=trainers, requests=tmp_path / "nergens", output=tmp_path / "x"
        )
    with pytest.raises(CommandError, match="depth"):
        call_command("rank", trainers=trainers, requests=trainers, output=tmp_path / "x", depth=0)
