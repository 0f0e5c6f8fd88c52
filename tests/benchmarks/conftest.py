"""What every test of a benchmark leaves as it was."""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def same_torch_threads() -> Iterator[None]:
    """The benchmarks choose torch's thread count; other tests should not notice."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
