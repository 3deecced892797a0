"""Behaviour that several emulators share, proven once: an emulator joins with an adapter in `listers` or `expirers`."""
