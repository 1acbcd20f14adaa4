-- Official letters: 督办函, 预警函, 提示函. What a letter says is written once; it is received, answered and reviewed.

-- One counter a kind and year, counted up under its own lock: a sequence would leave a gap after every rollback.
CREATE TABLE letter_number (
    kind text NOT NULL CHECK (kind IN ('supervision', 'warning', 'notice')),
    year integer NOT NULL,
    last integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (kind, year)
);
INSERT INTO letter_number (kind, year, last) SELECT 'supervision', year, last FROM supervision_number;
DROP TABLE supervision_number;

CREATE TABLE letter (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('supervision', 'warning', 'notice')),
    year        integer NOT NULL,
    serial      integer NOT NULL CHECK (serial > 0),
    number      text NOT NULL UNIQUE, -- 文号
    ticket_id   bigint, -- a warning may be about no single ticket
    overlay_id  integer, -- the ticket's overlay whose clock it is
    unit_id     bigint, -- 主送; null: the hotline's own desk, where no unit has the ticket yet
    level       integer NOT NULL CHECK (level BETWEEN 0 AND 4), -- 0: no supervision letter
    due         timestamptz,
    issued_at   timestamptz NOT NULL,
    issued_by   bigint,
    issued_name text NOT NULL,
    body        text NOT NULL, -- the canonical JSON itself, as text: what was hashed can be hashed again
    hash        bytea NOT NULL,
    UNIQUE (kind, year, serial),
    CONSTRAINT letter_hash_is_sm3 CHECK (octet_length(hash) = 32),
    CONSTRAINT letter_of_a_ticket_has_its_overlay CHECK (overlay_id IS NULL OR ticket_id IS NOT NULL)
);
CREATE INDEX letter_ticket ON letter (ticket_id, overlay_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX letter_unit ON letter (unit_id, id DESC);

-- The file as it was handed over first; it is given out again byte for byte, whatever has become of the program.
CREATE TABLE letter_file (
    letter_id bigint NOT NULL REFERENCES letter,
    format    text NOT NULL CHECK (format IN ('pdf', 'docx')),
    sealed_at timestamptz NOT NULL,
    hash      bytea NOT NULL CHECK (octet_length(hash) = 32),
    content   bytea NOT NULL,
    PRIMARY KEY (letter_id, format)
);

-- 签收: the unit's person, and which file they had before them.
CREATE TABLE letter_receipt (
    letter_id bigint PRIMARY KEY REFERENCES letter, -- a letter is received once
    at        timestamptz NOT NULL,
    by        bigint,
    by_name   text NOT NULL,
    unit_id   bigint,
    hash      bytea NOT NULL CHECK (octet_length(hash) = 32) -- of the PDF
);

-- 反馈 and its review.
CREATE TABLE letter_answer (
    letter_id    bigint NOT NULL REFERENCES letter,
    id           integer NOT NULL,
    at           timestamptz NOT NULL,
    by           bigint,
    by_name      text NOT NULL,
    unit_id      bigint,
    text         text NOT NULL,
    decision     text NOT NULL DEFAULT 'pending' CHECK (decision IN ('pending', 'granted', 'refused')),
    decided_at   timestamptz,
    decided_by   bigint,
    decided_name text NOT NULL DEFAULT '',
    note         text NOT NULL DEFAULT '',
    PRIMARY KEY (letter_id, id)
);
CREATE UNIQUE INDEX letter_answer_one_open ON letter_answer (letter_id) WHERE decision <> 'refused';

CREATE FUNCTION refuse_issued_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps what was issued', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER letter_issued BEFORE UPDATE OR DELETE ON letter FOR EACH ROW EXECUTE FUNCTION refuse_issued_change();
CREATE TRIGGER letter_file_issued BEFORE UPDATE OR DELETE ON letter_file
    FOR EACH ROW EXECUTE FUNCTION refuse_issued_change();
CREATE TRIGGER letter_receipt_issued BEFORE UPDATE OR DELETE ON letter_receipt
    FOR EACH ROW EXECUTE FUNCTION refuse_issued_change();

-- The same for the weekly list: each format as it was first handed over after the freeze.
CREATE TABLE difficult_week_file (
    week      text NOT NULL REFERENCES difficult_week,
    format    text NOT NULL CHECK (format IN ('xlsx', 'docx', 'pdf')),
    sealed_at timestamptz NOT NULL,
    hash      bytea NOT NULL CHECK (octet_length(hash) = 32),
    content   bytea NOT NULL,
    PRIMARY KEY (week, format)
);
CREATE TRIGGER difficult_week_file_issued BEFORE UPDATE OR DELETE ON difficult_week_file
    FOR EACH ROW EXECUTE FUNCTION refuse_issued_change();
