# The service that answers, with one bundle. `make prove-image` performs these steps where no docker runs, in an empty
# folder, with the base image's Python replaced by the one that is there.
#
#   docker build --tag classically-punk .                                     the bundle of GTZAN mini
#   docker build --build-arg BUNDLE=models/gtzan/bundle.json --tag ... .      another one

FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m venv /opt/punk
COPY requirements-image.txt ./
RUN /opt/punk/bin/python -m pip install --no-cache-dir --no-compile --only-binary :all: --require-hashes \
    -r requirements-image.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/punk/bin/python -m pip install --no-cache-dir --no-compile --no-deps --no-build-isolation .
ARG BUNDLE=models/gtzan_mini/bundle.json
COPY ${BUNDLE} /opt/punk/bundle.json
COPY deploy/start.sh deploy/health.py deploy/warm_up.py /opt/punk/
# numba compares a kernel with the time stamp of its source, of which a layer keeps whole seconds
RUN find /opt/punk -name '*.py' -exec touch --date=@0 {} + \
    && /opt/punk/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/punk/lib \
    && NUMBA_CACHE_DIR=/opt/punk/kernels /opt/punk/bin/python /opt/punk/warm_up.py /opt/punk/bundle.json \
    && chmod -R a+rX,go-w /opt/punk

FROM python:3.12-slim
COPY --from=build /opt/punk /opt/punk
ENV PATH=/opt/punk/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PUNK_CACHE=/tmp/punk \
    PUNK_KERNELS=/opt/punk/kernels \
    PUNK_SERVE_BUNDLE=/opt/punk/bundle.json \
    PUNK_SERVE_HOST=0.0.0.0 \
    PUNK_SERVE_PORT=8000
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "/opt/punk/health.py"]
ENTRYPOINT ["/opt/punk/start.sh"]
