"""The chain of the audit trail: every alteration is found and located; triggers hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlcipher3
from sqlalchemy import Connection

from lnmonitor.errors import StorageError
from lnmonitor.storage import audit
from lnmonitor.storage.audit import Actor, AuditTrail, ChainProblem, Entry
from lnmonitor.storage.engine import open_engine, storage_errors
from lnmonitor.storage.migrations import m0001_first
from lnmonitor.storage.migrations.run import LATEST, migrate
from lnmonitor.storage.store import Store, make_store, open_store
from lnmonitor.storage.tables import form_tables, house_tables

KEY = bytes(range(32))
NOW = datetime(2026, 5, 12, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
NURSE = Actor("nurse", "Li Wen", "coordinator")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store with ten entries in its trail."""
    opened = make_store(tmp_path, KEY, "nurse", NOW)
    with opened.write() as connection:
        trail = AuditTrail(connection, NURSE, NOW)
        for number in range(1, 11):
            trail.add(Entry("create", record_id=f"r{number}", new=f'{{"weight_kg":{number}.5}}'))
        trail.flush()
    yield opened
    opened.close()


def without_triggers(connection: Connection) -> None:
    for name in ("audit_no_update", "audit_no_delete", "audit_at_the_end"):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def problems_after(store: Store, *statements: str) -> tuple[ChainProblem, ...]:
    with store.write() as connection:
        without_triggers(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)
        return audit.verify(connection).problems


def test_that_every_character_hashes_alike_in_the_database_and_in_python(store: Store) -> None:
    """The walk takes SQLite's JSON; a difference would cost time at each such entry, not truth."""
    text = "".join(chr(code) for code in (*range(0x300), 0x2028, 0x2029, 0xFEFF, 0x1F9EC)) + "狼疮"
    with store.write() as connection:
        trail = AuditTrail(connection, NURSE, NOW)
        trail.add(Entry("create", new=text, reason='"\\\\/'))
        trail.flush()
    with store.read() as connection:
        *_, last = audit._stream(connection, 0)
        row = connection.exec_driver_sql("SELECT * FROM audit ORDER BY sequence").mappings().all()
        assert hashlib.sha256(last[3].encode()).hexdigest() == audit.entry_hash(dict(row[-1]))
        assert audit.verify(connection).intact


def test_that_what_follows_a_verified_entry_is_verified(store: Store) -> None:
    with store.write() as connection:
        middle = connection.exec_driver_sql(
            "SELECT hash FROM audit WHERE sequence = 6"
        ).scalar_one()
        known = audit.Head(6, middle)
        assert audit.verify(connection, after=known) == audit.verify(connection)
        assert audit.verified(connection) is None
        audit.write_verified(connection, known)
        assert audit.verified(connection) == known
        without_triggers(connection)
        connection.exec_driver_sql("UPDATE audit SET new = '{}' WHERE sequence = 8")
        assert audit.verify(connection, after=known).problems == (ChainProblem(8, "altered"),)
        connection.exec_driver_sql("UPDATE audit SET hash = 'x' WHERE sequence = 6")
        found = audit.verify(connection, after=known).problems
        assert found[0] == ChainProblem(6, "altered")


def test_that_an_untouched_chain_is_intact(store: Store) -> None:
    with store.read() as connection:
        report = audit.verify(connection)
        assert report.intact
        assert report.entries == 10
        assert report.head == audit.head(connection)


def test_that_a_hash_is_of_the_columns_and_the_hash_before(store: Store) -> None:
    with store.read() as connection:
        first, second = connection.exec_driver_sql(
            "SELECT * FROM audit ORDER BY sequence LIMIT 2"
        ).all()
    assert first.previous_hash == "0" * 64
    assert second.previous_hash == first.hash
    # By hand: a JSON list of the columns in order, as UTF-8, through SHA-256.
    text = json.dumps(list(second)[:-1], ensure_ascii=False, separators=(",", ":"))
    assert second.hash == hashlib.sha256(text.encode()).hexdigest()
    assert "Li Wen" in text


@pytest.mark.parametrize(
    ("statement", "where", "what"),
    [
        ("UPDATE audit SET new = '{}' WHERE sequence = 4", 4, "altered"),
        ("UPDATE audit SET full_name = 'Someone' WHERE sequence = 7", 7, "altered"),
        ("UPDATE audit SET at = '2026-05-12T01:41:01.000Z' WHERE sequence = 1", 1, "altered"),
        ("DELETE FROM audit WHERE sequence = 5", 5, "missing"),
        ("DELETE FROM audit WHERE sequence = 1", 1, "missing"),
        ("DELETE FROM audit WHERE sequence = 10", 10, "head"),
        ("UPDATE meta SET value = '9 ' || substr(value, 4) WHERE name = 'audit_head'", 10, "head"),
    ],
)
def test_that_an_alteration_is_located(store: Store, statement: str, where: int, what: str) -> None:
    assert ChainProblem(where, what) in problems_after(store, statement)


def test_that_two_entries_exchanged_are_located(store: Store) -> None:
    found = problems_after(
        store,
        "UPDATE audit SET sequence = 99 WHERE sequence = 3",
        "UPDATE audit SET sequence = 3 WHERE sequence = 4",
        "UPDATE audit SET sequence = 4 WHERE sequence = 99",
    )
    assert {one.sequence for one in found} >= {3, 4}


