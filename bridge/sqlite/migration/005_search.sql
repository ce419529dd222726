-- search: in which messages three letters in a row occur, in any script, whatever their case: in the text, and in the names of
-- both sides. It holds no text of its own. The committer fills it when it has nothing else to do, in the order of the numbers,
-- up to the one in the setting 'indexed'; what is newer is looked through.
CREATE VIRTUAL TABLE search USING fts5(told, tokenize = 'trigram', content = '', contentless_delete = 1, detail = 'none');
INSERT INTO search (search, rank) VALUES ('automerge', 0); -- the committer does it bit by bit
-- search_word: the threes that occur.
CREATE VIRTUAL TABLE search_word USING fts5vocab(search, row);
INSERT INTO setting VALUES ('indexed', '0');

-- facet: a sort of messages; state is 'discarded' or ''. facet_message: the messages of each, as far as they are indexed.
CREATE TABLE facet (
  id        INTEGER PRIMARY KEY,
  channel   TEXT NOT NULL,
  direction TEXT NOT NULL,
  kind      TEXT NOT NULL,
  state     TEXT NOT NULL,
  UNIQUE (channel, direction, kind, state)
) STRICT;
CREATE TABLE facet_message (
  facet   INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (facet, message)
) STRICT, WITHOUT ROWID;

-- reindex: messages that say something else since they were indexed, or are of another sort or another's.
CREATE TABLE reindex (message INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER reindex_told AFTER UPDATE OF text, kind ON message WHEN old.text <> new.text OR old.kind <> new.kind BEGIN
  INSERT OR IGNORE INTO reindex SELECT new.id FROM setting WHERE key = 'indexed' AND new.id <= CAST(value AS INTEGER);
END;
CREATE TRIGGER reindex_state AFTER UPDATE OF state, sender, recipient ON message
  WHEN (new.state = 'discarded' AND old.state <> 'discarded') OR old.sender <> new.sender OR old.recipient <> new.recipient BEGIN
  INSERT OR IGNORE INTO reindex SELECT new.id FROM setting WHERE key = 'indexed' AND new.id <= CAST(value AS INTEGER);
END;
