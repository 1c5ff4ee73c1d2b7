"""`sayline dlq`: dead letters from a terminal; on AWS itself, by the settings, not through the API."""

from __future__ import annotations

import typer

from ops.cli.dlq import listing, moving, outcome, redriving, watching
from ops.cli.dlq.options import choosing
from ops.cli.output import EXIT_CODES

app = typer.Typer(name="dlq", help="Find, mend and run dead letters again.", no_args_is_help=True)

app.command("list", help=listing.LIST_HELP, epilog=EXIT_CODES)(choosing(listing.list_dead))
app.command("show", help=listing.SHOW_HELP, epilog=EXIT_CODES)(listing.show)
app.command("redrive", help=redriving.HELP, epilog=EXIT_CODES)(choosing(redriving.redrive))
app.command("outcome", help=outcome.HELP, epilog=EXIT_CODES)(outcome.outcome)
app.command("purge", help=moving.PURGE_HELP, epilog=EXIT_CODES)(choosing(moving.purge))
app.command("export", help=moving.EXPORT_HELP, epilog=EXIT_CODES)(choosing(moving.export_dead, by_id=False))
app.command("import", help=moving.IMPORT_HELP, epilog=EXIT_CODES)(moving.import_dead)
app.command("watch", help=watching.HELP, epilog=EXIT_CODES)(choosing(watching.watch, by_id=False))
