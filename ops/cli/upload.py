"""`sayline upload`: a file is put where requests can name it."""

import mimetypes
from pathlib import Path
from typing import Annotated

import typer

from ops.cli.client import connect
from ops.cli.jobs import AsJson, Owner
from ops.cli.output import Exit, fail, print_json, print_line
from ops.cli.refusals import reported
from ops.settings import Settings
from schemas.files import UPLOADS

HELP = """Upload a file; print the reference by which requests name it.

\b
Examples:
sayline upload me.webm
sayline upload chat.txt
sayline job submit reply --set task.type=reply_options \\
    --set task.export=$(sayline upload chat.txt)
"""

#: Types that Python's table has by another name, or not everywhere.
_TYPES = {".md": "text/markdown", ".markdown": "text/markdown", ".txt": "text/plain"}


def upload(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The file.")],
    as_json: AsJson = False,  # noqa: FBT002 - a flag
    owner: Owner = None,
) -> None:
    """Upload a file."""
    mime = _TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or ""
    media = next((name for name, medium in UPLOADS.items() if medium.mime.fullmatch(mime)), None)
    if media is None:
        sentence = f"{file.name} is neither a recording nor a text, by its name."
        fail(sentence, "Rename it: .webm, .mp3, .txt, .md, .pdf.", Exit.REFUSED)
    with reported():
        ref = connect(Settings(), owner=owner).upload(file, media=media, mime=mime)
    if as_json:
        print_json({"ref": ref})
    else:
        print_line(ref)
