# SPDX-License-Identifier: EUPL-1.2
"""What this room tells the others, inside the transaction of the change. Receivers must not do I/O.

Sender is the model class; arguments are keyword-only.
"""

from django.dispatch import Signal

#: person, email, code, language ("nl"|"en"), browser: mail this code to this address, and nothing else. The
#: code is a secret: never log it, never store it readable. It replaces the code that the same ``browser`` (a
#: random name of its session) asked before, and nobody else's.
signin_code_requested = Signal()
#: person, email, code, language, browser: the same for a new work address; the code goes to that address.
address_code_requested = Signal()
#: person: typed a code for the first time, so the address is theirs.
person_verified = Signal()
#: person, organisation, by: a coordinator says this person works there.
organisation_confirmed = Signal()
#: person, organisation (the one that was refused; no longer the person's), by.
organisation_rejected = Signal()
#: access_request: somebody asks to coordinate an organisation.
access_requested = Signal()
#: access_request: granted (the role exists) or refused. Its status says which.
access_granted = Signal()
access_refused = Signal()
#: person: asked to be erased; name, address and roles are gone, the row follows when the last mails left.
person_erased = Signal()
#: person: has another work address; previous: the old one.
email_changed = Signal()
