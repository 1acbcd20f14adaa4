-- Up to when a telephone system was heard: what its own log tells of later is made good when it is heard again.
ALTER TABLE phone_link ADD COLUMN heard_until timestamptz;
