# SPDX-License-Identifier: EUPL-1.2
"""What this room tells the others, inside the transaction of the change. Receivers must not do I/O.

Sender is the model class; arguments are keyword-only.
"""

from django.dispatch import Signal

#: person, email, code, language ("nl"|"en"): mail this code to this address, and nothing else. The code is
#: a secret: never log it, never store it readable.
signin_code_requested = Signal()
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
#: person: has another work address; previous: the old one.
email_changed = Signal()
