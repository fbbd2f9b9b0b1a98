# SPDX-License-Identifier: EUPL-1.2
"""Mail that comes in: from octets to a decision, exactly once (calendar.md, section 6).

    polling / receive_mail ──► receiving ──► reading, answers, bounces   (what does it say)
                                   └──────► deciding                     (what do we do)

Everything in a mail is written by somebody else, perhaps to hurt: nothing is expanded, unpacked or fetched,
sizes are counted before anything is parsed, and what is not understood goes to a person.
"""
