"""The few modules of the standard library that take module *names*, as a realm's code sees them.

Each stands in front of the real module: what it does not have falls through to that.

- `module`: the type of these modules.
- `table`: which there are; one set for each realm, made when first imported.
- `imports`: `importlib` and `importlib.util`.
- `packages`: `pkgutil`.
- `resources`: `importlib.resources`.
- `metadata`: `importlib.metadata` of the package itself and of its private distributions.
- `system`: `sys`, whose `modules` has the realm's own by logical name.
- `pickles`: `pickle`, which loads the realm's own by logical name.
- `loggers`: `logging`, with loggers that say which version speaks.
- `configuration`: `logging.config`, whose dictionaries name classes of the realm's.
"""
