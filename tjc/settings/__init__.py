# SPDX-License-Identifier: EUPL-1.2
"""Settings, all from the environment: ``production`` is the default, ``demo`` and ``test`` build on ``base``."""
