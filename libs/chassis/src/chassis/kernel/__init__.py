"""The pure core: values and rules that know no database, no broker and no web."""
