# The first stage has the tools and makes a virtual environment; the image that runs
# takes over that one folder, and has nothing to build with.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/tools && python -m venv /opt/maaraaika
COPY requirements.lock requirements-dev.lock ./
RUN /opt/maaraaika/bin/pip install --require-hashes -r requirements.lock
# What builds the wheel is pinned in the lock of the developers.
RUN /opt/tools/bin/pip install --require-hashes -r requirements-dev.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
RUN /opt/tools/bin/python -m build --wheel --no-isolation --outdir dist
RUN /opt/maaraaika/bin/pip install --no-deps --no-index dist/*.whl
# Without compiled modules each start takes three times as long, and the account that
# runs the service may not write them.
RUN /opt/maaraaika/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/maaraaika/lib


FROM python:3.13-slim
ENV PATH=/opt/maaraaika/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin maaraaika
COPY --from=build /opt/maaraaika /opt/maaraaika
# Checkpoints and their key are kept here: a volume that outlives the container.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/maaraaika
ENV MAARAAIKA_DATA_DIR=/var/lib/maaraaika
USER 10001:10001
WORKDIR /
# Inside the container; which addresses of the host lead here is the operator's choice.
ENV MAARAAIKA_HOST=0.0.0.0 MAARAAIKA_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['MAARAAIKA_PORT'] + '/health/ready', timeout=4)"]
ENTRYPOINT ["maaraaika"]
CMD ["serve"]
