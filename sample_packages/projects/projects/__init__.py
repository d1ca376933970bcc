"""Projects: their steps are tasks, and it does not matter whose."""
