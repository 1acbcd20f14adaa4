-- How often we tried is told by the calls themselves; and nobody is restricted by number yet.
ALTER TABLE missed_call DROP COLUMN tries;
DROP TABLE phone_restriction;
