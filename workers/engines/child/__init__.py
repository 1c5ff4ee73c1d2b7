"""Libraries in C that read strangers' texts and files run in a process of their own; this is how.

The parent's side is `process.py` (one request after another, deadlines, restarts) over `running.py` (one run of the
child). The child's side is `server.py`. `frames.py` is what goes between them.
"""
