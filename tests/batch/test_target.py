"""Where the tables of a file go: on their way to the disk each is thought of until it is there."""

import pandas as pd

from churn_core.batch import target as target_module
from churn_core.batch.target import Target
from churn_core.data.writing.cells import to_csv

TABLE = pd.DataFrame({"id": [f"C{i}" for i in range(2_000)]})


def written(path, tables: int) -> bytes:
    target = Target(stream=path.open("wb", buffering=0))
    with target.stream, target.opened() as output:
        for _ in range(tables):
            output.append(target.encoded(TABLE), TABLE.columns)
        output.close()
    return path.read_bytes()


def test_each_table_is_asked_to_go_to_the_disk_and_then_to_leave_the_memory(tmp_path, monkeypatch):
    asked, begin = [], target_module.begin_to_flush

    def begin_to_flush(stream, start):
        end = begin(stream, start)
        asked.append((start, end))
        return end

    monkeypatch.setattr(target_module, "begin_to_flush", begin_to_flush)
    content = written(tmp_path / "scored.csv", 7)
    ends = [end for _, end in asked]
    assert len(set(ends)) == 7 and ends[-1] == len(content)
    before = [0, *ends]
    assert [start for start, _ in asked] == [before[max(i - 3, 0)] for i in range(7)], (
        "four tables, of which three were asked before"
    )
    assert content == to_csv(pd.concat([TABLE] * 7))[0]
