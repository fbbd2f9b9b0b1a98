# SPDX-License-Identifier: EUPL-1.2
"""Who can teach what is asked: texts in, an order with reasons out.

``encoding`` to ``ranker`` know no database; ``index``, ``store`` and ``shortlist`` bring it to the product.
"""
