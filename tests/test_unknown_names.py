"""What tests/unknown_names.py promises to the other tests."""

import dataclasses

import pytest
from django.template import Context, Template


@dataclasses.dataclass
class Desk:
    name: str
    shared: bool = False


def page(template: str, **known) -> str:
    return Template(template).render(Context(known))


@pytest.mark.parametrize(
    "template",
    [
        "{% if desk.is_shared %}yes{% endif %}",
        "{% if not desk.is_shared %}yes{% endif %}",
        "{% if desk.is_shared|length %}yes{% endif %}",
        "{% for week in desk.weeks %}{{ week }}{% endfor %}",
        "{{ desk.is_shared|default:'no' }}",
        "{% firstof desk.is_shared 'no' %}",
    ],
)
def test_a_name_that_our_own_object_does_not_have_fails(template):
    with pytest.raises(pytest.fail.Exception, match="a Desk has no "):
        page(template, desk=Desk("Lomagne"))


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{% if desk.shared %}yes{% else %}no{% endif %}", "no"),
        ("{% if passage.desk %}yes{% else %}no{% endif %}", "no"),
        ("{% if passage %}yes{% else %}no{% endif %}", "no"),
        ("{% for week in facts.weeks %}{{ week }}{% endfor %}.", "."),
        ("{{ facts.weeks|default:'none' }}", "none"),
    ],
)
def test_what_a_page_may_be_without_may_be_asked_for(template, shown):
    assert page(template, desk=Desk("Lomagne"), facts={}) == shown
