-- kept: when posts were on disk, one row a commit that held some; written by the commit after it. Unix milliseconds.
CREATE TABLE kept (
  last  INTEGER PRIMARY KEY,               -- the greatest number of a post in the commit
  first INTEGER NOT NULL,                  -- and the smallest
  at    INTEGER NOT NULL
) STRICT;

-- Pruning used to take the newest post too, after which numbers began anew below the cursor; those up to the cursor were
-- never taken apart, and once it was passed nothing tells them from others. So all posts that are left are read once
-- more. No message comes twice: posts are kept for 30 days, messages with X's id for 365. What is counted and not kept
-- (the table ignored: echoes, unknown users, mentions while they are off) is counted a second time, a mention that was
-- left out then is delivered if mentions are on now, and an old oauth.revoke closes X's lanes until X is asked again,
-- seconds later.
UPDATE setting SET value = '0' WHERE key = 'unpacked';
