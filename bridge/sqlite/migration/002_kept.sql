-- kept: when posts were on disk, one row a commit that held some; written by the commit after it. Unix milliseconds.
CREATE TABLE kept (
  last  INTEGER PRIMARY KEY,               -- the greatest number of a post in the commit
  first INTEGER NOT NULL,                  -- and the smallest
  at    INTEGER NOT NULL
) STRICT;

-- Pruning used to take the newest post too, after which numbers began anew below the cursor and posts were never taken
-- apart. Reading such posts again does no harm: duplicates are removed.
UPDATE setting SET value = '0' WHERE key = 'unpacked'
  AND CAST(value AS INTEGER) > (SELECT coalesce(max(seq), 0) FROM post);
