-- How long each agent was in each state on each day. A word of a telephone holds until its next one, and for a day at most,
-- so that a day counts the same by itself and among others.
spell AS MATERIALIZED (
    SELECT coalesce(sat.person_id::text, e.agent) AS agent, e.state, n.day AS at,
           sum(round(extract(epoch FROM least(e.until, n.day + interval '1 day') - greatest(e.at, n.day)) * 1000))::bigint AS ms
      FROM (SELECT t.provider, t.agent, t.data ->> 'state' AS state, t.at,
                   least(lead(t.at) OVER (PARTITION BY t.provider, t.agent ORDER BY t.at, t.id), t.at + interval '1 day', $2, $3)
                   AS until
              FROM call_event t
             WHERE t.type = 'agent.state' AND t.data ? 'state' AND t.at >= $1::timestamptz - interval '1 day' AND t.at < $2
           ) e
      LEFT JOIN LATERAL (
           SELECT s.person_id FROM phone_sitting s
            WHERE s.provider = e.provider AND s.agent = e.agent AND s.began_at <= e.at + interval '5 seconds'
              AND (s.ended_at IS NULL OR s.ended_at > e.at)
            ORDER BY s.began_at DESC LIMIT 1
           ) sat ON true
     CROSS JOIN LATERAL generate_series(
           date_trunc('day', greatest(e.at, $1)), e.until - interval '1 microsecond', interval '1 day') n (day)
     WHERE e.state IN ('ready', 'ringing', 'talking', 'wrap_up', 'not_ready') AND e.until > $1 AND n.day >= $1
     GROUP BY 1, 2, 3
)
