# The omd-*-worker images: a common base, and a target for each kind of pool. docs/images.md says how to build and run them.
#
#   docker build --target snmp -t omd-snmp-worker .       or: images/build.sh
#
# A release names both images by their digests, as image:tag@sha256:…
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
# The same for the builder's own processor. release/release.sh names each of the two by its own digest.
ARG BUILDER_IMAGE=${NODE_IMAGE}
ARG DEBIAN_IMAGE=docker.io/library/debian:bookworm-slim


FROM ${NODE_IMAGE} AS node


# npm and the compiler make the same files for each kind of processor, so they run on the builder's own: nothing is emulated.
# For buildah 1.28 BUILDPLATFORM is the image's platform, so release/release.sh says which it is.
FROM --platform=${BUILDPLATFORM} ${BUILDER_IMAGE} AS builder
WORKDIR /build
COPY package.json package-lock.json ./


# The packages that the worker needs when it runs.
FROM builder AS dependencies
# A file of certificates, for builds behind a proxy that has its own.
ARG NODE_EXTRA_CA_CERTS
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/@types node_modules/.package-lock.json \
 && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete


# The worker, without what is written for one kind of processor.
FROM builder AS compiled
ARG NODE_EXTRA_CA_CERTS
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json rolldown.config.ts ./
COPY sdk sdk
COPY plugins plugins
COPY integrations integrations
COPY src src
RUN npm run build \
 && find dist \( -name '*.d.ts' -o -name 'run.cjs.v*' \) -delete
COPY images/link-programs.mjs images/
COPY LICENSE ./
COPY --from=dependencies /build/node_modules /opt/omd-worker/node_modules
RUN cp -r dist package.json LICENSE /opt/omd-worker/ \
 && node images/link-programs.mjs /opt/omd-worker \
 && /opt/omd-worker/bin/omd-worker link-names /opt/omd-worker/bin


# The worker, as it is in every image: with compiled code, which is for its own processor, and the list of its components,
# with the image's own Node.js.
FROM node AS worker
COPY --from=compiled /opt/omd-worker /opt/omd-worker
COPY package-lock.json /build/
COPY packaging/licences.ts packaging/sbom.ts /build/packaging/
RUN node /opt/omd-worker/dist/src/cli/code/write-code.js \
 && node /build/packaging/sbom.ts /opt/omd-worker --node > /opt/omd-worker/sbom.cdx.json


# What all images have: Node.js, an init, and the user.
FROM ${DEBIAN_IMAGE} AS bare
COPY images/install-packages.sh /usr/local/lib/omd-worker/install-packages.sh
# The user's password has no date, so that the image is the same on another day. Scripts and command definitions name
# /usr/bin/omd-worker, where the Debian package has it.
RUN /usr/local/lib/omd-worker/install-packages.sh ca-certificates libatomic1 libstdc++6 tini tzdata \
 && groupadd --gid 10001 omd-worker \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/omd-worker --shell /usr/sbin/nologin omd-worker \
 && sed -i 's/^\(omd-worker:[^:]*:\)[0-9]*:/\1:/' /etc/shadow \
 && rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- \
 && install -d -m 0770 -o 10001 -g 0 /var/lib/omd-worker \
 && ln -s /opt/omd-worker/bin/omd-worker /usr/bin/omd-worker
COPY --from=node /usr/local/bin/node /usr/local/bin/node
# All programs log JSON to standard output, the worker whatever worker.conf says of a log file, and never in the background,
# which would end the container. The files that plugins and Net-SNMP keep are in the one folder that can be written. glibc
# would keep what V8's threads free, for each of them.
ENV PATH=/opt/omd-worker/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/var/lib/omd-worker \
    LANG=C.UTF-8 \
    NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    MP_STATE_PATH=/tmp \
    SNMP_PERSISTENT_DIR=/tmp \
    OMD_WORKER_LOG_FORMAT=json \
    OMD_ZULIP_LOG_FORMAT=json \
    OMD_ZULIPBOT_LOG_FORMAT=json \
    OMD_WORKER_LOGMODE=stdout \
    OMD_WORKER_DAEMON=no
WORKDIR /var/lib/omd-worker
# tini takes in the processes whose parents have ended, which node cannot; with -s also where it is not the first process.
ENTRYPOINT ["/usr/bin/tini", "-s", "--", "omd-worker"]
STOPSIGNAL SIGTERM
HEALTHCHECK NONE
# images/build.sh adds the version and the revision: some builders take a label with a variable from their cache.
ARG DEBIAN_IMAGE
LABEL org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="${DEBIAN_IMAGE}"


