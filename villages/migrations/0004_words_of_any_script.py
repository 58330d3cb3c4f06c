from django.db import migrations

# What `plain_words` passes over, and what parts words: as common.search_words had them when this was written.
MARKS = (
    r"\u00ad\u02be\u02bf\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    r"\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
SEPARATORS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7"
    r"\u00f7\u02b9-\u02bd\u02c2-\u02df\u02e5-\u02ff\u0375\u037e\u0384\u0385\u0387\u055a-\u055f\u0589\u058a"
    r"\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u1680"
    r"\u2000-\u200a\u2010-\u2029\u202f-\u205f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004"
    r"\u3008-\u3020\u3030\u303d\u30a0\u30fb\ufe10-\ufe19\ufe30-\ufe6f\ufff9-\ufffd\U0001f000-\U0001faff"
)

LATIN_ALONE = """
    CREATE OR REPLACE FUNCTION plain_words(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT trim(regexp_replace(lower(public.immutable_unaccent($1)), '[^a-z0-9]+', ' ', 'g')) $$
"""
ANY_SCRIPT = f"""
    CREATE OR REPLACE FUNCTION plain_words(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT trim(regexp_replace(
        translate(lower(public.immutable_unaccent(regexp_replace(normalize($1, NFKD), '[{MARKS}]+', '', 'g'))), 'ς', 'σ'),
        '[{SEPARATORS}]+', ' ', 'g'
    )) $$
"""


class Migration(migrations.Migration):
    """Names in any script have words to be found by. A column that is made of the function keeps what it held until its row is
    written: the apps whose people bear such names write theirs in a migration that follows this one."""

    dependencies = [
        ("villages", "0003_station_codes"),
    ]

    operations = [
        migrations.RunSQL(ANY_SCRIPT, LATIN_ALONE),
        migrations.RunSQL(
            """
            UPDATE villages_commune SET name = name
            WHERE sort_name <> plain_words(name) OR search_document <> commune_document(name, intercommunality, postal_codes);
            REINDEX INDEX commune_interco_trigrams
            """,
            migrations.RunSQL.noop,
        ),
    ]
