# 12345 政务服务便民热线. `make` alone lists what there is.

PORT ?= 8012
VENV := .venv
BIN := $(VENV)/bin
export PORT
ifdef HOTLINE_DATA
export HOTLINE_DATA
endif
# What Python compiles is kept beside the packages, also where it may not be kept beside the sources: else every process compiles all it imports.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/pycache

CONSOLE := $(BIN)/python scripts/console.py

.DEFAULT_GOAL := help
.PHONY: help setup run console test check bench day lock test-pg15 test-pbx format

help: ## 列出所有命令
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.run-installed ## 建立 .venv 并安装运行所需的一切,不启动任何服务

run: setup console ## 一条命令启动:内嵌数据库、演示城市、网页服务(PORT 默认 8012,HOTLINE_DATA 默认 ./var)
	@exec $(BIN)/hotline serve --demo --port $(PORT)

console: $(VENV)/.run-installed ## 构建工作台(没有改动时不重做;没有 Node 时用 Python 包里的一份)
	@$(CONSOLE)

test: $(VENV)/.dev-installed console ## 安装测试所需并运行全部测试
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(VENV)/.dev-installed ## 格式、静态检查、类型、导入约定,不跑测试
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(CONSOLE) check

format: $(VENV)/.dev-installed ## 整理代码格式
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@$(CONSOLE) format

day: setup ## 用加速的时钟把 1000 封真实来信办完一天,打印台账
	@exec $(BIN)/python -m bench.day

bench: $(VENV)/.dev-installed console ## 运行 README 中引用的每一项测量(BENCH_JSON=文件 另存 JSON)
	@exec $(BIN)/python -m bench

test-pg15: $(VENV)/.dev-installed ## 在 Debian 的 PostgreSQL 15 上跑数据库相关测试
	@.ci/test-pg15 $(BIN)/python

test-pbx: $(VENV)/.dev-installed ## 对真实的 Asterisk 和 SIPp 跑电话的故事(软件源没有 asterisk 时说明并以 3 退出)
	@.ci/test-pbx $(BIN)/python

lock: $(VENV)/.made ## 按 pyproject.toml 重新锁定依赖版本
	@$(BIN)/python scripts/install.py lock

# The stamps are what a second `make run` looks at; it installs nothing.
$(VENV)/.run-installed: $(VENV)/.made requirements.lock pyproject.toml scripts/install.py
	@echo "正在安装依赖,首次约需一分钟……"
	@$(BIN)/python scripts/install.py install requirements.lock
	@$(BIN)/python scripts/install.py compile
	@touch $@

$(VENV)/.dev-installed: $(VENV)/.run-installed requirements-dev.lock
	@$(BIN)/python scripts/install.py install requirements-dev.lock
	@touch $@

$(VENV)/.made:
	@.ci/venv $(VENV)
	@touch $@
