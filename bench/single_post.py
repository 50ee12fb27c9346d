"""POST /v1/events one by one, against one transaction per request."""

from functools import partial
from http import HTTPStatus
from statistics import median

from app.domain.access import Role
from bench import servers
from bench.events import SOURCE, events, rendered
from bench.figures import Figure, interleaved, ratio, span
from bench.load import Poster, Target

CLIENTS = 32
ROUNDS = 7
REQUESTS = 3_000  # in a round; one more round of each warms up
BAR = 2.0


def measure() -> list[Figure]:
    rounds = ROUNDS + 1
    bodies = [rendered(event) for event in events(rounds * REQUESTS)]
    poster = partial(
        Poster,
        path="/v1/events",
        bodies=bodies,
        rounds=rounds,
        clients=CLIENTS,
        status=HTTPStatus.CREATED,
    )
    with (
        servers.postgres() as server,
        servers.service(server) as service,
        servers.plain_endpoint(server) as plain,
    ):
        ours = poster([Target(service, server.key(Role.INTEGRATOR, SOURCE))])
        floor = poster([Target(plain)])
        rates, plain_rates = interleaved(ROUNDS, ours.rate, floor.rate)
        assert server.events_stored() == len(bodies), "what is acknowledged is stored"
    print(f"{CLIENTS} clients, {ROUNDS} rounds of {REQUESTS:,} events each, durable")
    print(f"POST /v1/events: {span(rates, 'events/s')}, {ours.latency()}")
    print(f"plain endpoint:  {span(plain_rates, 'events/s')}, {floor.latency()}")
    return [
        Figure(name="single POST", value=median(rates), unit="events/s"),
        Figure(
            name="single POST : plain endpoint",
            value=ratio(rates, plain_rates),
            at_least=BAR,
        ),
    ]
