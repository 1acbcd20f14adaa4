-- 月通报 has words that people write: 典型案例 and 下月预判. Every saving is a row, so that it stays known who changed what.
CREATE TABLE bulletin_words (
    month date NOT NULL CONSTRAINT bulletin_words_of_a_month CHECK (extract(day FROM month) = 1),
    part text NOT NULL CONSTRAINT bulletin_words_part_known CHECK (part IN ('cases', 'outlook')),
    -- From 1 on; two who save at once write the same one, and the second is told.
    version integer NOT NULL CHECK (version > 0),
    text text NOT NULL, -- '': taken out again
    person_id integer NOT NULL REFERENCES person (id),
    at timestamptz NOT NULL,
    PRIMARY KEY (month, part, version)
);
