# The program in an image without a shell, for a user without privileges and a read-only file system.
#   docker build -t socrates-db .
#   docker run --rm --read-only -e DATABASE_URL_AUTH -e DATABASE_URL_SPECS socrates-db status
# Another base image of Node.js is possible: --build-arg NODE_IMAGE=… and --build-arg RUNTIME_IMAGE=…
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# The package as it is published, with what it needs to run.
FROM ${NODE_IMAGE} AS app
WORKDIR /source
COPY . .
RUN npm ci --no-audit --no-fund \
  && npm pack --pack-destination /tmp \
  && mkdir /app && cd /app && npm install --omit=dev --ignore-scripts --no-audit --no-fund /tmp/socrates-db-*.tgz

FROM ${RUNTIME_IMAGE}
COPY --from=app /app/node_modules /app/node_modules
# As a dependency, the program refuses to run without a config file, instead of migrating the schema that comes with it.
COPY --from=app /app/package.json /app/package.json
# Migrations and the config file of an application are mounted or copied here.
WORKDIR /work
USER 65532:65532
# Nothing is kept between runs.
ENV HOME=/tmp
ENTRYPOINT ["/nodejs/bin/node", "/app/node_modules/socrates-db/bin/socrates-db.js"]
CMD ["--help"]
HEALTHCHECK --interval=30s --timeout=30s --start-period=10s \
  CMD ["/nodejs/bin/node", "/app/node_modules/socrates-db/bin/socrates-db.js", "status"]
