"""Write ``database_7aedc6d.sql``: a database as the code of commit 7aedc6d left it, with open alerts.

Runs in a checkout of that commit, not in this one: ``PYTHONPATH=.:tests python make_database_7aedc6d.py X``.
Prices are those of ``service_world``: what a series says is written in its last close.
"""

import sys
import tempfile
from datetime import date
from pathlib import Path

from mail_server import Postbox
from mail_server import serve as serve_mail
from scanners.daily import serve
from scanners.episodes import acknowledge, silence
from scanners.log import Log
from service_world import World, at, quick

from scanners.store import Store

TUESDAY, WEDNESDAY = "2024-01-02", "2024-01-03"


def main(out):
    with tempfile.TemporaryDirectory() as folder, quick(), serve_mail(Postbox()) as port:
        world = World(Path(folder), port=port)
        for day, shares in ((TUESDAY, {"gold": 0.45, "silver": 0.35}), (WEDNESDAY, {"wti": 0.33})):
            world.put(day, **({"gold": 0.45, "silver": 0.35} | shares))
            serve(world.daily(), now=lambda day=day: at(day), tell=print, log=Log("none", sys.stderr))
        with Store.open(world.database, write=True) as store:
            opened = {step.body["series"]: step for step in store.runs.open_episodes()}
            store.runs.add_steps(
                [
                    acknowledge(opened["gold"], at(WEDNESDAY, 9)),
                    silence(opened["silver"], at(WEDNESDAY, 9), date(2024, 2, 2)),
                ]
            )
            connection = store.database.connection
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            lines = [*connection.iterdump(), f"PRAGMA user_version = {version};"]
            identity = connection.execute("PRAGMA application_id").fetchone()[0]
        text = "\n".join([f"PRAGMA application_id = {identity};", *lines])
        Path(out).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
