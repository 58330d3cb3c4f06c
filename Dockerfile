# One image for the web, the worker and the beat: built in one stage, served without a compiler in the other, never as root.
ARG PYTHON_IMAGE=python:3.13.14-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /portal
COPY requirements.lock .
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r requirements.lock
COPY . .
RUN /venv/bin/python -m babel.messages.frontend compile -d locale -D django \
    && SECRET_KEY=of-the-build-alone-and-never-of-a-portal DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost/0 \
       /venv/bin/python manage.py collectstatic --noinput

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --home-dir /portal --shell /usr/sbin/nologin portal \
    && mkdir -p /var/lib/portal/media && chown -R portal /var/lib/portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=sohosolo.settings \
    STATE_DIR=/var/lib/portal MEDIA_ROOT=/var/lib/portal/media
WORKDIR /portal
COPY --from=build /venv /venv
COPY --from=build /portal /portal
USER 10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "sohosolo.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--access-logfile", "-", "--no-control-socket"]
