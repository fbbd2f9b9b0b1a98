# SPDX-License-Identifier: EUPL-1.2
"""What this room tells the others, inside the transaction of the change. Receivers must not do I/O.

Sender is the model class; arguments are keyword-only.
"""

from django.dispatch import Signal

#: match: now ASKED; its trainer gets the question.
request_asked = Signal()
#: match: ACCEPTED or DECLINED; previous: its state before. The asker is told.
match_answered = Signal()
#: match: now EXPIRED, five working days without an answer. The asker may ask the next.
match_unanswered = Signal()
#: match: WITHDRAWN while it was ASKED or ACCEPTED; previous: its state before; by: Person, or None when
#: another trainer was first. Its trainer need do nothing any more.
match_withdrawn = Signal()
#: match: PROPOSED with origin OFFER; its trainer offers help, the asker is told.
help_offered = Signal()
#: match: its trainer named dates (``match.options``) for the first time or anew; the asker picks. again=True:
#: the asker did not pick yet, one reminder.
dates_offered = Signal()
#: match: its trainer said yes and named no dates that are still to come; one reminder.
dates_awaited = Signal()
#: request, course, session: a session was made from the question. supporters: people who said "ik ook"
#: and are offered a seat first. bundled=True: made for another question that a round bundled with this one,
#: so the asker did not pick the date and is offered a seat too.
request_planned = Signal()
#: request: closes soon unless the asker says otherwise (nudge).
request_expiring = Signal()
#: request: somebody else now asks the same; support: the new row.
request_supported = Signal()
#: call; request; receivers: people who may know somebody (or can help themselves).
call_sent = Signal()
#: nomination: somebody was pointed out and gets a mail.
nomination_made = Signal()
#: nomination: no answer yet; one reminder, never more.
nomination_reminded = Signal()
#: nomination: ACCEPTED or DECLINED; the nominator is told.
nomination_answered = Signal()
#: run; requests: those whose trainer the round asked just now (matches ASKED, origin ROUND; ``request_asked``
#: went before, once per match), then those that were bundled with it (``follows``). The askers are told.
round_released = Signal()
#: profile: its text, themes or state changed (vectors are made anew). Also sent when it is new.
profile_changed = Signal()
#: request: its text changed, or it is new.
request_changed = Signal()
#: ids: keys of nominations whose name, address and reason are gone.
nominations_erased = Signal()
