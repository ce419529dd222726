-- at: when the person wrote that, so that what comes late does not count as the last.
ALTER TABLE way ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
