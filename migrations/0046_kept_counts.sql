-- Counts kept up by the jobs, so that a page reads sums and no tickets (docs/decisions/0061).

-- Every case of every measure as it stands: which ticket, when it counts, whether it was met, why it stays out. What a
-- ticket's cases were is needed to take them out of the sums when it changes; the list behind a number is read from here.
CREATE TABLE kpi_case (
    ticket_id bigint NOT NULL,
    measure   text NOT NULL,
    item      integer NOT NULL,
    at        timestamptz NOT NULL, -- may lie ahead: what has not come is not counted
    hit       boolean NOT NULL,
    excluded  text,
    unit_id   bigint,
    district  text,
    channel   text NOT NULL,
    category  text,
    campaigns integer[],
    PRIMARY KEY (ticket_id, measure, item)
);
CREATE INDEX kpi_case_at ON kpi_case (measure, at, ticket_id, item);

CREATE TABLE kpi_day (
    by          text NOT NULL, -- all, unit, district, channel, category, campaign
    day         date NOT NULL,
    measure     text NOT NULL,
    key         text NOT NULL, -- '' where it has none
    numerator   integer NOT NULL,
    denominator integer NOT NULL,
    excluded    integer NOT NULL,
    PRIMARY KEY (by, day, measure, key)
);

-- How far the history is in the sums. A line that is not: its transaction is `xid` or later, and its number above `number`.
CREATE TABLE kpi_mark (
    single      boolean PRIMARY KEY DEFAULT true CHECK (single),
    xid         xid8 NOT NULL DEFAULT '0',
    number      bigint NOT NULL DEFAULT 0,
    -- Transactions from `later_xid` on have numbers above `later_number`: once all before it are done, so is `number`.
    later_xid    xid8 NOT NULL DEFAULT '0',
    later_number bigint NOT NULL DEFAULT 0
);
INSERT INTO kpi_mark DEFAULT VALUES;

-- Tickets to count again although nothing happened to them (a campaign was set up).
CREATE TABLE kpi_again (
    ticket_id bigint PRIMARY KEY
);

-- 专题 (campaigns, 蓝天保卫战): tickets tagged by a rule, with a section of their own in the bulletin.
CREATE TABLE campaign (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    begins     date NOT NULL,
    ends       date, -- its last day; null: until further notice
    categories text[] NOT NULL, -- codes of any level; a ticket of one of them, or below it, belongs
    words      text[] NOT NULL, -- or one whose title or content says one of these
    by_name    text NOT NULL,
    at         timestamptz NOT NULL,
    CONSTRAINT campaign_name_once UNIQUE (name),
    CONSTRAINT campaign_ends_after_it_begins CHECK (ends IS NULL OR ends >= begins),
    -- A rule that speaks of nothing would tag nothing.
    CONSTRAINT campaign_has_a_rule CHECK (cardinality(categories) + cardinality(words) > 0)
);
CREATE TABLE campaign_ticket (
    ticket_id   bigint NOT NULL,
    campaign_id integer NOT NULL REFERENCES campaign ON DELETE CASCADE,
    PRIMARY KEY (ticket_id, campaign_id)
);
CREATE INDEX campaign_ticket_of ON campaign_ticket (campaign_id, ticket_id DESC);

ALTER TABLE kpi_month_line ADD COLUMN campaigns integer[];
