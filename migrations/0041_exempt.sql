-- 不纳入考核: the ground on which a ticket counts in no rate, and the clock of what was rated low.
ALTER TABLE ticket ADD COLUMN exempt text;
ALTER TABLE request
    DROP CONSTRAINT request_asked_check,
    ADD CONSTRAINT request_asked_check
        CHECK (asked IN ('return', 'extension', 'shelving', 'termination', 'appeal', 'exclusion'));
ALTER TABLE deadline DROP CONSTRAINT deadline_kind_known;
ALTER TABLE deadline ADD CONSTRAINT deadline_kind_known CHECK (
    kind IN ('dispatch', 'consultation', 'sign', 'contact', 'finish', 'milestone', 'supervise', 'callback', 'low_rating',
             'rectify')
);
