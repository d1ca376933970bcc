"""Keys and signatures: who says so, and whether it is still what they said.

- `keys`: the private key of each actor on this device, made when it is first used.
- `key_files`: files that hold a key, for their owner's eyes only.
- `seals`: secrets encrypted with a key, so that only who has it reads them or makes others.
- `envelopes`: bytes signed into a DSSE envelope, and given back exactly as they were signed.

What is signed, by whom it must be and what a history has to look like is said by `rules.history`; whose
public key is whose stands in the catalog. The only home of securesystemslib and cryptography, which are
imported when something is signed or verified, not before.
"""
