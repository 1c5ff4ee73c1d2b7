"""`sayline dlq`: dead letters from a terminal; on AWS itself, by the settings, not through the API."""

from __future__ import annotations

import typer

from ops.cli.dlq import listing, moving, outcome, purging, redriving, showing, watching
from ops.cli.dlq.options import choosing
from ops.cli.output import EXIT_CODES

_HELP = """Find, mend and run dead letters again.

\b
Examples:
sayline dlq list --group
sayline dlq show ID
sayline dlq redrive --kind tts --code engine_unavailable --yes --wait
"""

app = typer.Typer(name="dlq", help=_HELP, no_args_is_help=True)

app.command("list", help=listing.HELP, epilog=EXIT_CODES)(choosing(listing.list_dead))
app.command("show", help=showing.HELP, epilog=EXIT_CODES)(showing.show)
app.command("redrive", help=redriving.HELP, epilog=EXIT_CODES)(choosing(redriving.redrive))
app.command("outcome", help=outcome.HELP, epilog=EXIT_CODES)(outcome.outcome)
app.command("purge", help=purging.HELP, epilog=EXIT_CODES)(choosing(purging.purge))
app.command("export", help=moving.EXPORT_HELP, epilog=EXIT_CODES)(choosing(moving.export_dead, by_id=False))
app.command("import", help=moving.IMPORT_HELP, epilog=EXIT_CODES)(moving.import_dead)
app.command("watch", help=watching.HELP, epilog=EXIT_CODES)(choosing(watching.watch, by_id=False))
