# SPDX-License-Identifier: EUPL-1.2
"""How gunicorn serves: ``gunicorn -c deploy/gunicorn.conf.py tjc.wsgi``. See docs/operations.md."""

import os

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Above the slowest page, below the proxy's own limit.
# The proxy in front opens a connection for every request: one that stays open belongs to one worker, and while that one
# is busy the other would stand idle.
keepalive = 0
timeout = 30
graceful_timeout = 30
# A worker is replaced now and then, not all at once: a small leak never becomes a big one.
max_requests = 5000
max_requests_jitter = 500
# Heartbeat files in memory: on a busy disk a worker can look dead (docs.gunicorn.org, FAQ).
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
control_socket_disable = True
# No access log here: it would hold addresses of visitors. The proxy has one, with its own retention.
accesslog = None
errorlog = "-"
