"""The figures and what they mean, as SDMX: structures from the definitions, data from observations; `/sdmx/`.

`names` (identifiers) <- `components` (what a data structure holds) <- `structures` (artefacts), `table` (figures as rows)
<- `messages`, `writing` (bytes) <- `queries` (what was asked) <- `views`. docs/sdmx.md says how clients use it.
"""
