"""The rules of accounts: companies, people, sellers and keys; no database, no web, no broker."""
