"""The measures put together: one `.sql` file each, over a chosen part of the tickets."""

from hashlib import sha256
from importlib.resources import files

from hotline.insight.measures import MEASURES, Measure

FOLDER = files("hotline.insight") / "sql"
SCOPED = {
    "ticket": "id",
    "assignment": "ticket_id",
    "request": "ticket_id",
    "reply": "ticket_id",
    "callback": "ticket_id",
    "survey": "ticket_id",
    "ticket_overlay": "ticket_id",
    "petitioner": "ticket_id",
    "history": "ticket_id",
    "difficult_listing": "ticket_id",
    "directive": "ticket_id",
}
"""Inside a measure these tables hold the chosen tickets only; `public.ticket` is all of them."""
LISTED = "@ = ANY ($1::bigint[])"
BETWEEN = "@ >= $1::bigint AND @ < $2::bigint"


def text(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def scope(condition: str) -> list[str]:
    return [
        " ".join(
            (table, "AS NOT MATERIALIZED (SELECT * FROM", f"public.{table}", "WHERE", condition.replace("@", key), ")")
        )
        for table, key in SCOPED.items()
    ]


FRESH = """fresh AS (
    SELECT n.measure, n.ticket_id, n.item, n.at, n.value, n.excluded, n.unit_id, r.path[2] AS district, n.channel,
           left(n.category, 2) AS category, g.campaigns
      FROM counting n
      LEFT JOIN region r ON r.code = n.region
      LEFT JOIN LATERAL (SELECT array_agg(c.campaign_id ORDER BY c.campaign_id) AS campaigns
                           FROM campaign_ticket c WHERE c.ticket_id = n.ticket_id) g ON true
)"""
COUNTED = """
SELECT '@'::kpi_measure AS measure, c.ticket_id, c.item, c.unit_id, c.at, c.channel, c.category, c.region,
       VALUE AS value, c.excluded FROM ("""


def counted(measure: Measure) -> str:
    """A measure's cases; met or not is 1 or 0."""
    value = "c.hit::int" if measure.shown == "share" else "c.value"
    return COUNTED.replace("@", measure.name).replace("VALUE", value) + text(measure.name) + ") c"


def fresh(condition: str, judged: str) -> str:
    """The parts of a WITH that end in `fresh`: every case of the chosen tickets, counted from the tickets themselves."""
    counting = "counting AS (\n" + "\nUNION ALL\n".join(counted(measure) for measure in MEASURES) + "\n)"
    return ",\n".join((*scope(condition), text("share"), text("verdict"), judged, counting, FRESH))


def fingerprint(judged: str) -> str:
    """Changes with what is counted: sums of another fingerprint are not ours."""
    return sha256(fresh("", judged).encode()).hexdigest()[:16]
