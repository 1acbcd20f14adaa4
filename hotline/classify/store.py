"""SQL of classification: the models, what they suggested and what people made of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hotline.classify.classifier import Answers
from hotline.classify.folder import Manifest
from hotline.classify.registry import ModelRole
from hotline.infra.db import Connection

# --- models

REGISTER_MODEL = """
INSERT INTO model (target, fingerprint, path, scores, role, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (target, fingerprint) DO UPDATE SET path = excluded.path
RETURNING id
"""
RETIRE_CHAMPION = "UPDATE model SET role = 'retired' WHERE target = $1 AND role = 'champion' AND id <> $2"
PROMOTE_MODEL = "UPDATE model SET role = 'champion' WHERE target = $1 AND id = $2"
IS_CHAMPION = "SELECT EXISTS (SELECT FROM model WHERE role = 'champion' AND (target, fingerprint) = ($1, $2))"
FOLDER_OF = "SELECT path FROM model WHERE (target, fingerprint) = ($1, $2)"
READ_CHAMPIONS = "SELECT target, path FROM model WHERE role = 'champion' ORDER BY target"


async def register_model(conn: Connection, manifest: Manifest, path: str, role: ModelRole) -> int:
    """Write a model down; the same model again keeps its number and role."""
    number: int = await conn.fetchval(
        REGISTER_MODEL, manifest.target, manifest.fingerprint, path, manifest.scores, role, manifest.created_at
    )
    return number


async def folder_of(conn: Connection, target: str, fingerprint: str) -> str | None:
    path: str | None = await conn.fetchval(FOLDER_OF, target, fingerprint)
    return path


async def promote_model(conn: Connection, target: str, model_id: int) -> None:
    """From now on this one answers; the one before it is kept for going back."""
    await conn.execute(RETIRE_CHAMPION, target, model_id)
    await conn.execute(PROMOTE_MODEL, target, model_id)


async def is_champion(conn: Connection, target: str, fingerprint: str) -> bool:
    """Whether this model is the city's own, and not the one that comes with the program."""
    found: bool = await conn.fetchval(IS_CHAMPION, target, fingerprint)
    return found


async def read_champions(conn: Connection) -> dict[str, str]:
    """Target → folder of the model that answers."""
    return {row["target"]: row["path"] for row in await conn.fetch(READ_CHAMPIONS)}


# --- predictions and what people made of them

SAVE_PREDICTIONS = """
INSERT INTO prediction (ticket_id, model, kind, urgency, risks, top3, words, areas, at)
SELECT k.*, $2
  FROM jsonb_to_recordset($1) AS k (ticket_id bigint, model text, kind text, urgency text, risks jsonb, top3 jsonb, words jsonb,
       areas jsonb)
RETURNING id
"""
LATEST_PREDICTION = """
SELECT id, model, kind, urgency, risks, top3, words, at
  FROM prediction
 WHERE ticket_id = $1
 ORDER BY id DESC
 LIMIT 1
"""


async def save_prediction(conn: Connection, ticket_id: int, answers: Answers, at: datetime) -> int:
    (number,) = await save_predictions(conn, {ticket_id: answers}, at)
    return number


async def save_predictions(conn: Connection, answers: Mapping[int, Answers], at: datetime) -> list[int]:
    """Keep what was shown of each ticket, as it was shown."""
    found = await conn.fetch(SAVE_PREDICTIONS, [shown(of, said) for of, said in answers.items()], at)
    return [row["id"] for row in found]


def shown(ticket_id: int, said: Answers) -> dict[str, Any]:
    return {
        "ticket_id": ticket_id,
        "model": said.model,
        "kind": said.kind.label,
        "urgency": said.urgency,
        "risks": said.risks,
        "top3": said.category,
        "words": said.words,
        "areas": [(area.code, round(area.confidence, 4)) for area in said.areas],
    }


async def latest_prediction(conn: Connection, ticket_id: int) -> dict[str, Any] | None:
    row = await conn.fetchrow(LATEST_PREDICTION, ticket_id)
    return dict(row) if row else None
