"""What differs from Django's own French: hours as they are said, thousands apart by the narrow space of printers."""

TIME_FORMAT = r"G \h i"
DATETIME_FORMAT = r"j F Y à G \h i"
SHORT_DATETIME_FORMAT = r"d/m/Y G \h i"
THOUSAND_SEPARATOR = "\u202f"
