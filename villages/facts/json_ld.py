"""What search engines read of a page, as JSON-LD."""

import json

from django.utils.safestring import SafeString, mark_safe

# Inside <script>, nothing may look like the end of it, nor like an entity.
ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def as_script(data: dict) -> SafeString:
    told = {key: value for key, value in data.items() if value is not None}
    return mark_safe(json.dumps(told, ensure_ascii=False).translate(ESCAPED))
