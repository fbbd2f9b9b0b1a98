# SPDX-License-Identifier: EUPL-1.2
"""The catalogues of locale/: finding the strings, keeping the .po files complete, compiling them.

Nothing here needs the GNU gettext programs. docs/translating.md tells how to add a string.
"""
