"""Trees poured into tables: one for each column, one for each pair of columns that trees may use together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.model.shape_card.trees import Node, leaves

Table = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_ENOUGH = 1e-6  # log-odds; a table whose margins are smaller than this says nothing of one column alone
_ROUNDS = 50
_EMPTY = 1e-3  # customers; what a cell without any weighs


@dataclass(kw_only=True)
class Tables:
    """log-odds = ``base`` + Σ ``alone[j]`` at the code of column j + Σ ``pairs[i, j]`` at the codes of columns i < j."""

    base: float
    alone: list[Table]
    pairs: dict[tuple[int, int], Table]

    @classmethod
    def empty(cls, sizes: list[int], pairs: list[tuple[int, int]]) -> "Tables":
        """Tables of zeros, for columns of so many codes."""
        return cls(
            base=0.0,
            alone=[np.zeros(size) for size in sizes],
            pairs={(i, j): np.zeros((sizes[i], sizes[j])) for i, j in sorted(pairs)},
        )

    @classmethod
    def mean(cls, tables: "list[Tables]") -> "Tables":
        """Of tables of the same columns and pairs."""
        return cls(
            base=float(np.mean([each.base for each in tables])),
            alone=[np.mean(shapes, axis=0) for shapes in zip(*(each.alone for each in tables), strict=True)],
            pairs={pair: np.mean([each.pairs[pair] for each in tables], axis=0) for pair in tables[0].pairs},
        )

    def pour(self, trees: list[Node]) -> None:
        """Add what the trees say. Each leaf is a box of codes of no more than two columns, so nothing is lost."""
        for tree in trees:
            for box, value in leaves(tree):
                columns = tuple(sorted(box))
                cells = tuple(slice(*box[column]) for column in columns)
                if not columns:
                    self.base += value
                elif len(columns) == 1:
                    self.alone[columns[0]][cells] += value
                else:
                    i, j = columns
                    self.pairs[i, j][cells] += value

    def purify(self, codes: Codes) -> None:
        """What a pair's table says of one column alone goes to that column, and what a column says of everybody to the base
        (Lengerich et al., AISTATS 2020). Averages are those of ``codes``, (n, columns); the log-odds stay what they are.
        """
        for (i, j), table in self.pairs.items():
            customers = np.zeros(table.shape)
            np.add.at(customers, (codes[:, i], codes[:, j]), 1.0)
            customers += _EMPTY
            for _ in range(_ROUNDS):
                by_row = (table * customers).sum(axis=1) / customers.sum(axis=1)
                table -= by_row[:, None]
                by_column = (table * customers).sum(axis=0) / customers.sum(axis=0)
                table -= by_column
                self.alone[i] += by_row
                self.alone[j] += by_column
                if max(np.abs(by_row).max(), np.abs(by_column).max()) < _ENOUGH:
                    break
        for j, shape in enumerate(self.alone):
            mean = float(shape[codes[:, j]].mean())
            shape -= mean
            self.base += mean

    def silence(self, column: int, code: int) -> None:
        """Nothing is said of a code that nobody had."""
        self.alone[column][code] = 0.0
        for (i, j), table in self.pairs.items():
            if column == i:
                table[code, :] = 0.0
            elif column == j:
                table[:, code] = 0.0

    def log_odds(self, codes: Codes) -> npt.NDArray[np.float64]:
        """Of each customer, (n,)."""
        total = np.full(len(codes), self.base)
        for j, shape in enumerate(self.alone):
            total += shape[codes[:, j]]
        for (i, j), table in self.pairs.items():
            total += table[codes[:, i], codes[:, j]]
        return total
