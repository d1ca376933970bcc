"""A timer that counts in a thread. A reload exchanges its code; what it has counted is handed over."""
