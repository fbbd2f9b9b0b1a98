# SPDX-License-Identifier: EUPL-1.2
"""What this room tells the others. Every signal is sent inside the transaction of the change, so that a
receiver's rows commit or roll back with it. Receivers must not do I/O.

Sender is the model class; arguments are keyword-only.
"""

from django.dispatch import Signal

#: registration: now REGISTERED. promoted: came from the waiting list.
registration_confirmed = Signal()
#: registration: now WAITING.
registration_waiting = Signal()
#: registration: now CANCELLED. previous_state: State before. Its cancel_reason says why.
registration_cancelled = Signal()
#: registration: new REGISTERED row; previous: the cancelled one (reason MOVED). Sent instead of
#: confirmed + cancelled, so that one mail can say both.
registration_moved = Signal()
#: session; changes: {field: (old, new)} of starts_at, ends_at, location, online_url, format, title;
#: by: Person. Sent only for planned sessions that have not started.
session_changed = Signal()
#: session: now CANCELLED; registrations: those that were live (already CANCELLED, reason SESSION), with
#: previous_state set on each; by: Person. registration_cancelled is NOT sent for them.
session_cancelled = Signal()
#: session: planned in a published course (new date, or first publication); by: Person.
session_planned = Signal()
#: invitation: a TrainerInvitation, somebody is asked to give the course too.
trainer_invited = Signal()
#: course; person: gives the course too from now on; by: Person. Not sent for who starts a draft.
trainer_added = Signal()
#: course; person: gives the course no more; by: Person.
trainer_removed = Signal()
#: session: attendance was marked; registrations: those now ATTENDED for the first time.
attendance_marked = Signal()
#: edition; changed: names of the fields that have another value now.
edition_changed = Signal()
