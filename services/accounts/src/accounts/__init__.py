"""Companies, sellers, people, sign-in and keys."""
