"""The command line: `hotline VERB`. What a verb does lives in the rooms; here is how it is asked for and answered."""

import importlib
import sys

import click

from hotline.infra.errors import HotlineError, InvalidInput

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
# Verb → where it is and what it does. The code is read only when the verb is used, so that `--help` answers at once.
VERBS = {
    "serve": ("hotline.cli.running:serve", "启动网页服务;没有配置地址时连同内嵌的数据库一起启动"),
    "worker": ("hotline.cli.running:worker", "后台处理:事件的后续、时限、渠道收取;可在多台机器上各启动几个"),
    "migrate": ("hotline.cli.running:migrate", "把数据库结构升级到当前版本;可重复执行,可多台机器同时执行"),
    "import": ("hotline.cli.letters:import_letters", "把一个文件里的来件导入为工单;同一文件导入两次不会重复"),
    "due": ("hotline.cli.records:due", "按工作日或小时推算期限,并逐日说明理由"),
    "calendar": ("hotline.cli.calendars:calendar", "工作日历和时限方案:先看会变动哪些在办时限,再生效"),
    "report": ("hotline.cli.records:report", "报表:weekly 疑难工单周报,monthly 月通报"),
    "export": ("hotline.cli.taking:export", "把一段时间的工单导出为台账(CSV 或 XLSX),记录谁为何导出"),
    "recount": ("hotline.cli.counting:recount", "考核合计按工单全部重算,或只核对"),
    "audit": ("hotline.cli.records:audit", "审计:verify 校验历史的哈希链"),
    "train": ("hotline.cli.models:train", "用带标签的数据训练模型,并在留出的部分上检验"),
    "evaluate": ("hotline.cli.models:evaluate", "在带标签的文件上检验一个模型"),
    "predict": ("hotline.cli.models:predict", "给文件的每一行加上预测的标签"),
    "learn": ("hotline.cli.models:learn", "夜间学习:训练候选模型并与在用模型比较,更新各项学习数据"),
    "user": ("hotline.cli.accounts:user", "账号:add 新增,role 改角色,reset 重置密码"),
    "directory": ("hotline.cli.loading:directory_group", "组织机构:import 导入本市的区划、单位、人员"),
    "catalogue": ("hotline.cli.loading:catalogue", "派单目录:import 导入本市的派单目录"),
    "categories": ("hotline.cli.loading:categories", "诉求分类:import 导入分类或标准的代码表"),
    "simulate": ("hotline.cli.simulate.command:simulate", "写入模拟工单及其全部历史,用于测量和演示"),
    "calls": ("hotline.cli.calls:calls", "电话:exchange 演练用的交换机,reconcile 与 queue_log 对账"),
    "doctor": ("hotline.cli.keeping:doctor", "检查能不能正常工作,逐项说明问题和解决办法"),
    "backup": ("hotline.cli.keeping:backup", "把整个数据库一致地备份到一个文件,写完即验证"),
    "restore": ("hotline.cli.keeping:restore", "用备份替换整个数据库,要么全部成功,要么原样不动"),
}


class Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            ctx.fail(f"没有命令 {cmd_name}。")
        module, _, name = VERBS[cmd_name][0].partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in VERBS.items()])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def hotline() -> None:
    """12345 政务服务便民热线:受理、分类、派单、办理、回访、督办。"""


def main() -> None:
    """Exit 0 when done, 1 when the work failed, 2 when asked wrongly; a failure is a sentence, never a traceback."""
    try:
        sys.exit(hotline.main(standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as wrong:
        click.echo(wrong.format_message(), err=True)
        sys.exit(MISUSED)
    except click.UsageError as wrong:
        path = wrong.ctx.command_path if wrong.ctx else "hotline"
        click.echo(f"用法不对:{misuse(wrong)} 请看 {path} --help", err=True)
        sys.exit(MISUSED)
    except click.ClickException as wrong:
        click.echo(wrong.format_message(), err=True)
        sys.exit(FAILED)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except InvalidInput as wrong:
        for one in wrong.data["errors"]:
            click.echo(one["message"], err=True)
        sys.exit(FAILED)
    except HotlineError as wrong:
        click.echo(wrong.message, err=True)
        sys.exit(FAILED)
    except Exception as wrong:
        sentence = in_a_sentence(wrong)
        if sentence is None:
            raise
        click.echo(sentence, err=True)
        sys.exit(FAILED)


def misuse(wrong: click.UsageError) -> str:
    """click's own complaints in Chinese; ours are already."""
    if isinstance(wrong, click.NoSuchOption):
        return f"没有选项 {wrong.option_name}。"
    if isinstance(wrong, click.MissingParameter):
        shown = wrong.param.get_error_hint(wrong.ctx) if wrong.param and wrong.ctx else ""
        return f"缺少 {shown}。"
    if isinstance(wrong, click.BadParameter):
        shown = wrong.param.get_error_hint(wrong.ctx) if wrong.param and wrong.ctx else ""
        return f"{shown} 的值不对({wrong.message})"
    return wrong.format_message()


def in_a_sentence(wrong: Exception) -> str | None:
    """Failures of the world around us; anything else is our own mistake and shows where it was made."""
    import asyncpg

    if isinstance(wrong, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError | asyncpg.UndefinedFunctionError):
        return "数据库结构还没有建立或已过时,请先执行 hotline migrate。"
    if isinstance(wrong, asyncpg.PostgresError | asyncpg.InterfaceError):
        return f"数据库没有完成操作:{wrong}"
    if isinstance(wrong, FileNotFoundError | PermissionError | IsADirectoryError):
        return f"打不开 {wrong.filename}({wrong.strerror}),请检查路径和权限。"
    if isinstance(wrong, OSError):
        return f"系统没有完成操作:{wrong}"
    return None
