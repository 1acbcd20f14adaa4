"""Every address: the groups of the desks, and what belongs to none."""

from starlette.routing import WebSocketRoute

from hotline.live import http as live
from hotline.live.actions import Page as LivePage
from hotline.tickets.permissions import SEERS
from hotline.web import health
from hotline.web.admin_desk import ADMIN_DESK
from hotline.web.administration import DIRECTORY
from hotline.web.agent_desk import AGENT_DESK
from hotline.web.auth import signed_in_socket
from hotline.web.briefs import BRIEFS
from hotline.web.callback_desk import CALLBACK_DESK
from hotline.web.clocks import CLOCKS
from hotline.web.department_desk import DEPARTMENT_DESK
from hotline.web.dispatch_desk import DISPATCH_DESK
from hotline.web.endpoint import Endpoint, Query
from hotline.web.extensions import BROWSER_PHONE
from hotline.web.figures import FIGURES
from hotline.web.leading import LEADING
from hotline.web.learning_desk import LEARNING_DESK
from hotline.web.ledger import LEDGER
from hotline.web.notice_desk import NOTICE_DESK
from hotline.web.phone_desk import PHONE_DESK
from hotline.web.public_desk import PUBLIC
from hotline.web.restricting import RESTRICTING
from hotline.web.session import SESSION
from hotline.web.ticket_page import TICKET_PAGE
from hotline.web.tickets import ATTACHMENTS, TICKETS, VERBS

API = "/api/v1"

LIVE = (
    Endpoint(
        "GET",
        f"{API}/live",
        live.poll,
        "实时消息(不用 WebSocket 的客户端定时询问)",
        answer=LivePage,
        roles=SEERS,
        query=(
            Query("since", int, "上次应答中的 number;不带则从现在开始"),
            Query("limit", int, "一次最多看多少条历史,最多 1000"),
        ),
    ),
)
SOCKETS = (WebSocketRoute(f"{API}/live", signed_in_socket(live.attend)),)

MACHINES = (
    Endpoint("GET", "/health/live", health.live, "进程在运行", answer=health.Alive),
    Endpoint("GET", "/health/ready", health.ready, "可以接待请求", answer=health.Ready),
    Endpoint("GET", "/metrics", health.metrics, "Prometheus 指标"),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *PUBLIC,
    *SESSION,
    *DIRECTORY,
    *LEARNING_DESK,
    *ADMIN_DESK,
    *AGENT_DESK,
    *TICKETS,
    *TICKET_PAGE,
    *DISPATCH_DESK,
    *DEPARTMENT_DESK,
    *ATTACHMENTS,
    *CALLBACK_DESK,
    *RESTRICTING,
    *PHONE_DESK,
    *BROWSER_PHONE,
    *CLOCKS,
    *NOTICE_DESK,
    *LEADING,
    *BRIEFS,
    *FIGURES,
    *LEDGER,
    *LIVE,
    *VERBS,
    *MACHINES,
)
