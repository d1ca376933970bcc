"""What every room may use and nothing else knows: names for plain values, and the errors.

- `ids`: making and checking the permanent 25-character ids.
- `paths`: the one spelling of route and launcher paths.
- `canonical`: the one spelling of data in bytes, for digests and signatures.
- `errors`: the one tree of errors, each with a stable code; made of `families`, `code_errors` (areas 01 to
  03), `host_errors` (04 and 05), `run_errors` (05, of workflows) and `store_errors` (06 to 09).
- `remarks`: what is no error, and an author may want to know all the same.
"""
