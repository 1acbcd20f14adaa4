-- 分机: what the administrator says of a telephone. Only one that a browser may be has an account of the PBX here.
CREATE TABLE extension (
    number  text PRIMARY KEY,
    account text NOT NULL,  -- as the PBX calls it; mostly the number itself
    secret  bytea,          -- its password, sealed; null: desk telephone alone
    CONSTRAINT extension_is_a_number CHECK (number ~ '^[0-9]{2,10}$')
);
INSERT INTO extension (number, account)
SELECT DISTINCT extension, extension FROM telephone WHERE extension ~ '^[0-9]{2,10}$';

ALTER TABLE reference_change DROP CONSTRAINT reference_change_subject_known;
ALTER TABLE reference_change ADD CONSTRAINT reference_change_subject_known
    CHECK (subject IN ('catalogue', 'category', 'model', 'threshold', 'precedent', 'alias', 'extension'));
