"""The whole of Sayline on one machine: the embedded AWS emulator, and the supervisor behind `sayline up`."""
