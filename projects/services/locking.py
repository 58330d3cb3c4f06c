"""One order everywhere: the file first, then what belongs to it."""

from projects.models import ProjectFile


def locked(file: ProjectFile) -> ProjectFile:
    return ProjectFile.objects.select_for_update(of=("self",), no_key=True).get(pk=file.pk)
