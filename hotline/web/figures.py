"""What the measures are scored by, campaigns, and tickets taken out as a file."""

from hotline.directory.people import Role as R
from hotline.insight.actions import FREEZERS
from hotline.insight.campaigns import http as campaigns
from hotline.insight.campaigns.rule import Campaign, CampaignRule
from hotline.insight.rulebook import http as rulebook
from hotline.insight.scoring import Rules
from hotline.web.endpoint import Endpoint

API = "/api/v1"
LEADERS = frozenset({R.SUPERVISOR, R.SUPERVISION, R.CENTRE_LEADER, R.CITY_LEADER})

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
    Endpoint(
        "GET",
        f"{API}/reports/campaigns",
        campaigns.campaigns,
        "专题:名称、期间、归入的规则和件数",
        answer=campaigns.Campaigns,
        roles=LEADERS,
    ),
    Endpoint(
        "POST",
        f"{API}/reports/campaigns",
        campaigns.put,
        "新设专题,或改同名专题的期间和规则;期间内的工单立即重新归类",
        body=CampaignRule,
        answer=Campaign,
        status=201,
        roles=FREEZERS,
    ),
    Endpoint(
        "POST",
        f"{API}/reports/campaigns/preview",
        campaigns.preview,
        "试算:这样的规则会归入多少工单,最新的几件",
        body=CampaignRule,
        answer=campaigns.CampaignPreview,
        roles=FREEZERS,
    ),
    Endpoint(
        "DELETE",
        f"{API}/reports/campaigns/{{id}}",
        campaigns.drop,
        "取消专题;工单不变,只是不再归入",
        status=204,
        roles=FREEZERS,
    ),
)
