-- Every mark by which a process knows that its copy of the reference data is old, to be read at one glance.
CREATE VIEW revision AS
SELECT (SELECT stamp::text FROM directory_revision) AS directory,
       (SELECT mark::text FROM sla_revision)        AS sla,
       (SELECT mark::text FROM catalogue_revision)  AS catalogue,
       (SELECT mark::text FROM category_revision)   AS category;
