"""What is live: each data context and the versions that are active in it.

- `ports`: what this room needs from the rooms below; a host plugs it in.
- `versions`: one active package version: its definition as data, its realm once it is needed.
- `active_set`: a distinct set of active versions, shared by every context that has it.
- `binding`: one context's generation, and entering it; a generation lives as long as somebody holds it.
- `generations`: those that are served beside the contexts' own, of versions that are named by digest.
- `context`: the handle a host works with.
- `view`: what code sees of a generation: a version's own, or the host's.
- `live`: what lives in a context while versions come and go.
- `routes`: matching and explaining a context's routes.
- `hooks`: calling the host's hooks in a context.
- `engine`: which binding each context has now; preparing, switching and freeing.
- `prepared`: a set that is loaded and checked, and not switched to yet.
- `check`: what must hold before a set may be switched to; `references`: that what workflows name is there;
  `foresight`: whether it would hold, nothing loaded.
- `lifecycle`: telling a version that it is activated or gone.
- `reload`: exchanging a version for its next state, in all contexts that run it.
- `handover`: what the one may leave to the other.
- `reaper`: unloading what nothing can come back to, off every request's path.
"""
