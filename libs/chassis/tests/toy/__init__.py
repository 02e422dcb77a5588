"""A toy service with one aggregate, on which the chassis is proven."""
