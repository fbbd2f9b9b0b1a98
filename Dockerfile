# SPDX-License-Identifier: EUPL-1.2
# Three stages: the front end (node), the environment (pip, with hashes), and what runs (neither of them).

FROM node:22-bookworm-slim AS frontend
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY base/frontend base/frontend
RUN npm run build

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PATH=/opt/venv/bin:$PATH
RUN python -m venv /opt/venv
# LOCK=base makes a smaller image for web processes alone: no ranking by meaning, no spreadsheets, no PDF.
ARG LOCK=full
COPY requirements/base.txt requirements/full.txt /tmp/
RUN pip install --require-hashes --only-binary :all: -r /tmp/${LOCK}.txt
WORKDIR /srv/tjc
COPY manage.py LICENSE publiccode.yml ./
COPY tjc tjc
COPY reach reach
COPY notifications notifications
COPY matching matching
COPY courses courses
COPY accounts accounts
COPY base base
COPY deploy deploy
COPY locale locale
COPY --from=frontend /build/base/frontend/dist base/frontend/dist
RUN python base/frontend/share_image.py base/frontend/deel.svg base/frontend/dist/deel.png
# The key is thrown away: it only lets Django start. The broker address keeps it from making a folder.
RUN export SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
        DJANGO_SETTINGS_MODULE=tjc.settings.production CELERY_BROKER_URL=redis://build:6379/1 \
    && python manage.py compile_translations \
    && python manage.py collectstatic --noinput \
    && python -m compileall -q /srv/tjc /opt/venv \
    && mkdir -p var/media

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="TrainJeCollega" \
      org.opencontainers.image.description="Short free courses by and for civil servants" \
      org.opencontainers.image.licenses="EUPL-1.2"
ENV DJANGO_SETTINGS_MODULE=tjc.settings.production \
    PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TJC_VAR=/srv/tjc/var BIND=0.0.0.0 PORT=8000
RUN groupadd --system --gid 10001 tjc \
    && useradd --system --uid 10001 --gid tjc --home-dir /srv/tjc --shell /usr/sbin/nologin tjc
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/tjc /srv/tjc
# Only uploads may be written; code and static files belong to root.
RUN chown tjc:tjc /srv/tjc/var/media
WORKDIR /srv/tjc
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s --retries=3 \
    CMD ["python", "deploy/healthcheck.py", "web"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "tjc.wsgi"]
