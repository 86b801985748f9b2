"""Work side by side: in order, with its errors, and with cores given back."""

import threading
import time
from contextlib import closing

import pytest
import torch

from classifier.data import apart, in_order


def test_results_come_in_the_order_of_the_items_though_work_ends_in_another() -> None:
    def work(item: int) -> int:
        time.sleep(0.02 if item % 2 == 0 else 0)
        return item * item

    assert list(in_order(range(9), work, 3)) == [(item, item * item) for item in range(9)]


def test_items_are_worked_on_side_by_side() -> None:
    both = threading.Barrier(2, timeout=20)
    assert len(list(in_order(range(4), lambda item: both.wait(), 2))) == 4


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_comes_out_in_its_place(threads) -> None:
    def work(item: int) -> int:
        if item == 2:
            raise ValueError("the third")
        return item

    found = []
    with pytest.raises(ValueError, match="the third"):
        found += [found.append(item) for item, _ in in_order(range(9), work, threads)]
    assert found == [0, 1]


def test_closing_ends_the_threads_and_asks_for_no_more_items() -> None:
    asked = []
    source = (asked.append(item) or item for item in range(100))
    with closing(in_order(source, lambda item: item, 2)) as results:
        next(results)
    assert len(asked) < 6
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("computing")]


def test_each_thread_has_one_core_and_all_are_given_back() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        with apart(torch.device("cpu")) as count:
            told = [n for _, n in in_order(range(6), lambda item: torch.get_num_threads(), count)]
        assert (count, set(told), torch.get_num_threads()) == (3, {1}, 3)
        torch.set_num_threads(1)
        with apart(torch.device("cpu")) as count:
            assert count == 1
    finally:
        torch.set_num_threads(before)


def test_another_device_is_fed_by_one_thread() -> None:
    with apart(torch.device("meta")) as count:
        assert count == 1
