"""What packages use of each other: a contract's members, from whichever package provides them.

- `registry`: who provides what among a set of active versions, and whom a consumer gets.
- `proxy`: what a consumer holds; it outlives its provider's version, and its provider.
- `subscriptions`: a consumer's subscriptions, which move to another provider.
- `payloads`: what goes through is data of a bounded size.
- `ports`: what this room needs from the one above.
"""
