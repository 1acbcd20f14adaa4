-- 只对结果不满率: apart from what the unit did wrong. The sums are counted anew at the next start (kpi_mark.counting).
ALTER TYPE kpi_measure ADD VALUE 'result_alone' AFTER 'second_satisfied';
