"""One data point over the periods, page by page."""
