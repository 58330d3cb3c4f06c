"""gunicorn reads this by itself when it is started in this folder. Its logs hold no address of a page, and so no token."""

from gunicorn.glogging import Logger

from sohosolo.logs import Discreet


class DiscreetLogger(Logger):
    """gunicorn's own log under the portal's rule: of a request that fails outside of Django it would write the address."""

    def setup(self, cfg) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Discreet())


logger_class = DiscreetLogger
access_log_format = "%(t)s %(m)s %(s)s %(B)s bytes %(M)s ms"
