"""What is kept in a home besides bytes: who has which version of what, and the packages' own rows.

- `home`: the home's folder, its format, its device and its key (on a host's start path).
- `index`: the activation index, the one small file that a host starts from (on a host's start path).
- `location`: where a catalog lies: in the home, or where several homes share it (on a host's start path).
- `tail`: the number of a shared catalog's last change, without SQLAlchemy.
- `lock`: one file lock around every write to SQLite, over threads and processes.
- `database`: one SQLite file with its lock: pragmas, transactions, errors in our words.
- `postgres`: the same of a PostgreSQL server; `server` is what is known of one, `listening` its `tail`.
- `schema`: the catalog's tables, the same for every database.
- `migrations`: how a catalog gets from one revision of the schema to the next; `migrating` runs them, or
  makes a new catalog.
- `reader`, `writer`: records out of one transaction, and into it with a change row each.
- `states`: from records to what is active on a device, afresh or from the last known state.
- `judging`: versions that say something else than when they were judged last.
- `beliefs`: what this device has found right of the records, and what it does not use.
- `known`: what these remember of one context.
- `store`: `Catalog`, which joins these and keeps the index true through crashes.
- `tables`: the packages' own rows, one SQLite file or one schema of a server per context; `rows` are those of
  one table, `columns` says how a JSON Schema is stored, `shapes` how a stored table follows its versions,
  `changes` who hears of a row that changed, `schemas` how a context lies on a server.
- `variables`: the values of variables, as rows of a catalog, or of one device alone.
- `runs`: the runs of workflows and their steps, as rows of a catalog; `run_locks` say who works at one.
- `diagnostics`: what went wrong, as JSON lines that every process of the home reads.

The only home of SQLAlchemy, Alembic and psycopg.
"""
