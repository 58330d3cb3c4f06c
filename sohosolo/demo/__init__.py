"""The demonstration network, built through the same services as the site.

What it holds (names, texts, numbers) is read from the territory's `demo/` folder; here stands only how it is put together.
`load.load_network` builds it into an empty database in one transaction, `load.load_network_and_open` in two, for whoever waits
at the door; `wipe.wipe_network` empties that database again.
"""
