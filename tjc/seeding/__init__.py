# SPDX-License-Identifier: EUPL-1.2
"""Synthetic volume for trials and benchmarks (``manage.py seed``).

It fills tables of several rooms at once, so it lives in the shell. Unlike tjc.demo it is there in
production too: that is where one wants to know what a hundred thousand registrations do. Nothing it makes
can reach anybody: rows are written in bulk (no signals, so no mails are owed) and every address ends in
``.example``, a name that exists nowhere (RFC 2606).
"""
