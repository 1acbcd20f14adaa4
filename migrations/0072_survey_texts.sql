-- 评价短信: a short link to the survey page, sent once to the telephone of the citizen who is to be asked.
ALTER TABLE survey
    ADD COLUMN link       text, -- short, of the text alone, and only for a while
    ADD COLUMN link_until timestamptz,
    ADD COLUMN text_after timestamptz, -- people are left in peace at night; null: nothing waits to be sent
    ADD COLUMN text_by    integer REFERENCES person; -- who chose it; null: the policy pack
-- Looked up by what stands in the text, without the ticket's number.
CREATE UNIQUE INDEX survey_link ON survey (link) WHERE link IS NOT NULL;
CREATE INDEX survey_text_due ON survey (text_after) WHERE text_after IS NOT NULL;

-- A message goes to one of the staff, or to a citizen who is asked; never to both.
ALTER TABLE message
    ALTER COLUMN person_id DROP NOT NULL,
    ADD COLUMN survey_token text REFERENCES survey,
    ADD CONSTRAINT message_to_one CHECK ((person_id IS NULL) <> (survey_token IS NULL)),
    DROP CONSTRAINT message_state_check,
    -- dropped: the citizen had answered, or the callback was over, before it could leave.
    ADD CONSTRAINT message_state_check CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'unsure', 'dropped'));
-- Nobody is texted twice about one callback.
CREATE UNIQUE INDEX message_survey ON message (survey_token) WHERE survey_token IS NOT NULL;
