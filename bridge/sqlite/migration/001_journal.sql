-- Times are Unix milliseconds. Read this file with: sqlite3 -readonly perch.db 'SELECT * FROM traffic LIMIT 20'

-- post: what came in, as it came. Rows above the cursor 'unpacked' still wait to be taken apart.
CREATE TABLE post (
  seq         INTEGER PRIMARY KEY,
  received_at INTEGER NOT NULL,
  source      TEXT NOT NULL,
  body        BLOB NOT NULL
) STRICT;

-- message: one row a delivery.
CREATE TABLE message (
  id            INTEGER PRIMARY KEY,
  channel       TEXT NOT NULL,
  direction     TEXT NOT NULL,
  kind          TEXT NOT NULL,
  state         TEXT NOT NULL,
  open          INTEGER NOT NULL,          -- 1 while its conversation waits for it
  lane          TEXT NOT NULL,
  conversation  TEXT NOT NULL,
  x_id          TEXT,
  motion_id     TEXT,
  thread_id     TEXT NOT NULL DEFAULT '',
  sender        TEXT NOT NULL DEFAULT '',
  recipient     TEXT NOT NULL DEFAULT '',
  peer_id       TEXT NOT NULL DEFAULT '',
  text          TEXT NOT NULL DEFAULT '',
  media         TEXT NOT NULL DEFAULT '',
  parent        INTEGER NOT NULL DEFAULT 0,
  post          INTEGER NOT NULL DEFAULT 0,
  progress      TEXT NOT NULL DEFAULT '',
  attempts      INTEGER NOT NULL DEFAULT 0,
  received_at   INTEGER NOT NULL,
  due_at        INTEGER NOT NULL DEFAULT 0,
  delivered_at  INTEGER NOT NULL DEFAULT 0,
  error_kind    TEXT NOT NULL DEFAULT '',
  error_message TEXT NOT NULL DEFAULT '',
  error_remedy  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX message_in  ON message(channel, x_id) WHERE direction = 'in' AND x_id IS NOT NULL;
CREATE UNIQUE INDEX message_out ON message(channel, motion_id) WHERE direction = 'out' AND motion_id IS NOT NULL;
CREATE INDEX message_sent ON message(channel, x_id) WHERE direction = 'out' AND x_id IS NOT NULL;
CREATE INDEX message_open ON message(conversation, id) WHERE open = 1;
CREATE INDEX message_dead ON message(id) WHERE state = 'dead';
CREATE INDEX message_undecided ON message(id) WHERE state = 'undecided';
CREATE INDEX message_sending ON message(id) WHERE state = 'sending';

-- content: the event or reply as Perch understood it (JSON), and the other side's view of it.
CREATE TABLE content (
  message INTEGER PRIMARY KEY,
  body    TEXT NOT NULL
) STRICT;

-- conv: the schedule, one row a conversation with work.
CREATE TABLE conv (
  key  TEXT PRIMARY KEY,
  lane TEXT NOT NULL,
  head INTEGER NOT NULL,
  due  INTEGER NOT NULL,
  busy INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX conv_due ON conv(lane, due) WHERE busy = 0;

CREATE TABLE attempt (
  message INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  took_us INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  kind    TEXT NOT NULL,
  code    TEXT NOT NULL,
  text    TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_message ON attempt(message);

-- person, interaction, thread: the conversation memory.
CREATE TABLE person (
  channel TEXT NOT NULL,
  id      TEXT NOT NULL,
  handle  TEXT NOT NULL,
  name    TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE handle (
  channel TEXT NOT NULL,
  handle  TEXT NOT NULL COLLATE NOCASE,
  person  TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (channel, handle)
) STRICT, WITHOUT ROWID;
CREATE TABLE interaction (
  channel TEXT NOT NULL,
  id      TEXT NOT NULL,
  person  TEXT NOT NULL,
  thread  TEXT NOT NULL,
  direct  INTEGER NOT NULL,
  public  INTEGER NOT NULL,
  PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE thread (
  channel TEXT NOT NULL,
  id      TEXT NOT NULL,
  person  TEXT NOT NULL,
  PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;

-- echo: what X reported as sent by the account itself; settles lost answers.
CREATE TABLE echo (
  channel   TEXT NOT NULL,
  x_id      TEXT NOT NULL,
  peer      TEXT NOT NULL,
  thread    TEXT NOT NULL,
  text      TEXT NOT NULL,
  has_media INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (channel, x_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE quota (
  channel   TEXT NOT NULL,
  endpoint  TEXT NOT NULL,
  name      TEXT NOT NULL,
  max       INTEGER NOT NULL,
  remaining INTEGER NOT NULL,
  reset_at  INTEGER NOT NULL,
  PRIMARY KEY (channel, endpoint, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE ignored (
  channel TEXT NOT NULL,
  kind    TEXT NOT NULL,
  n       INTEGER NOT NULL,
  PRIMARY KEY (channel, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES ('unpacked', '0');

-- tally: how many messages are in each state, so that a count never scans.
CREATE TABLE tally (
  channel   TEXT NOT NULL,
  direction TEXT NOT NULL,
  kind      TEXT NOT NULL,
  state     TEXT NOT NULL,
  n         INTEGER NOT NULL,
  PRIMARY KEY (channel, direction, kind, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tally_insert AFTER INSERT ON message BEGIN
  INSERT INTO tally VALUES (new.channel, new.direction, new.kind, new.state, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER tally_update AFTER UPDATE OF state ON message WHEN old.state <> new.state BEGIN
  UPDATE tally SET n = n - 1 WHERE channel = old.channel AND direction = old.direction AND kind = old.kind AND state = old.state;
  INSERT INTO tally VALUES (new.channel, new.direction, new.kind, new.state, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

-- traffic: for reading by eye.
CREATE VIEW traffic AS
  SELECT id, channel, direction, kind, state, attempts,
         datetime(received_at / 1000, 'unixepoch', 'localtime') AS received,
         CASE delivered_at WHEN 0 THEN '' ELSE datetime(delivered_at / 1000, 'unixepoch', 'localtime') END AS delivered,
         sender, recipient, text, x_id, motion_id, thread_id, error_message, error_remedy
  FROM message ORDER BY id DESC;
