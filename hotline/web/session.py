"""The addresses of signing in, and of what everybody signed in may look up."""

from hotline.directory import http as directory
from hotline.web.endpoint import ANYONE_SIGNED_IN, Endpoint, Query

API = "/api/v1"

SESSION = (
    Endpoint(
        "POST",
        f"{API}/session",
        directory.sign_in,
        "登录",
        body=directory.SignInBody,
        answer=directory.SignedInAnswer,
        limit="600/minute",
    ),
    Endpoint("GET", f"{API}/me", directory.me, "当前登录人", answer=directory.SignedInAnswer, roles=ANYONE_SIGNED_IN),
    Endpoint("DELETE", f"{API}/session", directory.sign_out, "退出登录", status=204, roles=ANYONE_SIGNED_IN),
    Endpoint(
        "POST",
        f"{API}/session/password",
        directory.change_password,
        "修改密码",
        body=directory.PasswordBody,
        answer=directory.SignedInAnswer,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "GET",
        f"{API}/units",
        directory.units,
        "承办单位",
        answer=directory.UnitList,
        roles=ANYONE_SIGNED_IN,
        query=(Query("q", str, "单位名称、简称或代码"),),
    ),
    Endpoint(
        "GET",
        f"{API}/regions",
        directory.regions,
        "行政区划的下一级",
        answer=directory.RegionList,
        query=(Query("parent", str, "上级区划代码"),),
    ),
)
