"""Views of a picture: the same ones each time, within the limits that are set."""

import itertools

import pytest
import torch

from classifier.config import ImageTransform, ImageTransforms, settings_of
from classifier.data import Recipe, draw_view, recipe_of
from classifier.data import views as module


def picture(height: int = 20, width: int = 30) -> torch.Tensor:
    return torch.rand(3, height, width, generator=torch.Generator().manual_seed(0))


def transforms_of(*limits: tuple[str, object], most: int = 9, **more: object) -> ImageTransforms:
    tfs = {
        f"{number}": ImageTransform(
            type="SharpnessJitter" if name == "sharpness" else "ColorJitter", kwargs={name: between}
        )
        for number, (name, between) in enumerate(limits)
    }
    return ImageTransforms(enable=True, max_num_transforms=most, tfs=tfs, **more)


EVERYTHING = Recipe(4, ImageTransforms(enable=True), 1)


def test_view_0_is_the_picture_itself() -> None:
    given = picture()
    assert draw_view(given, EVERYTHING, "a 1", 0) is given


@pytest.mark.parametrize("recipe", [Recipe(0, None, 1), Recipe(0, transforms_of(), 1)])
def test_nothing_to_change_changes_nothing(recipe) -> None:
    assert torch.equal(draw_view(picture(), recipe, "a 1", 3), picture())


def test_views_depend_on_seed_frame_and_number_alone() -> None:
    given = draw_view(picture(), EVERYTHING, "a 1", 1)
    torch.rand(7)
    assert torch.equal(draw_view(picture(), EVERYTHING, "a 1", 1), given)
    others = [
        draw_view(picture(), EVERYTHING, "a 2", 1),
        draw_view(picture(), EVERYTHING, "a 1", 2),
        draw_view(picture(), Recipe(4, EVERYTHING.transforms, 2), "a 1", 1),
    ]
    for one, other in itertools.combinations([given, *others], 2):
        assert not torch.equal(one, other)


@pytest.mark.parametrize("most", [1, 3])
def test_a_shift_moves_by_no_more_than_allowed_and_repeats_the_edge(most) -> None:
    rows, columns = torch.meshgrid(torch.arange(20.0), torch.arange(30.0), indexing="ij")
    given = torch.stack([rows, columns, rows]) / 100
    drawn = set()
    for number in range(1, 700):
        seen = draw_view(given, Recipe(most, None, 1), "a 1", number) * 100
        down, right = (round(float(seen[c, 10, 15])) - v for c, v in ((0, 10), (1, 15)))
        drawn.add((down, right))
        torch.testing.assert_close(seen[0], (rows + down).clamp(0, 19))
        torch.testing.assert_close(seen[1], (columns + right).clamp(0, 29))
    moves = range(-most, most + 1)
    assert drawn == set(itertools.product(moves, moves))


def test_changed_pictures_stay_between_0_and_1() -> None:
    wild = transforms_of(
        ("brightness", [0, 9]), ("contrast", [0, 9]), ("saturation", [0, 9]), ("hue", 0.5),
        ("sharpness", [0, 9]),
    )  # fmt: skip
    for number in range(1, 40):
        seen = draw_view(picture(), Recipe(4, wild, 1), "a 1", number)
        assert seen.shape == picture().shape
        assert seen.dtype == torch.float32
        assert 0 <= float(seen.min()) <= float(seen.max()) <= 1


@pytest.fixture
def applied(monkeypatch):
    """Names and strengths of the changes, in the order in which they were made."""
    made = []

    change = module._change

    def noted(picture, name, strength):
        made.append((name, strength))
        return change(picture, name, strength)

    monkeypatch.setattr(module, "_change", noted)
    return made


def drawn(applied, transforms: ImageTransforms, times: int = 200) -> list[list[str]]:
    result = []
    for number in range(1, times):
        applied.clear()
        draw_view(picture(4, 4), Recipe(0, transforms, 1), "a 1", number)
        result.append([name for name, _ in applied])
    return result


THREE = (("brightness", [0.5, 0.7]), ("contrast", [1, 1]), ("saturation", 0.2))


def test_so_many_transforms_are_drawn_none_twice_and_in_their_order(applied) -> None:
    found = drawn(applied, transforms_of(*THREE, most=2))
    order = [name for name, _ in THREE]
    assert {len(names) for names in found} == {2}
    assert {tuple(names) for names in found} == set(itertools.combinations(order, 2))


def test_the_order_is_random_when_asked_for(applied) -> None:
    found = drawn(applied, transforms_of(*THREE, most=3, random_order=True))
    assert {tuple(names) for names in found} == set(
        itertools.permutations(name for name, _ in THREE)
    )


def test_weights_say_how_often_and_0_never(applied) -> None:
    tfs = transforms_of(*THREE).tfs
    weighted = {
        key: tfs[key].model_copy(update={"weight": w})
        for key, w in zip("012", (9, 1, 0), strict=True)
    }
    transforms = ImageTransforms(enable=True, max_num_transforms=1, tfs=weighted)
    names = [names[0] for names in drawn(applied, transforms, 400)]
    assert 0.8 < names.count("brightness") / len(names) < 0.97
    assert set(names) == {"brightness", "contrast"}


def test_strengths_are_drawn_between_the_limits(applied) -> None:
    strengths = {name: [] for name, _ in THREE}
    for number in range(1, 200):
        applied.clear()
        draw_view(picture(4, 4), Recipe(0, transforms_of(*THREE), 1), "a 1", number)
        for name, strength in applied:
            strengths[name].append(strength)
    limits = {"brightness": (0.5, 0.7), "contrast": (1, 1), "saturation": (0.8, 1.2)}
    for name, (low, high) in limits.items():
        assert low <= min(strengths[name]) <= max(strengths[name]) <= high
        assert max(strengths[name]) - min(strengths[name]) >= 0.9 * (high - low)


def test_the_recipe_of_settings() -> None:
    off = settings_of({"seed": 3, "train": {"shift": 2}}).config
    assert recipe_of(off) == Recipe(2, None, 3)
    on = settings_of({"dataset": {"image_transforms": {"enable": True}}}).config
    assert recipe_of(on).transforms == on.dataset.image_transforms
    texts = {recipe_of(off).text(), recipe_of(on).text(), Recipe(3, None, 3).text()}
    assert len(texts) == 3
