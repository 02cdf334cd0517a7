"""Configurations of a user's own, and where they lie."""

GOOD = """
[mail]
host = "mail.example.org"
sender = "scanner@example.org"
[policy]
critical = 0.45
[policy.by_asset_class.crypto]
critical = 0.5
z250 = 1.5
[[route]]
name = "me"
recipients = ["me@example.org"]
[preset.mine]
lengths = [100, 200]
[preset.mine.filters.strict]
m = [0.1, 0.9]
"""

# A desk whose mail goes to a server of this machine, at ``port``.
DESK = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "scanner@example.org"
[[route]]
name = "desk"
recipients = ["anna@example.org"]
"""


def write(folder, text):
    """Put the configuration of a folder down."""
    (folder / "scanner.toml").write_text(text, "utf-8")
