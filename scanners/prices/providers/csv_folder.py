"""The user's own folder of files, as a provider like any other; the quality gate judges what it holds."""

from functools import partial
from pathlib import Path

from scanners.core.errors import CommandError
from scanners.prices.files.csv_file import find_file, read_folder_series, read_table
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits, digest
from scanners.prices.providers.assemble import assemble, one_by_one, package

NAME = "csv"
TRAITS = Traits(local=True, withdraws=True)


def provider(folder: str = "data", date_format: str | None = None) -> Provider:
    """Return the provider.

    Parameters
    ----------
    folder : str
        Where ``NAME.csv``, ``NAME.csv.gz`` or ``NAME.parquet`` lie. A symbol ``FILE#CODE`` takes the rows of
        ``CODE`` from a file with a symbol column.
    date_format : str, optional
        A `strptime` format for dates that do not begin with the year.
    """

    def fetch_one(request: Request, deadline: float) -> Bars:
        name, _, symbol = request.symbol.partition("#")
        try:
            path = find_file(folder, name)
        except CommandError as error:
            raise FetchError("not_found", str(error)) from None
        try:
            table = read_table(path, symbol=symbol or None, date_format=date_format)
        except CommandError as error:
            raise FetchError("malformed", str(error)) from None
        return assemble(
            request,
            NAME,
            table.sessions,
            table.values,
            package=package(),
            payload_hash=digest(Path(path).read_bytes()),
        )

    return Provider(
        NAME, one_by_one(NAME, fetch_one), traits=TRAITS, read=partial(read_folder_series, folder)
    )
