-- What was said with one customer, newest first. Perch knows the customer of nearly every message by the id at X; the others are
-- found by the name.
CREATE INDEX message_peer ON message(channel, peer_id) WHERE peer_id <> '';
CREATE INDEX message_nameless ON message(channel, CASE direction WHEN 'in' THEN sender ELSE recipient END COLLATE NOCASE) WHERE peer_id = '';
CREATE INDEX handle_person ON handle(channel, person);

-- hour: between which numbers the messages of an hour are, counted from the beginning of 1970. Perch writes it with each
-- transaction. It may name too many, when the clock was set back or what was old was removed, but never too few.
CREATE TABLE hour (
  hour  INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  last  INTEGER NOT NULL
) STRICT;
INSERT INTO hour SELECT received_at / 3600000, min(id), max(id) FROM message GROUP BY 1;
