# SPDX-License-Identifier: EUPL-1.2
import os

# Before anything imports numpy: its second thread waits by turning round. On a busy machine one question among
# 100,000 profiles took 127 ms of processor time with it and 68 without, and a round was no faster (docs/performance.md).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
