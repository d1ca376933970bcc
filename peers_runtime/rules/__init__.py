"""Pure rules: facts in, a decision with its reason out. No I/O, no clock, no package code.

- `routes`: which route takes a request, and why each other one lost (on a host's start path, so light).
- `following`: what is followed: tags, and how far from the active version.
- `resolution`: which version of a package a context uses on this device, and why each other one lost.
- `arriving`: resolution where not every snapshot may have arrived.
- `promotion`: which tag a version may get.
- `reach`: whom an activation reaches.
- `components`: what a component consists of, its status and its number; `imports`: what modules import.
- `written`: what a module's text says, line by line, for who remarks on it.
- `going_back`: which files of a working copy become those of a published version of a component.
- `dependencies`: what a package depends on through others, and whether that can be.
- `bumps`: what differs between two versions, and how far the later should be above the earlier;
  `requirements`: which of them ask for more than those before.
- `settling`: when changed files have come to rest.
- `permissions`: what a role may do; `membership`: who may give whom which role, and keys.
- `workflows`: what comes next in a run of a workflow; `workflow_references`: whether what it names is there.
- `variables`: where the value of a variable is kept, and to what a secret is bound.
- `roster`: who was what in a context, as a chain of signed changes; `signatures`: what is wrong with one.
- `packages`: what a context says of a package, signed; `authorship`: who published a version.
- `contracts`: the shape of a contract, all that its consumers may notice; `schemas` are JSON Schemas in one
  canonical form, `schema_differences` what differs between two, in words.
- `compatibility`: whether a provider fulfils a contract that it claims; `providing`: who provides what in a
  context, and which provider a consumer gets.
- `history`: what happened to a version: chained, signed, and checked.
"""
