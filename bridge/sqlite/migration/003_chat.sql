-- chat_key: the keys of encrypted conversations, all versions, each wrapped to the account's own keys, which are not here.
CREATE TABLE chat_key (
  channel      TEXT NOT NULL,
  conversation TEXT NOT NULL,
  version      TEXT NOT NULL,
  owner        TEXT NOT NULL,              -- fingerprint of the keys that it is wrapped to
  wrapped      TEXT NOT NULL,
  verified     INTEGER NOT NULL,
  PRIMARY KEY (channel, conversation, version, owner)
) STRICT, WITHOUT ROWID;

-- chat_place: how far each encrypted conversation was read.
CREATE TABLE chat_place (
  channel      TEXT NOT NULL,
  conversation TEXT NOT NULL,
  sequence     TEXT NOT NULL,
  token        TEXT NOT NULL,
  updated_at   INTEGER NOT NULL,
  PRIMARY KEY (channel, conversation)
) STRICT, WITHOUT ROWID;

-- way: in which private way ("dm" or "chat") a person has written last.
CREATE TABLE way (
  channel TEXT NOT NULL,
  person  TEXT NOT NULL,
  kind    TEXT NOT NULL,
  PRIMARY KEY (channel, person)
) STRICT, WITHOUT ROWID;
INSERT OR REPLACE INTO way SELECT channel, peer_id, CASE kind WHEN 'dm' THEN 'dm' ELSE 'chat' END FROM message
  WHERE direction = 'in' AND parent = 0 AND peer_id <> '' AND kind IN ('dm', 'encrypted') ORDER BY id;

CREATE INDEX message_encrypted ON message(id) WHERE kind = 'encrypted';

-- What an encrypted message is, is known once it was opened.
DROP TRIGGER tally_update;
CREATE TRIGGER tally_update AFTER UPDATE OF state, kind ON message WHEN old.state <> new.state OR old.kind <> new.kind BEGIN
  UPDATE tally SET n = n - 1 WHERE channel = old.channel AND direction = old.direction AND kind = old.kind AND state = old.state;
  INSERT INTO tally VALUES (new.channel, new.direction, new.kind, new.state, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
