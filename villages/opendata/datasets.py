"""Where imported facts come from: one row for each kind of import, held while one runs."""

from django.utils import timezone

from villages.models import Dataset


def locked_dataset(key: str, file_name: str) -> Dataset:
    """The row that says where the facts come from, held until the end: one import of a kind at a time."""
    Dataset.objects.get_or_create(key=key, defaults={"file_name": file_name, "imported_at": timezone.now()})
    return Dataset.objects.select_for_update(no_key=True).get(key=key)


def tell_dataset(dataset: Dataset, *, changed: bool, **facts: str) -> None:
    """Note where the facts come from and when; an import that brought nothing new leaves the row alone."""
    if changed or any(getattr(dataset, name) != fact for name, fact in facts.items() if name != "file_name"):
        for name, fact in facts.items():
            setattr(dataset, name, fact)
        dataset.imported_at = timezone.now()
        dataset.save()
