# Marhaba as an image: compose.yaml runs it. All that is done here is done by scripts of deploy/.
# `debian` of version 12 or 13; with --build-arg another image of the same
ARG BASE=debian:trixie-slim

FROM ${BASE} AS program
COPY deploy/packages /marhaba/deploy/
RUN /marhaba/deploy/packages --build
COPY . /marhaba
RUN /marhaba/deploy/environment /opt/marhaba

# Caddy of the same Debian, for which deploy/Caddyfile is tested.
FROM ${BASE} AS proxy
COPY deploy/packages deploy/image/account /deploy/
RUN /deploy/packages --only-proxy && /deploy/account /var/lib/caddy /config
USER 10001:10001
ENV XDG_DATA_HOME=/var/lib/caddy XDG_CONFIG_HOME=/config
EXPOSE 80 443
CMD ["caddy", "run", "--adapter", "caddyfile", "--config", "/etc/caddy/Caddyfile"]

FROM ${BASE} AS node
COPY deploy/packages deploy/image/account /deploy/
RUN /deploy/packages && /deploy/account /srv/marhaba/var
COPY --from=program /opt/marhaba /opt/marhaba
COPY deploy/image/start deploy/image/healthy /usr/local/bin/
USER 10001:10001
WORKDIR /srv/marhaba
ENV PATH=/opt/marhaba/bin:/usr/local/bin:/usr/bin:/bin \
    CHECKIN_HOME=/srv/marhaba/var \
    CHECKIN_MDNS=false
VOLUME /srv/marhaba/var
EXPOSE 8000
STOPSIGNAL SIGINT
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["healthy"]
ENTRYPOINT ["start"]
CMD ["run", "--host", "0.0.0.0"]
