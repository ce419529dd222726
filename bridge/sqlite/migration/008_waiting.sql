-- message_waiting: since when the oldest message of each way waits, so that nobody has to look through all that do.
CREATE INDEX message_waiting ON message(channel, direction, received_at) WHERE open = 1;
