# SPDX-License-Identifier: EUPL-1.2
"""The best pairing of all demands at once: a flow of least cost.

Every demand sends one unit. It goes to a trainer over a pair (cost: minus what the pair is worth) and from
there over one of the trainer's load arcs, each dearer than the one before; or straight to the end over an
arc that costs nothing, which is "not matched" and makes every problem solvable. Costs are whole numbers, so
the answer is exact; it equals the optimum of the linear program (tests/matching/test_assignment.py).
"""

import numpy as np

from matching.assignment.problem import SCALE, Answer, Ints, Pairing, Problem


class NoAnswer(RuntimeError):
    """The solver stopped without an optimum, which no valid problem should cause."""


def load_costs(problem: Problem) -> tuple[Ints, Ints]:
    """(trainer, cost) of every load arc: one per request that the trainer may get in this round."""
    room = np.clip(problem.room, 0, problem.weights.most_in_a_round)
    trainer = np.repeat(np.arange(len(room)), room)
    starts = np.repeat(np.cumsum(room) - room, room)
    level = problem.load[trainer] + np.arange(len(trainer)) - starts
    step = int(np.ceil(problem.weights.load_step * SCALE))
    # Far above what a pair can be worth, load says nothing more; the cap keeps the sum small.
    return trainer, np.minimum(level * step, step * 1000)


def solve(given: Problem) -> Answer:
    """The same answer for the same data, whatever the order of its rows. Raises NoAnswer.

    A pair that costs more in load than it is worth stays unmatched: with ``Weights.match`` that takes a
    trainer who already has a dozen requests in hand.
    """
    problem = given.in_order()
    demands = len(problem.demands)
    if not len(problem.pair_demand):
        return Answer((), tuple(problem.demands), 0)
    used, position = np.unique(problem.pair_trainer, return_inverse=True)
    values = problem.values()
    load_trainer, load_cost = load_costs(problem)
    asked = np.isin(load_trainer, used)
    load_trainer, load_cost = np.searchsorted(used, load_trainer[asked]), load_cost[asked]
    end = demands + len(used)
    tails = np.concatenate([problem.pair_demand, load_trainer + demands, np.arange(demands)])
    heads = np.concatenate(
        [position + demands, np.full(len(load_trainer), end), np.full(demands, end)]
    )
    costs = np.concatenate([-values, load_cost, np.zeros(demands, dtype=np.int64)])
    flows = _least_cost(tails, heads, costs, demands=demands, end=end)
    chosen = np.flatnonzero(flows[: len(values)])
    matched = {int(at) for at in problem.pair_demand[chosen]}
    return Answer(
        pairings=tuple(
            Pairing(
                problem.demands[problem.pair_demand[at]],
                problem.trainers[problem.pair_trainer[at]],
                float(problem.score[at]),
            )
            for at in chosen
        ),
        unmatched=tuple(key for at, key in enumerate(problem.demands) if at not in matched),
        objective=-int((flows * costs).sum()),
    )


def _least_cost(tails: Ints, heads: Ints, costs: Ints, *, demands: int, end: int) -> Ints:
    # Here and nowhere else: 60 MB that only a round needs.
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    network = SimpleMinCostFlow()
    arcs = network.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32),
        heads.astype(np.int32),
        np.ones(len(tails), dtype=np.int64),
        costs.astype(np.int64),
    )
    nodes = np.concatenate([np.arange(demands), [end]]).astype(np.int32)
    supplies = np.concatenate([np.ones(demands), [-demands]]).astype(np.int64)
    network.set_nodes_supplies(nodes, supplies)
    status = network.solve()
    if status != network.OPTIMAL:
        raise NoAnswer(f"flow ended as {status}")
    return np.asarray(network.flows(arcs), dtype=np.int64)
