-- What counts messages is Perch itself now, once a transaction and not with each row.
DROP TRIGGER tally_insert;
DROP TRIGGER tally_update;
