"""The mail door: an SMTP server that keeps everything and forwards nothing."""
