"""The Commission's implementation report (Article 9): one document tree made from filings, shown as page, PDF and DOCX.

`outline.toml` says which data point goes where, `document.generate` makes the tree, `page`, `pdf` and `docx` show it."""
