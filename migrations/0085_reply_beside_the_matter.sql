-- 答非所问 among the signs of F.10: a reply that says nothing of what was asked.
ALTER TABLE callback_finding DROP CONSTRAINT callback_finding_sign_check;
ALTER TABLE callback_finding ADD CONSTRAINT callback_finding_sign_known CHECK (sign IN (
    'same_source', 'after_contact', 'staff_number', 'not_contacted', 'not_as_told', 'induced', 'withdrawn', 'off_topic'));
