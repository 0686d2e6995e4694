# The builder has glibc with its static library. The tags leave out what a static binary cannot have: name look-ups through
# the C library, and SQLite extensions from shared objects.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY internal/dateparser internal/dateparser
RUN go mod download
COPY . .
RUN CGO_ENABLED=1 go build -trimpath -tags sqlite_fts5,sqlite_omit_load_extension,netgo,osusergo -ldflags '-s -w -linkmode external -extldflags -static' -o /claimtracker ./api
# The database's folder, and one for the files that SQLite and large uploads need for a while.
RUN mkdir -p /own/data /own/tmp

FROM scratch
COPY --from=build /claimtracker /claimtracker
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /own/ /
USER 65532:65532
ENV CLAIMTRACKER_ADDR=0.0.0.0:8080 CLAIMTRACKER_DATABASE=/data/claimtracker.db
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s CMD ["/claimtracker", "health"]
ENTRYPOINT ["/claimtracker"]
