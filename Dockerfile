# One service of the catalogue (libs/catalogue) as an image. PORT, its port there, is only announced by the image.
#
#   docker build --build-arg SERVICE=patient --build-arg PORT=3000 -t clinic-patient .
#   docker run clinic-patient                                  serves
#   docker run clinic-patient node dist/service/migrate.js     brings its part of the database up to date
#
# Times of files are set to 0, so that the same sources make the same layers wherever they are built.
ARG NODE_IMAGE=node:26-trixie-slim

# What compiles and bundles: every service at once, so that the next image finds it done. No install script is needed.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY tsconfig.json tsconfig.build.json ./
COPY tools/bundle.ts tools/bundle.ts
COPY libs libs
COPY apps apps
RUN npm run --silent build

# What runs: the bundles, which hold their packages, and the files that they read. The lock file tells scanners what is
# in the bundles. The one service is also found below a path that doesn't name it, so that the commands are the same for
# all. Left out are source maps and the editions of the documentation page for bundlers.
FROM ${NODE_IMAGE} AS assembly
ARG SERVICE
WORKDIR /assembly/app
RUN --mount=type=bind,from=build,source=/app,target=/build \
    : "${SERVICE:?is missing: --build-arg SERVICE=patient}" \
    && cd /build \
    && cp -r --parents package.json package-lock.json "apps/$SERVICE/migrations" dist/libs/catalogue dist/services \
        node_modules/swagger-ui-dist /assembly/app \
    && cd /assembly/app \
    && find dist/services -mindepth 1 -maxdepth 1 -type d ! -name "$SERVICE" -exec rm -r {} + \
    && ln -s "services/$SERVICE" dist/service \
    && find node_modules/swagger-ui-dist -name '*.map' -delete -o -name 'swagger-ui-es-bundle*' -delete \
    && find . -exec touch --no-dereference --date=@0 {} +

# Everything belongs to root and nothing is written at run time: made for a read-only root file system.
FROM ${NODE_IMAGE}
COPY --from=assembly /assembly /
WORKDIR /app
USER 1000:1000
ARG SERVICE
ARG PORT
ENV NODE_ENV=production SERVICE=${SERVICE}
EXPOSE ${PORT}
# No shell and no curl. It asks for the port and path that the catalogue gives the service, unless PORT moved it.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "--input-type=module", "-e", "import { livePath, serviceNamed } from '#catalogue'; const { SERVICE, PORT } = process.env; const service = serviceNamed(SERVICE); const { ok, status } = await fetch('http://127.0.0.1:' + (PORT || service.port) + livePath(service)); console.log(status); process.exit(ok ? 0 : 1);"]
# Cleared, because the base image's is a shell script.
ENTRYPOINT []
CMD ["node", "dist/service/main.js"]
ARG VERSION=unreleased
ARG REVISION=unknown
ARG SOURCE
LABEL org.opencontainers.image.title="clinic-${SERVICE}" \
      org.opencontainers.image.description="The ${SERVICE} service of a clinic's patient register and appointment book" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
