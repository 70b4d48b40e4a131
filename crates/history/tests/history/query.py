"""Asks DuckDB about histories: `query.py REQUEST`, a JSON file; the answers are written as JSON."""

import json
import sys
from pathlib import Path

import duckdb


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def connect(history):
    """A database of its own, with the history's table if it has one."""
    # Nothing is fetched, whatever a query asks for.
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "threads": 2})
    if history["table"]:
        database, table = (quoted(name) for name in history["table"])
        connection.execute(f"CREATE SCHEMA {database}")
        files = "'" + history["files"].replace("'", "''") + "'"
        connection.execute(
            f"CREATE VIEW {database}.{table} AS SELECT * FROM read_parquet({files}, "
            "hive_partitioning = true, hive_types = {'month': VARCHAR})"
        )
    return connection


def answer(connection, sql):
    result = connection.execute(sql)
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row)) for row in result.fetchall()]


def answers(history):
    with connect(history) as connection:
        return [answer(connection, sql) for sql in history["queries"]]


def main():
    histories = json.loads(Path(sys.argv[1]).read_text())
    # Dates and decimal numbers become text, floating-point numbers stay what they are.
    json.dump([answers(history) for history in histories], sys.stdout, default=str)


main()
