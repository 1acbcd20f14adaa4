-- Every share of a unit with what its ticket says, and why it may have to stay out of the rates (docs/rules.md E.2):
-- `off` concerns the ticket, `left_out` the unit's clocks as well. A merged caller's copy of the master's work is counted
-- with the master; a rework of its own is its own.
share AS NOT MATERIALIZED (
    SELECT a.ticket_id, a.id AS item, a.unit_id, a.part, a.stage, a.round, a.dispatched_at, a.sign_due, a.signed_at,
           a.contact_due, a.contacted_at, a.finish_due, a.finished_at, a.late, a.extensions, a.automatic,
           t.state, t.channel, t.category, t.region, o.off,
           CASE WHEN o.off IS NOT NULL THEN o.off
                WHEN a.stage IN ('returned', 'recalled') THEN a.stage END AS left_out
      FROM assignment a
      JOIN ticket t ON t.id = a.ticket_id
     CROSS JOIN LATERAL (
           SELECT CASE WHEN t.state IN ('void', 'withdrawn') THEN t.state
                       WHEN t.master_id IS NOT NULL AND a.round = 0 THEN 'merged'
                       WHEN t.exempt IS NOT NULL THEN 'exempt'
                       WHEN t.closing IN ('unreasonable', 'terminated') THEN t.closing
                       WHEN t.disposition = 'legal_channel' THEN 'terminated' END AS off
           ) o
)
