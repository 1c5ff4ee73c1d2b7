"""Vendors' services on this machine, in their exact protocols: what their own SDKs are driven against."""
