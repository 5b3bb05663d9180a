# The server with the web app in it. PostgreSQL is another container, see docker-compose.yml.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
ENV CARGO_TARGET_DIR=/target SQLX_OFFLINE=true
# Installs what it needs, as on any machine.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/target \
    cargo xtask web --out /out/web \
    && cargo build --release --package server --bin boxoffice \
    && cp /target/release/boxoffice /out/

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl \
        fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/boxoffice boxoffice
COPY --from=build /out/boxoffice /usr/local/bin/boxoffice
COPY --from=build /out/web /usr/local/share/boxoffice/web
USER boxoffice
WORKDIR /var/lib/boxoffice
# Made here, so that a volume laid over it belongs to the user.
RUN mkdir data
ENV BOXOFFICE_BIND=0.0.0.0:8080 \
    BOXOFFICE_DATA_DIR=/var/lib/boxoffice/data \
    BOXOFFICE_WEB_DIR=/usr/local/share/boxoffice/web \
    BOXOFFICE_LOG=json
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["boxoffice"]
CMD ["serve"]
