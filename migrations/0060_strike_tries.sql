-- 销号回访: when nobody answered, so that the next call falls into another part of a day.
ALTER TABLE difficult_strike ADD COLUMN tried_at timestamptz[] NOT NULL DEFAULT '{}';
