"""Settings: what is missing or wrong is one Chinese sentence that names the variable."""

import stat
from pathlib import Path

import pytest

from hotline.infra.errors import Misconfigured
from hotline.infra.settings import FieldKey, load_settings

GOOD = {
    "HOTLINE_DATABASE_URL": "postgresql://hotline@db/hotline",
    "HOTLINE_SECRET_KEY": "s" * 32,
    "HOTLINE_FIELD_KEYS": "2:" + "22" * 16 + ", 1:" + "11" * 16,
}


def test_everything_has_a_default_but_the_secrets_of_an_external_database() -> None:
    found = load_settings(GOOD)
    assert (found.port, found.calendar, found.sla_pack, found.auto_dispatch_threshold) == (8012, "cn", "default", 0.9)
    assert (found.redis_url, found.clock_file, found.demo) == (None, None, False)
    assert found.field_keys == (FieldKey(2, b"\x22" * 16), FieldKey(1, b"\x11" * 16))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("HOTLINE_DATABASE_URL", "mysql://db/hotline", "应以 postgresql:// 或 postgres:// 开头"),
        ("HOTLINE_REDIS_URL", "localhost:6379", "应以 redis://"),
        ("HOTLINE_SECRET_KEY", "short", "至少要 32 个字符"),
        ("HOTLINE_SECRET_KEY", "", "必须设置 HOTLINE_SECRET_KEY"),
        ("HOTLINE_FIELD_KEYS", "", "必须设置 HOTLINE_FIELD_KEYS"),
        ("HOTLINE_FIELD_KEYS", "11" * 16, "编号:32位十六进制"),
        ("HOTLINE_FIELD_KEYS", "1:" + "11" * 15, "编号 1 的密钥应是 32 位十六进制"),
        ("HOTLINE_FIELD_KEYS", "1:" + "zz" * 16, "编号 1 的密钥应是 32 位十六进制"),
        ("HOTLINE_FIELD_KEYS", "0:" + "11" * 16, "编号为 1 到 255"),
        ("HOTLINE_FIELD_KEYS", "256:" + "11" * 16, "编号为 1 到 255"),
        ("HOTLINE_FIELD_KEYS", ",".join(["1:" + "11" * 16] * 2), "密钥编号重复"),
        ("PORT", "80a", "1 到 65535"),
        ("PORT", "٣", "1 到 65535"),
        ("PORT", "65536", "1 到 65535"),
        ("HOTLINE_AUTO_DISPATCH_THRESHOLD", "1.2", "0 到 1 之间"),
        ("HOTLINE_AUTO_DISPATCH_THRESHOLD", "nan", "0 到 1 之间"),
        ("HOTLINE_AUTO_DISPATCH_THRESHOLD", "九成", "0 到 1 之间"),
        ("HOTLINE_DEMO", "maybe", "1 或 0"),
        ("HOTLINE_LOG", "xml", "json、pretty"),
        ("HOTLINE_SLA_PACK", "../etc", "字母、数字和连字符"),
        ("HOTLINE_IMAP_URL", "pop3://mail", "应以 imap://"),
    ],
)
def test_wrong_value_is_a_sentence_that_names_it(name: str, value: str, says: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        load_settings({**GOOD, name: value})
    assert name in refused.value.message
    assert says in refused.value.message
    assert refused.value.message.endswith("。")


def test_secrets_are_not_shown() -> None:
    shown = repr(load_settings(GOOD))
    assert "ssss" not in shown
    assert "2222" not in shown
    assert "22" * 4 not in repr(load_settings(GOOD).field_keys)


def test_embedded_installation_makes_its_secrets_once(tmp_path: Path) -> None:
    environ = {"HOTLINE_DATA": str(tmp_path / "var")}
    first, second = load_settings(environ), load_settings(environ)
    assert (first.secret_key, first.field_keys) == (second.secret_key, second.field_keys)
    assert first.secret_key != load_settings({"HOTLINE_DATA": str(tmp_path / "other")}).secret_key
    kept = tmp_path / "var" / "secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_damaged_secrets_are_never_replaced_by_new_ones(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{", encoding="utf-8")
    with pytest.raises(Misconfigured, match="已损坏"):
        load_settings({"HOTLINE_DATA": str(tmp_path)})


def test_given_secrets_win_over_kept_ones(tmp_path: Path) -> None:
    load_settings({"HOTLINE_DATA": str(tmp_path)})
    given = load_settings({"HOTLINE_DATA": str(tmp_path), "HOTLINE_SECRET_KEY": "g" * 40})
    assert given.secret_key == b"g" * 40