# What the images of workers have besides: the plugins of most queues, Perl and Python for plugins of a site.
FROM bare AS base
RUN /usr/local/lib/omd-worker/install-packages.sh \
      iputils-ping monitoring-plugins-basic procps \
      libjson-perl liblwp-protocol-https-perl libmonitoring-plugin-perl libwww-perl perl \
      python3 python3-nagiosplugin python3-requests


# Each target has its packages, then the worker, the user and its name. One last stage from ${POOL} would spare the last three,
# but `--target snmp` would then be an image of root without a worker. ONBUILD would spare them, too; images of the OCI format
# have none. The worker comes last, so that a new one leaves the packages where they are.

# Host checks: ping, TCP, HTTP, DNS.
FROM base AS hostcheck
RUN /usr/local/lib/omd-worker/install-packages.sh \
      bind9-dnsutils bind9-host fping libcurl4 libldap-2.5-0 libradcli4 liburiparser1 monitoring-plugins-standard
COPY --from=worker /opt/omd-worker /opt/omd-worker
USER 10001:10001
LABEL org.opencontainers.image.title="omd-hostcheck-worker" \
      org.opencontainers.image.description="omd-worker for host checks: ping, TCP, HTTP, DNS"


# check_by_ssh.
FROM base AS check-ssh
RUN /usr/local/lib/omd-worker/install-packages.sh openssh-client
COPY --from=worker /opt/omd-worker /opt/omd-worker
USER 10001:10001
LABEL org.opencontainers.image.title="omd-check-ssh-worker" \
      org.opencontainers.image.description="omd-worker for checks over SSH"


# check_snmp, and Perl plugins with Net::SNMP.
FROM base AS snmp
RUN /usr/local/lib/omd-worker/install-packages.sh \
      libcrypt-des-perl libcrypt-rijndael-perl libdigest-hmac-perl libnet-snmp-perl \
      monitoring-plugins-standard nagios-snmp-plugins snmp
COPY --from=worker /opt/omd-worker /opt/omd-worker
USER 10001:10001
LABEL org.opencontainers.image.title="omd-snmp-worker" \
      org.opencontainers.image.description="omd-worker for checks by SNMP"


# Databases: PostgreSQL, MySQL and MariaDB; SQL Server and Sybase by FreeTDS.
FROM base AS db
RUN /usr/local/lib/omd-worker/install-packages.sh \
      check-pgactivity default-mysql-client freetds-bin libcurl4 libdbd-mysql libdbd-mysql-perl libdbd-pg-perl \
      libdbd-pgsql libdbd-sybase-perl libdbi1 libldap-2.5-0 libmariadb3 libmemcached11 libpq5 libredis-perl \
      liburiparser1 monitoring-plugins-contrib monitoring-plugins-standard postgresql-client \
      python3-psycopg2 python3-pymysql
COPY --from=worker /opt/omd-worker /opt/omd-worker
USER 10001:10001
LABEL org.opencontainers.image.title="omd-db-worker" \
      org.opencontainers.image.description="omd-worker for checks of databases"


# Windows: check_nrpe, check_nt, PowerShell over SSH, and Python's WinRM for plugins of a site. check_nsc_web is answered in the worker.
FROM base AS windows
RUN /usr/local/lib/omd-worker/install-packages.sh nagios-nrpe-plugin openssh-client python3-winrm
COPY images/openssl-ntlm.cnf /usr/local/lib/omd-worker/
COPY --from=worker /opt/omd-worker /opt/omd-worker
USER 10001:10001
LABEL org.opencontainers.image.title="omd-windows-worker" \
      org.opencontainers.image.description="omd-worker for checks of Windows: NRPE, NSClient, PowerShell over SSH, WinRM"


# The programs beside the workers: zulip-bot, zulip-notifier, perfdata. They start no plugin, and what has the login of the
# monitoring needs none beside it.
FROM bare AS integrations
COPY --from=worker /opt/omd-worker /opt/omd-worker
USER 10001:10001
LABEL org.opencontainers.image.title="omd-integrations" \
      org.opencontainers.image.description="omd-worker's bot and notifier for Zulip, and its writer of performance data"
