# Two images. `service`: production, one bundled file. `local`, the default: the whole pipeline on one machine.
FROM node:24-bookworm-slim AS sources
WORKDIR /app
COPY package.json package-lock.json ./

FROM sources AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY build.ts ./
COPY service service
RUN node build.ts

FROM node:24-bookworm-slim AS service
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/dist/server.mjs ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# A small young generation, and an old one that at most doubles: half the memory that Node.js takes for the same clicks.
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=100", "server.mjs"]

FROM sources AS local
# The native modules bring their binaries along: no script is needed to install them.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force && mkdir /data && chown node:node /data
COPY service service
COPY infra infra
ENV NODE_ENV=production DATA_DIR=/data LOCAL_HOST=0.0.0.0
USER node
VOLUME /data
EXPOSE 3000 4573 4574 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "infra/local/main.ts"]
