import json

import numpy as np

from tests.vectors import make


def test_the_stored_vectors_are_what_the_measures_say_today():
    documents = json.loads(make.PATH.read_text(encoding="utf-8")), make.document()
    stored, fresh = ([case for cases in document.values() for case in cases] for document in documents)
    assert [case["name"] for case in stored] == [case["name"] for case in fresh]
    for old, new in zip(stored, fresh, strict=True):
        assert old.keys() == new.keys()
        for key in old.keys() - {"name"}:
            np.testing.assert_allclose(
                old[key], new[key], rtol=1e-12, atol=1e-12, err_msg=f"{new['name']}: {key}"
            )
