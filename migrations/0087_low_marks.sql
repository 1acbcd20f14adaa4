-- 低评来电: a mark of 1 or 2 pressed after a call is looked into by somebody who did not take it.
CREATE TABLE low_mark (
    -- One finding a call: whoever is second reads what the first has written.
    call_id text PRIMARY KEY REFERENCES call (id),
    -- What came of it: the service (服务), the matter (办理结果), a slip of the finger (误按), nothing to be found out (无法核实).
    finding text NOT NULL CONSTRAINT low_mark_finding_known CHECK (finding IN ('service', 'matter', 'mistaken', 'unclear')),
    -- A finding without words tells nobody anything.
    note text NOT NULL CONSTRAINT low_mark_says_why CHECK (note <> ''),
    person_id integer NOT NULL REFERENCES person (id),
    at timestamptz NOT NULL
);
CREATE INDEX call_low_mark ON call (offered_at DESC) WHERE score BETWEEN 1 AND 2 AND direction = 'in';
