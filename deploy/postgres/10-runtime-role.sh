#!/bin/sh
# The role that serves requests owns nothing: it can neither drop a trigger nor truncate a table. The data plane's migration, as the owner, grants it what it needs.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -v password="$FINOBS_RUNTIME_PASSWORD" <<'SQL'
CREATE ROLE finobs_runtime LOGIN PASSWORD :'password';
SQL
