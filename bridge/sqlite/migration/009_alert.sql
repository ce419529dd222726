-- alert_case: how each cause of trouble stands with each place that is told. alert_notice: what is still to be sent, in its order.
-- The bodies are JSON (package bridge/alert).
CREATE TABLE alert_case (
  alert TEXT NOT NULL,
  key   TEXT NOT NULL,
  body  TEXT NOT NULL,
  PRIMARY KEY (alert, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_notice (
  id    INTEGER PRIMARY KEY,
  alert TEXT NOT NULL,
  body  TEXT NOT NULL
) STRICT;
