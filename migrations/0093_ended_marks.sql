-- 销号 ends the mark 疑难; the lists of the weeks in which it stood look for it.
CREATE INDEX ticket_overlay_ended_marks ON ticket_overlay (ended_at) WHERE kind = 'difficult' AND ended_at IS NOT NULL;
