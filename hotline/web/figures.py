"""What the measures are scored by, campaigns, and tickets taken out as a file."""

from hotline.insight.actions import FREEZERS
from hotline.insight.rulebook import http as rulebook
from hotline.insight.scoring import Rules
from hotline.web.endpoint import Endpoint

API = "/api/v1"

FIGURES = (
    Endpoint(
        "GET",
        f"{API}/reports/kpi/rules",
        rulebook.rules,
        "考核办法:三率权重、分档、综合考核分的各项,以及历次版本",
        answer=rulebook.ScoringRules,
        roles=FREEZERS,
    ),
    Endpoint(
        "POST",
        f"{API}/reports/kpi/rules",
        rulebook.set_rules,
        "考核办法的新版本,自某日起施行;以前的版本不变",
        body=rulebook.NewScoring,
        answer=Rules,
        status=201,
        roles=FREEZERS,
    ),
)
