"""One file per thing that can happen in the simulated world; each runs inside the caller's transaction."""
