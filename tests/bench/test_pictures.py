"""What the reading of a picture takes, as telephones make them and as made to stop the portal. `./run bench pictures`."""

from common.redrawing import PROCESSOR_SECONDS
from tests.common import bombs
from tests.common.weighing import weigh

MOST_ABOVE_REST = 150_000_000  # bytes


def test_pictures_of_every_kind_are_weighed(tmp_path):
    rest = weigh(b"", tmp_path)
    print(f"\na reader at rest: {rest.peak / 1e6:.0f} MB, {rest.seconds:.2f} s of processor")  # noqa: T201
    weights = []
    for name, make in (bombs.TAKEN | bombs.REFUSED).items():
        content = make()
        weight = weigh(content, tmp_path)
        weights.append(weight)
        said = "taken" if "lengths" in weight.answer else weight.answer.get("refused", f"ended by signal {-weight.ended}")
        above = (weight.peak - rest.peak) / 1e6
        print(f"{name:<50} {len(content) / 1e6:5.1f} MB: {said:<20} + {above:4.0f} MB, {weight.seconds:.2f} s")  # noqa: T201
    assert max(weight.peak for weight in weights) - rest.peak < MOST_ABOVE_REST
    assert max(weight.seconds for weight in weights) <= PROCESSOR_SECONDS + 0.2  # the kernel looks now and then
