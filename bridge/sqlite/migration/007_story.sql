-- What was said with one customer, newest first. Perch knows the customer of nearly every message by the id at X; the others are
-- found by the name. The two indexes of messages for that (message_peer, message_nameless) are made by the committer when
-- nothing else is to do: they take some seconds for a million messages, and a start is not to.
CREATE INDEX handle_person ON handle(channel, person);

-- hour: between which numbers the messages of an hour are, counted from the beginning of 1970. Perch writes it with each
-- transaction. It may name too many, when the clock was set back or what was old was removed, but never too few once
-- message_peer is there: what came before is filled in together with that.
CREATE TABLE hour (
  hour  INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  last  INTEGER NOT NULL
) STRICT;
