#!/bin/sh
# Run once by the PostgreSQL image, on an empty volume: one user and one database of the same name for each program,
# closed to all others. The passwords are in the environment: arguments could be read by every process.
set -eu

for name in accounts catalog orders payments aftersales gateway sandbox; do
    variable=$(echo "$name" | tr '[:lower:]' '[:upper:]')_DATABASE_PASSWORD
    if [ -z "$(printenv "$variable")" ]; then
        echo "The password of the database user $name is missing: set $variable." >&2
        exit 1
    fi
    psql -X -q -v ON_ERROR_STOP=1 -v name="$name" --username "${POSTGRES_USER:-postgres}" --dbname postgres <<SQL
\\getenv password $variable
create user :"name" password :'password';
create database :"name" owner :"name" template template0 encoding 'UTF8';
revoke all on database :"name" from public;
SQL
done
