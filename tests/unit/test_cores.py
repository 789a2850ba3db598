"""Independent items on several threads: in order, with one error, and with BLAS on one thread."""

from threading import Event, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from dynashape.cores import count_jobs, on_one_blas_thread, one_blas_thread, spread
from dynashape.errors import InputError


def threads() -> set[int]:
    return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}


@pytest.mark.parametrize("n_jobs", [1, 2, 5, -1, None])
def test_results_come_in_the_order_of_the_items(n_jobs):
    told = []
    assert spread(lambda k: k * k, range(7), n_jobs, lambda *at: told.append(at)) == [k * k for k in range(7)]
    assert told == [(k, 7) for k in range(1, 8)]


def test_blas_has_one_thread_within_and_as_many_as_before_after():
    before = threads()
    assert spread(lambda _: threads(), range(3), 2) == [{1}] * 3
    assert on_one_blas_thread(threads)() == {1}
    assert threads() == before


def test_blocks_that_overlap_in_several_threads_leave_blas_as_it_was():
    """The one that is entered first is left first: its leaving must not free BLAS under the other."""
    with one_blas_thread():  # from the main thread first: threadpoolctl would hear no other from then on
        pass
    before = threads()
    entered, may_leave, seen = Event(), Event(), []

    def first():
        with one_blas_thread():
            entered.set()
            may_leave.wait(10)

    thread = Thread(target=first)
    thread.start()
    entered.wait(10)
    with one_blas_thread():
        may_leave.set()
        thread.join(10)
        seen.append(threads())
    assert seen == [{1}]
    assert threads() == before


def test_the_first_error_is_raised():
    def fail(k):
        if k in (2, 3):
            raise ValueError(str(k))
        return k

    with pytest.raises(ValueError, match="2"):
        spread(fail, range(50), 2)


@pytest.mark.parametrize("n_jobs", [0, -2, 1.5, True])
def test_a_number_of_threads_that_cannot_be_is_refused(n_jobs):
    with pytest.raises(InputError, match="n_jobs must be"):
        count_jobs(n_jobs)


def test_whole_numbers_of_any_type_count():
    assert count_jobs(np.int64(3)) == 3
