"""The tests: unit (no sockets), contract (fakes and emulator alike), integration, acceptance, chaos."""
