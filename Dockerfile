# One service of the catalogue (libs/catalogue) as an image. PORT, its port there, is only announced by the image.
#
#   docker build --build-arg SERVICE=patient --build-arg PORT=3000 -t clinic-patient .
#   docker run clinic-patient                                  serves
#   docker run clinic-patient node dist/service/migrate.js     brings its part of the database up to date
#
# Times of files are set to 0, so that the same sources make the same layers wherever they are built.
ARG NODE_IMAGE=node:26-trixie-slim

# What runs. Node refuses to run TypeScript below node_modules, so it goes with the declarations, source maps and
# manuals; the compiler is there only as an optional peer. No package that runs needs its install script.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
    && rm -rf package-lock.json node_modules/.package-lock.json node_modules/.bin node_modules/@types node_modules/typescript \
    && find node_modules -type f -regextype posix-extended -regex '.*\.([cm]?ts|map|md|markdown)' -delete \
    && find . -exec touch --no-dereference --date=@0 {} +

# What compiles: every service at once, so that the next image finds it done. What is optional is binaries of the
# tests' database and of their compiler.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error
COPY tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
RUN npm run --silent build

# The one service, also below a path that doesn't name it, so that the commands are the same for all.
FROM ${NODE_IMAGE} AS assembly
ARG SERVICE
WORKDIR /assembly
RUN --mount=type=bind,from=build,source=/app,target=/build \
    : "${SERVICE:?is missing: --build-arg SERVICE=patient}" \
    && (cd /build && cp -r --parents dist/libs "dist/apps/$SERVICE" "apps/$SERVICE/migrations" /assembly) \
    && ln -s "apps/$SERVICE/src" dist/service \
    && find . -exec touch --no-dereference --date=@0 {} +

# Everything belongs to root and nothing is written at run time: made for a read-only root file system.
FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=dependencies /app ./
COPY --from=assembly /assembly ./
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
