"""短信、企业微信、钉钉: over HTTP, to the one gateway that HOTLINE_GATEWAY_URL names (docs/gateway.md)."""
