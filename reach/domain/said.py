# SPDX-License-Identifier: EUPL-1.2
"""What colleagues said is told in batches: a mean of one mark more would tell that mark.

Of a part it is renewed when so many people more said something that they are a safe crowd by themselves; until then
what was told stays. Whoever subtracts what is told on two days, of whatever periods, gets the sums of such batches.
The same holds when a part is frozen: the last few, when they are too few, are never told. Kept with the sums of a part
(``ReachPart.sums``); never shown is who of how many organisations said it, which is in there for the next night.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from courses.models import Evaluation, Registration, Session
from reach.domain.parts import Counted, Crowds
from reach.domain.suppression import OWN, Crowd, Rules, without_whom

#: By figure: who answered, and what is told of it.
SAID = {
    "score": ("scored", ("score", "scores")),
    "recommend": ("recommended", ("recommends", "promoters", "detractors")),
    "would": ("would", ("would_answers", "would_yes")),
}
#: Marks by organisation: people who gave one, their sum and number.
MARKS = "marks"
Said = dict[str, Any]


def in_batches(counted: Counted, crowds: Crowds, before: Said, rules: Rules) -> None:
    """``before``: what was kept of this part the last time, or nothing."""
    kept: Said = {}
    for name, (split, keys) in SAID.items():
        earlier = before.get(name)
        crowd = crowds.splits.get(split)
        if name in counted.told and (earlier is None or _is_batch(crowd, earlier, rules)):
            kept[name] = {
                "people": crowd.people if crowd else 0,
                "by": {
                    str(pk): number
                    for pk, number in (crowd.by_organisation if crowd else {}).items()
                },
                "sums": {key: counted.total.get(key, 0) for key in keys},
            }
        elif earlier is not None:
            kept[name] = earlier
        counted.told.discard(name)
        if counted.is_open and name in kept:
            counted.told.add(name)
            counted.total |= kept[name]["sums"]
    kept[MARKS] = _marks(crowds, before.get(MARKS, {}))
    counted.said = kept


def marks(counted: Counted, organisation: int) -> list[int]:
    """Sum and number of what its own people gave, as far as it is told."""
    _people, total, number = counted.said.get(MARKS, {}).get(str(organisation), (0, 0, 0))
    return [total, number]


def _is_batch(crowd: Crowd | None, earlier: Said, rules: Rules) -> bool:
    if crowd is None:
        return False
    more = crowd.people - earlier["people"]
    organisations = {int(pk) for pk in earlier["by"]} | crowd.by_organisation.keys()
    known = {
        pk: crowd.by_organisation.get(pk, 0) - earlier["by"].get(str(pk), 0) for pk in organisations
    }
    return (
        more >= rules.threshold
        and min(known.values()) >= 0  # fewer than before: a correction, which is nobody's business
        and all(rest == 0 or rest >= rules.threshold for rest in without_whom(more, known, rules))
    )


def _marks(crowds: Crowds, before: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """The coordinator of an organisation knows its people by name, so of them the smaller threshold counts."""
    found = {pk: list(row) for pk, row in before.items()}
    scored = crowds.splits.get("scored")
    for pk, people in (scored.by_organisation if scored is not None else {}).items():
        if people - found.get(str(pk), [0])[0] >= OWN:
            found[str(pk)] = [people, *crowds.marks[pk]]
    return found


def marks_in_fives(sessions: QuerySet[Session]) -> dict[int, float]:
    """By session the mean of the first five marks, or ten, and so on: with each one more, two files of two days would
    tell what that one was."""
    given = Evaluation.objects.filter(
        registration__session__in=sessions, registration__state=Registration.State.ATTENDED
    )
    marks: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    told: dict[int, float] = {}
    for session, score in given.order_by("created_at", "pk").values_list(
        "registration__session", "score"
    ):
        sums = marks[session]
        sums[0] += score
        sums[1] += 1
        if sums[1] % OWN == 0:
            told[session] = sums[0] / sums[1]
    return told
