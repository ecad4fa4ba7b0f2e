# Tags move. To pin the base: docker buildx imagetools inspect python:3.13-slim, then append its @sha256:… to both lines.
FROM python:3.13-slim AS build

WORKDIR /src
COPY requirements/build.txt requirements/run.txt requirements/
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements/build.txt \
    && /opt/build/bin/uv venv --python /usr/local/bin/python /opt/wgn \
    && /opt/build/bin/uv pip install --no-cache --python /opt/wgn/bin/python --compile-bytecode \
        --require-hashes --no-build --requirement requirements/run.txt

COPY pyproject.toml README.md LICENSE ./
COPY operator operator
RUN /opt/build/bin/hatchling build --target wheel --directory /tmp/dist \
    && /opt/build/bin/uv pip install --no-cache --python /opt/wgn/bin/python --compile-bytecode --no-deps /tmp/dist/*.whl


FROM python:3.13-slim

ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="workspace-gateway-network" \
      org.opencontainers.image.description="Keeps the Azure network of an API Management workspace gateway as Azure requires it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"

COPY --from=build /opt/wgn /opt/wgn

# Nothing is written outside /tmp, so that the root file system may be read-only.
ENV PATH=/opt/wgn/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

# By number, so that Kubernetes can see that it isn't root.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["wgn"]
CMD ["run"]
