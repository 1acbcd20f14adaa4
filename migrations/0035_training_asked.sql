-- Training may be asked for by day; a model remembers since when it has had its part; what a shadow says is asked by model.

ALTER TABLE training_run DROP CONSTRAINT training_run_outcome_known;
ALTER TABLE training_run ADD CONSTRAINT training_run_outcome_known
    CHECK (outcome IN ('asked', 'running', 'challenger', 'shadow', 'nothing', 'failed'));
ALTER TABLE training_run ADD COLUMN asked_by text;
ALTER TABLE model ADD COLUMN role_since timestamptz;
UPDATE model SET role_since = created_at;
-- A shadow that is thrown away takes its answers along.
ALTER TABLE shadow_answer DROP CONSTRAINT shadow_answer_model_id_fkey;
ALTER TABLE shadow_answer ADD CONSTRAINT shadow_answer_model_id_fkey
    FOREIGN KEY (model_id) REFERENCES model ON DELETE CASCADE;
