"""The permanent ids of planner, made with `peers id`, and those of the contracts that it consumes."""

PACKAGE = "0mx2b1kxxyhpfejhvihesukgq"
CONTRACT = "0mx2b1legvayfddnbu47m7d6u"

WRITE_LETTER = "0mx2b1lughgh88zmjqrlbddu0"
ANSWER = "0mx2b1mbtuzuba6qc90t2dwgt"

LAUNCH = "0mx2b1mrs6mry92o91c3uy4ck"
FIRST_STEP = "0mx2b1naxo5fhtmmcqy2owt0s"
SECRETARY = "0mx2b1nrf4chixpihdjrtl2d1"

TASKS_CONTRACT = "0mx234yf046d1gcfpxxyvh3i6"
PROJECTS_CONTRACT = "0mx234z6n9k4gfycih1pfxedr"
