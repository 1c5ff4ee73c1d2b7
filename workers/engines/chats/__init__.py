"""Chats as people paste or export them, read into messages: who wrote what."""

from workers.engines.chats.export import read_export
from workers.engines.chats.parse import parse_chat

__all__ = ["parse_chat", "read_export"]
