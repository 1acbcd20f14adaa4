"""The measures put together: one `.sql` file each, over a chosen part of the tickets."""

from importlib.resources import files

from hotline.insight.measures import MEASURES

FOLDER = files("hotline.insight") / "sql"
SCOPED = {
    "ticket": "id",
    "assignment": "ticket_id",
    "request": "ticket_id",
    "reply": "ticket_id",
    "callback": "ticket_id",
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
    SELECT n.measure, n.ticket_id, n.item, n.at, n.hit, n.excluded, n.unit_id, r.path[2] AS district, n.channel,
           left(n.category, 2) AS category, g.campaigns
      FROM counting n
      LEFT JOIN region r ON r.code = n.region
      LEFT JOIN LATERAL (SELECT array_agg(c.campaign_id ORDER BY c.campaign_id) AS campaigns
                           FROM campaign_ticket c WHERE c.ticket_id = n.ticket_id) g ON true
)"""
COUNTED = "SELECT '@' AS measure, c.* FROM ("


def fresh(condition: str, judged: str) -> str:
    """The parts of a WITH that end in `fresh`: every case of the chosen tickets, counted from the tickets themselves."""
    named = (COUNTED.replace("@", measure.name) + text(measure.name) + ") c" for measure in MEASURES)
    counting = "counting AS (\n" + "\nUNION ALL\n".join(named) + "\n)"
    return ",\n".join((*scope(condition), text("share"), text("verdict"), judged, counting, FRESH))
