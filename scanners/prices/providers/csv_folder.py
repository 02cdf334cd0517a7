"""The user's own folder of files, as a provider like any other; the quality gate judges what it holds."""

from collections.abc import Mapping
from functools import partial

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.prices.files.csv_file import read_table
from scanners.prices.files.folder import locate, read_folder_series
from scanners.prices.files.opened import opened
from scanners.prices.interface import Bars, FetchError, Provider, Request, Traits
from scanners.prices.providers.assemble import assemble, one_by_one

NAME = "csv"
TRAITS = Traits(local=True, withdraws=True)


def provider(
    folder: str = "data", date_format: str | None = None, readings: Mapping[str, ReadOptions] | None = None
) -> Provider:
    """Return the provider.

    Parameters
    ----------
    folder : str
        Where ``NAME.csv``, ``NAME.parquet``, ``NAME.xlsx`` ... lie. A symbol ``FILE#CODE`` takes one series
        of a file that holds several.
    date_format : str, optional
        A `strptime` format for dates that do not begin with the year.
    readings : mapping of str to ReadOptions, optional
        Series -> how its file is to be read.
    """

    def fetch_one(request: Request, deadline: float) -> Bars:
        try:
            path, symbol = locate(folder, request.symbol)
        except CommandError as error:
            raise FetchError("not_found", str(error)) from None
        try:
            options = (readings or {}).get(request.series, ReadOptions())
            table = read_table(path, symbol=symbol, date_format=date_format, options=options)
            payload_hash = opened(path).payload_hash
        except CommandError as error:
            raise FetchError("malformed", str(error)) from None
        if table.intraday:
            reason = "bars shorter than a day are not stored: --data scans them as they are"
            raise FetchError("unsupported", f"{path}: {reason}")
        return assemble(request, NAME, table.sessions, table.values, payload_hash=payload_hash)

    return Provider(
        NAME, one_by_one(NAME, fetch_one), traits=TRAITS, read=partial(read_folder_series, folder)
    )
