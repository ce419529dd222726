CREATE TABLE perch.setting (
  key   text PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE perch.quota (
  channel   text NOT NULL,
  endpoint  text NOT NULL,
  name      text NOT NULL,
  max       bigint NOT NULL,
  remaining bigint NOT NULL,
  reset_at  timestamptz,
  PRIMARY KEY (channel, endpoint, name)
);

-- ignored: how many events of each kind were of no use.
CREATE TABLE perch.ignored (
  channel text NOT NULL,
  kind    text NOT NULL,
  n       bigint NOT NULL,
  PRIMARY KEY (channel, kind)
);

-- bill: how often X has billed something, as far as Perch can tell, by day of UTC, channel and kind; the sum of its parts.
CREATE TABLE perch.bill (
  day     date NOT NULL,
  channel text NOT NULL,
  kind    text NOT NULL,
  part    integer NOT NULL,
  n       bigint NOT NULL,
  PRIMARY KEY (day, channel, kind, part)
) WITH (fillfactor = 50);

-- alert_case: how each cause of trouble stands with each place that is told. alert_notice: what is still to be sent, in its order.
-- The bodies are JSON (package bridge/alert).
CREATE TABLE perch.alert_case (
  alert text NOT NULL,
  key   text NOT NULL,
  body  text NOT NULL,
  PRIMARY KEY (alert, key)
);
CREATE TABLE perch.alert_notice (
  id    bigint PRIMARY KEY,
  alert text NOT NULL,
  body  text NOT NULL
);
