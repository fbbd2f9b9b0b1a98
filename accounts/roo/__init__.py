# SPDX-License-Identifier: EUPL-1.2
"""Reads the Register van Overheidsorganisaties (ROO): the official XML export and our CSV columns.

Turns outside data into records; accounts.domain.importing decides what they change. People that the export
holds (functies, medewerkers) are never read.
"""
