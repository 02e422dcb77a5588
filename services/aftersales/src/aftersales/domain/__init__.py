"""The rules of aftersales: what a buyer may claim after delivery, and until when; no database, no web, no broker."""
