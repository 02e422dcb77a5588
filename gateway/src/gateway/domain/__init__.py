"""The gateway's own rules: which path goes where, how the test clock advances, what a delivery is."""
