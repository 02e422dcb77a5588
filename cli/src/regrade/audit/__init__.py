"""`regrade audit`: the platform's laws, checked from the outside and from the inside, by code that shares nothing with it."""
