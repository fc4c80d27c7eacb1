#!/bin/sh
# Run once, when the database is empty: the role that owns the schema and the role that serves. Migrations grant the rest.
set -eu
psql --username=postgres --dbname=postgres --set=ON_ERROR_STOP=1 \
    --set=owner_password="$SEN_OWNER_PASSWORD" --set=app_password="$SEN_APP_PASSWORD" <<'SQL'
CREATE ROLE sen_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE sen_app LOGIN PASSWORD :'app_password';
CREATE DATABASE sen OWNER sen_owner;
REVOKE ALL ON DATABASE sen FROM PUBLIC;
GRANT CONNECT ON DATABASE sen TO sen_app;
SQL
