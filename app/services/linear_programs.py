"""Linear programs that shift counts without changing any sum, by SciPy's HiGHS."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]
    Places: TypeAlias = NDArray[np.int64]
    Marks: TypeAlias = NDArray[np.bool_]

K = TypeVar("K", bound=Hashable)

# A step towards the goal is worth more than any way that it may take.
REWARD = 1_000_000.0
# What costs nothing costs next to nothing, so that it is moved only for a reason.
NEXT_TO_NOTHING = 0.01
WHOLE = 1e-6


class Programs(Generic[K]):
    """The programs about *keys*, each of which may rise and fall so far, and *ties*.

    A tie is an equation: its signed keys move by nothing in all. Keys that are not of
    the programs do not move.
    """

    def __init__(
        self,
        keys: Sequence[K],
        ties: Sequence[Mapping[K, int]],
        *,
        rises: Sequence[int],
        falls: Sequence[int],
    ) -> None:
        # It takes half a second to load these; only who publishes shall wait for it.
        import numpy as np  # noqa: PLC0415
        from scipy.sparse import csc_array  # noqa: PLC0415

        self._keys = keys
        self._place = {key: at for at, key in enumerate(keys)}
        self._rises = np.array(rises, dtype=float)
        self._falls = np.array(falls, dtype=float)
        entries = [
            (row, self._place[key], sign)
            for row, tie in enumerate(ties)
            for key, sign in tie.items()
            if key in self._place
        ]
        rows, columns, values = np.array(entries, dtype=int).reshape(-1, 3).T
        shape = (len(ties), len(keys))
        self._ties = csc_array((values.astype(float), (rows, columns)), shape=shape)

    def best(
        self, wanted: Mapping[K, int], sign: int, prices: Mapping[K, int]
    ) -> dict[K, int]:
        """Return the shift that moves each of *wanted* as far as it goes, cheaply.

        They rise by so much, or fall where *sign* is negative. Only what has a price is
        moved. The shift is empty where nothing moves, or where none was found that
        moves in whole numbers.
        """
        import numpy as np  # noqa: PLC0415

        if not wanted:
            return {}
        places = np.array([self._place[key] for key in prices])
        price = np.array(list(prices.values()), dtype=float)
        goals = np.array([self._place[key] for key in wanted])
        near = self._connected(places, goals)
        places, price = places[near], price[near]
        goals = np.searchsorted(np.sort(places), goals)
        order = np.argsort(places)
        places, price = places[order], price[order]
        whole = self._solved(places, price, goals, np.array([*wanted.values()]), sign)
        if whole is None:
            return {}
        return {self._keys[places[at]]: int(whole[at]) for at in np.flatnonzero(whole)}

    def _connected(self, places: "Places", goals: "Places") -> "Marks":
        """Tell of each of *places* whether ties connect it with one of *goals*."""
        import numpy as np  # noqa: PLC0415
        from scipy.sparse import block_array  # noqa: PLC0415
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

        ties = self._ties[:, places]
        graph = block_array([[None, ties], [ties.T, None]])
        _, labels = connected_components(graph, directed=False)
        labels = labels[ties.shape[0] :]
        return np.isin(labels, labels[np.isin(places, goals)])

    def _solved(
        self,
        places: "Places",
        price: "Numbers",
        goals: "Places",
        amounts: "Numbers",
        sign: int,
    ) -> "Numbers | None":
        """Return by how much each of *places* moves; None if not in whole numbers."""
        import numpy as np  # noqa: PLC0415
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415
        from scipy.sparse import coo_array, hstack, vstack  # noqa: PLC0415

        # Unknowns: how far each rises, how far it falls, what of it counts as reached.
        size, count = len(places), len(goals)
        ties = self._ties[:, places]
        ties = ties[np.unique(ties.indices)]
        at = np.arange(count)
        moved = coo_array((np.full(count, -sign), (at, goals)), shape=(count, size))
        reached = coo_array((np.ones(count), (at, at)), shape=(count, count))
        nothing = coo_array((ties.shape[0], count))
        matrix = vstack(
            [hstack([ties, -ties, nothing]), hstack([moved, -moved, reached])]
        ).tocsc()
        low = np.concatenate([np.zeros(ties.shape[0]), np.full(count, -np.inf)])
        upper = np.concatenate([self._rises[places], self._falls[places], amounts])
        cost = np.concatenate([price, price]) + NEXT_TO_NOTHING
        for integrality in (0, 1):
            found = milp(
                np.concatenate([cost, np.full(count, -REWARD)]),
                constraints=LinearConstraint(matrix, low, np.zeros(len(low))),
                bounds=Bounds(np.zeros(len(upper)), upper),
                integrality=np.full(len(upper), integrality),
            )
            if found.x is None:
                return None
            shift = found.x[:size] - found.x[size : 2 * size]
            whole: Numbers = np.rint(shift)
            if np.abs(shift - whole).max() < WHOLE:
                return whole
        return None
