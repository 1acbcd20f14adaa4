-- 审核结果: whoever filed an appeal or a request not to be counted hears what was decided of it.
ALTER TABLE notice
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check
        CHECK (kind IN ('asked', 'near', 'orange', 'late', 'very_late', 'urge', 'supervise', 'decided'));
