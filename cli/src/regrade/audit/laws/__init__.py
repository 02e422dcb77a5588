"""One file per law: each a pure function over facts that were read elsewhere."""
