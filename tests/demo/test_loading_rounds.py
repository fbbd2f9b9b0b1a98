# SPDX-License-Identifier: EUPL-1.2
"""The demo has a round that was released, and one before it to compare with."""

import uuid
from unittest import mock

import pytest

from base import clock
from matching.domain import round_work, rounds
from matching.models import KnowledgeRequest, Match, MatchRun, TrainerProfile, Vector
from matching.ranking import encoding, index
from tests.factories import national_coordinator
from tjc.demo.loading.rounds import tonight


@pytest.fixture(scope="module", autouse=True)
def _every_text_is_read_once():
    """Not once a test: the language model takes half a minute for the whole demo."""
    known, plain = {}, encoding.MeaningEncoder.encode_passages

    def passages(self, texts):
        new = [text for text in texts if text not in known]
        known.update(zip(new, plain(self, new), strict=True))
        return encoding.np.array([known[text] for text in texts])

    with mock.patch.object(encoding.MeaningEncoder, "encode_passages", passages):
        yield


def test_two_released_rounds_lie_behind(loaded) -> None:
    last, earlier = MatchRun.objects.all()
    assert {run.state for run in (last, earlier)} == {"released"}
    assert earlier.started_at < last.started_at < last.released_at < clock.now()
    assert rounds.before(last) == earlier
    assert last.figures["sessions"] == last.matches.count() > earlier.figures["sessions"] > 0
    assert set(last.matches.values_list("origin", flat=True)) == {Match.Origin.ROUND}
    assert last.figures["unmatched"] == {"all_busy": last.unmatched.count()}
    assert rounds.unfinished_releases() == []


def test_the_pages_of_rounds_have_something_to_show(loaded, client) -> None:
    client.force_login(national_coordinator())
    last = MatchRun.objects.first()
    shown = client.get(f"/coordinatie/matching/{last.public_id}/").content.decode()
    for match in last.matches.select_related("trainer"):
        assert match.trainer.name in shown
    assert client.get("/coordinatie/kennis/").status_code == 200


def test_questions_of_three_organisations_became_one_session(loaded, client) -> None:
    """And whoever came along is offered a seat."""
    last = MatchRun.objects.first()
    assert (last.figures["bundles"], last.figures["bundled"]) == (1, 3)
    lead = last.matches.filter(request__followers__isnull=False).distinct().get().request
    along = list(lead.followers.select_related("asker"))
    assert {row.session for row in along} == {lead.session}
    assert len({row.organisation for row in (lead, *along)}) == 3
    client.force_login(national_coordinator())
    shown = client.get(f"/coordinatie/matching/{last.public_id}/").content.decode()
    assert "Samen met 2 vragen die erop lijken" in shown
    client.force_login(along[0].asker)
    assert "Er is een bijeenkomst voor je vraag" in (
        client.get(along[0].get_absolute_url()).content.decode()
    )


NEVER = "Hoe bereik ik bewoners die nooit komen?"
FAMILIES = "Hoe krijg ik jongeren en gezinnen naar een bewonersavond?"
FORM = "Welke werkvorm trekt gezinnen en jongeren naar de wijkavond?"


def test_the_round_of_tonight_makes_one_session_of_three_organisations(loaded, client) -> None:
    """And who asks what to do with a journalist's request meets a trainer of the Woo, a word that nobody said."""
    pytest.importorskip("ortools")
    if index.ranker().model is None:
        pytest.skip("questions are bundled by meaning, and the language model is not here")
    tonight()
    done = round_work.carry_out(rounds.claim(MatchRun.objects.get(state="running").pk))
    together = done.matches.filter(request__title__in=(NEVER, FAMILIES, FORM))
    lead = together.get(lead__isnull=True)
    assert {row.trainer for row in together} == {lead.trainer}
    assert {row.lead for row in together} == {lead, None}
    assert len({row.request.organisation for row in together}) == 3
    client.force_login(national_coordinator())
    shown = client.get(f"/coordinatie/matching/{done.public_id}/").content.decode()
    assert "Samen met 2 vragen die erop lijken" in shown

    journalist = KnowledgeRequest.objects.get(title__startswith="Een journalist vraagt")
    assert "woo" not in f"{journalist.title} {journalist.text}".lower().split()
    pool = index.index_of(Vector.Kind.TRAINER)
    pool.refresh()
    first = pool.rank(pool.ranker.query(journalist.text, journalist.title), 4)
    headlines = TrainerProfile.objects.filter(person__in=[one.trainer for one in first])
    assert "Woo-verzoeken van binnenkomst tot besluit" in headlines.values_list(
        "headline", flat=True
    )


LONG = "Hoe maak ik een lange nota kort en leesbaar?"
SIXTY = "Hoe kort ik een rapport van zestig bladzijden in tot vijf?"
#: Like SIXTY too, but of the demo's trainers nobody fits it: a bundle that it leads falls apart.
FORTY = "Veertig bladzijden terugbrengen tot vier"


@pytest.mark.parametrize("titles", [(LONG, SIXTY, FORTY), (FORTY, SIXTY, LONG)])
def test_a_real_round_is_asked_for_and_the_questions_that_are_alike_go_together(
    loaded, titles
) -> None:
    """Whichever of them has the lowest random key, which decides between questions that weigh the same."""
    pytest.importorskip("ortools")
    for number, title in enumerate(titles):
        question = KnowledgeRequest.objects.filter(title=title)
        assert question.update(public_id=uuid.UUID(int=number)) == 1
    tonight()
    run = rounds.claim(MatchRun.objects.get(state="running").pk)
    done = round_work.carry_out(run)
    assert done.state == "ready"
    if index.ranker().model is None:
        pytest.skip("questions are bundled by meaning, and the language model is not here")
    assert done.figures["bundles"] >= 1
    along = done.matches.filter(lead__isnull=False).select_related("request", "lead__request")
    assert (LONG, SIXTY) in {(row.lead.request.title, row.request.title) for row in along}
    assert {row.trainer_id == row.lead.trainer_id for row in along} == {True}
    assert {row.request.organisation_id for row in along}.isdisjoint(
        {row.lead.request.organisation_id for row in along}
    )
