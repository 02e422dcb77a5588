"""The HTTP door: application factory, problem documents, sign-in checks, idempotent writes, pages, health."""