def test_that_an_entry_rewritten_with_a_fitting_hash_breaks_the_next(store: Store) -> None:
    with store.write() as connection:
        without_triggers(connection)
        row = dict(
            connection.exec_driver_sql("SELECT * FROM audit WHERE sequence = 6").mappings().one()
        )
        row["new"] = '{"weight_kg":99.0}'
        connection.exec_driver_sql(
            "UPDATE audit SET new = ?, hash = ? WHERE sequence = 6",
            (row["new"], audit.entry_hash(row)),
        )
        assert audit.verify(connection).problems == (ChainProblem(7, "displaced"),)


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET reason = 'other' WHERE sequence = 3",
        "DELETE FROM audit WHERE sequence = 3",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE sequence = 3",
        "REPLACE INTO audit SELECT * FROM audit",
        "INSERT INTO audit SELECT 5, at, utc_offset, zone, account, full_name, role, workstation,"
        " program, action, patient_id, visit_id, form, record_id, item, old, new, reason, source,"
        " previous_hash, hash FROM audit WHERE sequence = 1 ON CONFLICT (sequence) DO UPDATE"
        " SET new = 'x'",
        "DELETE FROM form_sv",
    ],
)
def test_that_triggers_hold_against_raw_statements(
    store: Store, tmp_path: Path, statement: str, recursive: str
) -> None:
    store.close()
    raw = sqlcipher3.connect(str(tmp_path / "study.db"), isolation_level=None)
    raw.execute(f"PRAGMA key=\"x'{KEY.hex()}'\"")
    raw.execute(f"PRAGMA recursive_triggers={recursive}")
    raw.execute(
        "INSERT INTO form_sv (id, patient_id, form_version, row_version, missing, justified,"
        " voided, source, entered_at, entered_by) VALUES ('v', 'p', 1, 1, '', '', 0, '', '', '')"
    )
    before = raw.execute("SELECT * FROM audit ORDER BY sequence").fetchall()
    with pytest.raises(sqlcipher3.IntegrityError, match=r"append-only|never deleted"):
        raw.execute(statement)
    assert raw.execute("SELECT * FROM audit ORDER BY sequence").fetchall() == before
    raw.close()


def test_that_the_frozen_step_makes_the_tables_of_the_program(store: Store) -> None:
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == LATEST
        for table in (*house_tables(), *form_tables().values()):
            rows = connection.exec_driver_sql(f"PRAGMA table_info({table.name})").all()
            stored = {row[1]: (row[2], bool(row[3]), bool(row[5])) for row in rows}
            wanted = {
                column.name: (
                    column.type.compile(connection.dialect),
                    not column.nullable,
                    column.primary_key,
                )
                for column in table.columns
            }
            assert stored == wanted, table.name
    assert m0001_first.NUMBER == 1


def test_that_a_new_item_becomes_a_column_and_a_new_form_a_table(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE form_vs DROP COLUMN spo2")
        connection.exec_driver_sql("DROP TABLE form_pga")
        assert migrate(connection) == ["form_pga", "form_vs.spo2"]
        assert migrate(connection) == []


@pytest.mark.parametrize(
    "change",
    [f"PRAGMA user_version={LATEST + 1}", "ALTER TABLE form_vs ADD COLUMN capillary_refill FLOAT"],
)
def test_that_a_study_of_a_newer_program_is_refused(
    store: Store, tmp_path: Path, change: str
) -> None:
    with store.write() as connection:
        connection.exec_driver_sql(change)
    with pytest.raises(StorageError, match="newer version"), store.write() as connection:
        migrate(connection)
    store.close()
    with pytest.raises(StorageError, match="newer version"):
        open_store(tmp_path, KEY, "nurse", NOW, read_only=True)


def test_that_an_older_study_is_not_opened_for_reading_only(store: Store, tmp_path: Path) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE form_vs DROP COLUMN spo2")
    store.close()
    with pytest.raises(StorageError, match="older version"):
        open_store(tmp_path, KEY, "nurse", NOW, read_only=True)


def test_that_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with store.read() as connection:
        before = audit.head(connection)
    with pytest.raises(RuntimeError, match="halfway"):
        _fail_halfway(store)
    with store.read() as connection:
        assert audit.head(connection) == before
        assert audit.verify(connection).intact


def _fail_halfway(store: Store) -> None:
    with store.write() as connection:
        trail = AuditTrail(connection, NURSE, NOW)
        trail.add(Entry("create"))
        trail.flush()
        raise RuntimeError("halfway")


def test_that_the_wrong_key_is_told_as_a_damaged_file(store: Store, tmp_path: Path) -> None:
    store.close()
    engine = open_engine(tmp_path, bytes(32))
    with (
        pytest.raises(StorageError, match="damaged, or belongs to another study"),
        storage_errors(),
        engine.connect() as connection,
    ):
        connection.exec_driver_sql("SELECT * FROM meta")
    engine.dispose()


def test_that_the_connection_is_set_for_safety(store: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "temp_store": 2,
        "trusted_schema": 0,
    }
    with store.read() as connection:
        for pragma, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value, pragma
