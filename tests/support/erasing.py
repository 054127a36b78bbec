"""Where bytes of a person could lie: the database's own files, its dump, the data folder."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from office.ground.settings import OfficeSettings
from tests.support.requirements import missing, postgres_program
from tests.support.verbs import Office


def spellings(word: str) -> Iterator[bytes]:
    """How a word may lie in a file: encoded, escaped, percent-encoded."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
        yield word.encode(encoding)
    yield quote(word).encode()
    yield json.dumps(word).strip('"').encode()
    yield base64.b64encode(word.encode()).rstrip(b"=")[:-1]


def everything(office: Office, settings: OfficeSettings) -> bytes:
    """All bytes of the data folder and of the database: on SQLite its file and its log, on
    PostgreSQL every row, the dump, and the files of the server in which the rows lie."""
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    url = sa.make_url(settings.database_url)
    if office.engine.database.dialect.name == "sqlite":
        place = Path(str(url.database))
        files += list(place.parent.glob(f"{place.name}*"))
        return b"".join(path.read_bytes() for path in files)
    found = [path.read_bytes() for path in files]
    with office.engine.database.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            rows = connection.exec_driver_sql(f'SELECT t.*, t::text FROM "{table}" t')
            for value in (value for row in rows for value in row):
                found.append(value if isinstance(value, bytes) else str(value).encode())
    return b"\n".join([*found, _dump(url), *_server_files(office)])


def _dump(url: sa.URL) -> bytes:
    program = postgres_program("pg_dump")
    if program is None:
        missing("pg_dump of PostgreSQL")
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    dumped = subprocess.run([str(program), "-d", plain], check=True, capture_output=True)
    assert b"COPY public.case_key" in dumped.stdout
    return dumped.stdout


def _server_files(office: Office) -> Iterator[bytes]:
    """The files of the tables, with whatever lies between their rows, if the server is this
    machine's; a checkpoint has written them, and removed those that were replaced."""
    with office.engine.database.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("CHECKPOINT")
        home = Path(str(connection.exec_driver_sql("SHOW data_directory").scalar_one()))
        name = connection.exec_driver_sql("SELECT pg_relation_filepath('case_key')").scalar_one()
    if not (home / str(name)).exists():
        return
    for path in (home / str(name)).parent.iterdir():
        yield path.read_bytes()
