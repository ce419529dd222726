-- bill: how often X has billed something, as far as Perch can tell, by day of UTC (counted from 1970), channel and kind.
CREATE TABLE bill (
  day     INTEGER NOT NULL,
  channel TEXT NOT NULL,
  kind    TEXT NOT NULL,
  n       INTEGER NOT NULL,
  PRIMARY KEY (day, channel, kind)
) STRICT, WITHOUT ROWID;
