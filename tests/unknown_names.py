"""A name that a template asks for and nothing answers to fails the test.

pytest-django fails on `{{ name }}`, but not where a template lets a name be unknown: `{% if %}`, `{% for %}`, a default. A page may
be given a thing or not, and so ask for it there; our own objects have their attributes or not, and one that is asked for under a
name it does not have is a slip (a renamed attribute, and what stands in the `{% if %}` is never shown again).
"""

from pathlib import Path

import pytest
from django.template.base import FilterExpression, Variable, VariableDoesNotExist
from django.template.defaultfilters import default

OURS = {package.parent.name for package in Path(__file__).resolve().parent.parent.glob("*/__init__.py")}

resolve_expression, look_up = FilterExpression.resolve, Variable._resolve_lookup


def resolve_as_the_template_says(expression: FilterExpression, context, ignore_failures: bool = False):
    has_default = bool(expression.filters) and expression.filters[0][0] is default
    return resolve_expression(expression, context, ignore_failures or has_default)


def look_up_what_is_there(variable: Variable, context):
    try:
        return look_up(variable, context)
    except VariableDoesNotExist as unknown:
        if len(unknown.params) == 2 and (asked := type(unknown.params[1])).__module__.partition(".")[0] in OURS:
            pytest.fail(f"{{{{ {variable.var} }}}}: a {asked.__qualname__} has no {unknown.params[0]}")
        raise


def install() -> None:
    FilterExpression.resolve = resolve_as_the_template_says
    Variable._resolve_lookup = look_up_what_is_there
