# SPDX-License-Identifier: EUPL-1.2
"""Who is asked for what: pure functions over candidate pairs, without a database.

Only the matching worker and the round's own commands import this package: it needs numpy, and ``flow.solve``
loads OR-Tools at the moment it is called.
"""
