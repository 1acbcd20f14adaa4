"""邮件: over SMTP, to the one server that HOTLINE_SMTP_URL names."""
