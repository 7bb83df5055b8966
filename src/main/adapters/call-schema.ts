import { keyHourMigration } from './call-history.ts'

/** Schema of `requests.db`, step by step. A step that was released is never changed. */
export const callMigrations = [
  // Rows of a list are narrow and apart from the bodies, so that a list reads few pages.
  `CREATE TABLE call (
     id INTEGER PRIMARY KEY,
     started_at_ms REAL NOT NULL,
     environment_id TEXT NOT NULL,
     key_id TEXT,
     operation TEXT NOT NULL,
     method TEXT NOT NULL,
     path TEXT NOT NULL,
     status INTEGER,
     outcome TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     waited_ms REAL NOT NULL,
     took_ms REAL NOT NULL,
     source TEXT NOT NULL
   ) STRICT;
   CREATE INDEX call_by_environment ON call (environment_id);
   CREATE INDEX call_backed_off ON call (id) WHERE waited_ms > 0 OR attempts > 1;
   CREATE INDEX call_refused ON call (id) WHERE status IN (401, 403, 429);
   CREATE INDEX call_failed ON call (id) WHERE outcome <> 'ok';
   CREATE TABLE call_detail (
     id INTEGER PRIMARY KEY,
     origin TEXT NOT NULL,
     key_mask TEXT,
     attempts TEXT NOT NULL,
     request_body TEXT,
     response_body TEXT
   ) STRICT;
   CREATE TABLE key_day (
     key_id TEXT NOT NULL,
     day TEXT NOT NULL,
     source TEXT NOT NULL,
     calls INTEGER NOT NULL,
     unauthorized INTEGER NOT NULL,
     forbidden INTEGER NOT NULL,
     rate_limited INTEGER NOT NULL,
     PRIMARY KEY (key_id, day, source)
   ) STRICT, WITHOUT ROWID;`,
  keyHourMigration,
  // A zone sums up a block of neighbouring calls, so that a search passes over blocks that hold nothing
  // for it. It takes the place of the indexes: one row in place of hundreds of entries each.
  `DROP INDEX call_by_environment;
   DROP INDEX call_backed_off;
   DROP INDEX call_refused;
   DROP INDEX call_failed;
   ALTER TABLE call ADD COLUMN causes INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE call ADD COLUMN bodies INTEGER;
   ALTER TABLE call ADD COLUMN pieces TEXT;
   ALTER TABLE call_detail ADD COLUMN waits TEXT;
   ALTER TABLE call_detail ADD COLUMN stop TEXT;
   ALTER TABLE call_detail ADD COLUMN request_packed BLOB;
   ALTER TABLE call_detail ADD COLUMN response_packed BLOB;
   CREATE TABLE zone (
     block INTEGER PRIMARY KEY,
     started_min REAL NOT NULL,
     started_max REAL NOT NULL,
     took_min REAL NOT NULL,
     took_max REAL NOT NULL,
     waited_max REAL NOT NULL,
     attempts_max INTEGER NOT NULL,
     classes INTEGER NOT NULL,
     statuses INTEGER NOT NULL,
     outcomes INTEGER NOT NULL,
     sources INTEGER NOT NULL,
     causes INTEGER NOT NULL,
     methods INTEGER NOT NULL,
     operations INTEGER NOT NULL,
     environments INTEGER NOT NULL,
     keys INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE log_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO log_state SELECT 'calls', count(*) FROM call;`,
] as const

/** Calls of a block, which has one zone. */
export const blockCalls = 256

/** Calls of a segment, which has one table of words. Retention drops whole segments. */
export const segmentCalls = 65_536

/** Blocks of a segment. */
export const segmentBlocks = segmentCalls / blockCalls

/** Name of the table that holds the words of a segment. */
export function nameWordTable(segment: number): string {
  return `words_${segment}`
}

/** Makes the table of a segment's words: an index without the texts, which knows the calls of a word and no places. */
export function createWordTable(segment: number): string {
  return `CREATE VIRTUAL TABLE IF NOT EXISTS ${nameWordTable(segment)}
    USING fts5(words, content='', columnsize=0, detail=none, tokenize="ascii tokenchars ':-'")`
}
