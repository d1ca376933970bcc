"""The dev loop: a file is saved, and what is live follows. Only home of watchfiles; imported late.

- `watch`: one working copy that is watched: its thread, and the handle that a host has of it.
- `attempt`: one change on its way from files that have settled to code that runs.
- `changes`: which files changed, answered when they have settled; joins the ones below.
- `pending`: the changes that have not settled yet, and what the disk says of them.
- `echoes`: notices that come after their change was answered.
- `listening`: keeps notices coming, or lets polling take over, and says what is not as it should be.
- `notices`: what the operating system tells, by watchfiles.
- `polling`: our own look at every file.
- `turns`: how long other threads of the host wait for a reload that computes.
- `leases`: whether anybody has a file open for writing.
- `checkouts`: whether a version control system is at work.
- `tree`: what is watched, as the smallest shape that is needed.
"""
